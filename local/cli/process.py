"""The frame of a command's process: streams that cannot break, signals that clean up, an exit code."""

import contextlib
import gc
import os
import sys
from collections.abc import Callable
from typing import NoReturn

from functions.text import one_line
from local import signals
from local.cli import streams
from local.cli.endings import FAILED
from local.cli.terminal import as_json, say

SHOW_CURSOR = "\x1b[?25h"
"""Shows the cursor: a live table turns it off, and cannot turn it on again if the process exits at once."""

Aborted = Callable[[str, bool], list[dict[str, object]]]
"""Returns the JSON objects of a command that could not end by itself, none without ``--json``; gets the reason and
whether something is left behind."""


def exits_with(work: Callable[[], int], aborted: Aborted = lambda why, left: []) -> NoReturn:
    """Do ``work`` in the frame and exit with the code that it returns.

    Parameters
    ----------
    work
        The command; it raises KeyboardInterrupt if it was stopped and has not reported that itself.
    aborted
        What ``--json`` prints if the process exits at once.
    """
    with streams.unbreakable() as output:
        with signals.handled(lambda why, left: _leaves(why, left, aborted)):
            try:
                code = work()
            except KeyboardInterrupt:
                code = signals.exit_code()
        if output.problem is not None:
            say(f"datamart: the output could not be written: {output.problem}.")
            code = code or FAILED
    # Python's end searches all objects for cycles, half a second of them after a run; the process's end frees them too.
    gc.freeze()
    sys.exit(code)


def _leaves(why: str, left: list[str], aborted: Aborted) -> None:
    """Write past the streams, whose locks the interrupted thread may hold."""
    listed = "\n".join(["Left behind:", *(f"  {one_line(one)}" for one in left)]) if left else "Nothing is left behind."
    for descriptor in (1, 2):
        with contextlib.suppress(OSError):
            if os.isatty(descriptor):
                os.write(descriptor, SHOW_CURSOR.encode())
    _write(2, f"datamart: {why}. {listed}")
    cause = f"Stopped by {signals.stopped_by()}; {why}. {listed}"
    if (reports := aborted(one_line(cause), bool(left))) and signals.is_first_to_report():
        _write(1, "\n".join(as_json(report, in_ascii=True) for report in reports))


def _write(descriptor: int, text: str) -> None:
    with contextlib.suppress(OSError):
        os.write(descriptor, f"\n{text}\n".encode("utf-8", "replace") if descriptor == 2 else f"{text}\n".encode())
