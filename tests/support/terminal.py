"""A terminal of its own for a command that runs in this process."""

import contextlib
import os
import pty
import sys
import threading
from collections.abc import Callable, Iterable

import pytest


def on_a_terminal(command: Callable[[], int], typed: Iterable[str] | None = None) -> tuple[int, str]:
    """Call a command whose output is a terminal; its exit code, and all that was written there.

    With ``typed`` its input is the terminal, too: each of these is typed at the next prompt ("> ").
    """
    ours, theirs = pty.openpty()
    written = bytearray()
    lines = iter(typed or ())

    def use() -> None:
        with contextlib.suppress(OSError):  # how a terminal reports its end
            while chunk := os.read(ours, 65_536):
                written.extend(chunk)
                if written.endswith(b"> ") and (line := next(lines, None)) is not None:
                    os.write(ours, line.encode())

    person = threading.Thread(target=use)
    person.start()
    with (
        os.fdopen(os.dup(theirs), encoding="utf-8") as source,
        os.fdopen(theirs, "w", encoding="utf-8") as stream,
        pytest.MonkeyPatch.context() as patch,
    ):
        if typed is not None:
            patch.setattr(sys, "stdin", source)
        patch.setattr(sys, "stdout", stream)
        patch.setattr(sys, "stderr", stream)
        code = command()
    person.join(60)
    os.close(ours)
    return code, written.decode()
