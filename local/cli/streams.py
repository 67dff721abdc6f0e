"""Standard streams that cannot break a command: a closed pipe, a terminal that is gone, a disk that is full.

A run must clean up behind itself also when nobody reads what it prints (``datamart run | head``, a closed window), and
a name with an accent must not end it on a terminal that knows ASCII only.
"""

import codecs
import contextlib
import errno
import io
import os
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

NOBODY_READS = frozenset({errno.EPIPE, errno.EIO, errno.EBADF, errno.ENXIO})
"""Errors of writing because the reader has gone away: not a failure."""

IN_ASCII = {
    **dict.fromkeys("█▉▊▋▌▍", "#"),  # the bars of steps
    **dict.fromkeys("▎▏", "|"),
    "░": "-",
    "…": "...",
    "×": "x",
    "→": "->",
    "–": "-",
    "—": "-",
    "⟲": "@",
    "“": '"',
    "”": '"',
    "’": "'",
}
"""Characters of our own texts, for terminals that have no other."""

PLAIN = "plain"
"""Name of the error handler for encoding."""


@dataclass
class Streams:
    """Result of writing the output: ``problem`` says why some of it could not be written, where that is a failure."""

    problem: str | None = None


class _Raw(io.FileIO):
    """Writes, and once that has failed discards."""

    def __init__(self, descriptor: int, streams: Streams) -> None:
        super().__init__(descriptor, "w", closefd=False)
        self._streams = streams
        self._broken = False

    def write(self, data: Any) -> int:
        if not self._broken:
            try:
                written = super().write(data)
            except BlockingIOError:
                raise
            except OSError as problem:
                self._broken = True
                if problem.errno not in NOBODY_READS:
                    self._streams.problem = problem.strerror
            else:
                return 0 if written is None else written
        return len(memoryview(data).cast("B"))


@contextlib.contextmanager
def unbreakable() -> Iterator[Streams]:
    """Put such streams in the place of ``sys.stdout`` and ``sys.stderr`` until the end of the block."""
    _open_what_is_closed()
    codecs.register_error(PLAIN, _in_ascii)
    before, streams = (sys.stdin, sys.stdout, sys.stderr), Streams()
    sys.stdin = sys.stdin or open(os.devnull, encoding="utf-8")  # noqa: SIM115, PTH123 - for the process's whole life
    if isinstance(sys.stdin, io.TextIOWrapper):
        sys.stdin.reconfigure(errors="replace")
    if sys.stdout is sys.__stdout__:  # and not a replacement, such as a test's
        sys.stdout = _stream(1, sys.stdout, streams)
    if sys.stderr is sys.__stderr__:
        sys.stderr = _stream(2, sys.stderr, streams)
    try:
        yield streams
    finally:
        for stream in (sys.stdout, sys.stderr):
            with contextlib.suppress(OSError, ValueError):
                stream.flush()
        sys.stdin, sys.stdout, sys.stderr = before


def _open_what_is_closed() -> None:
    """A descriptor below 3 that is closed would be the next socket's, and our output would go there."""
    while (opened := os.open(os.devnull, os.O_RDWR)) < 3:
        os.set_inheritable(opened, True)
    os.close(opened)


def _stream(descriptor: int, like: Any, streams: Streams) -> io.TextIOWrapper:
    with contextlib.suppress(OSError, ValueError, AttributeError):
        like.flush()
    encoding = getattr(like, "encoding", None) or "utf-8"
    raw = _Raw(descriptor, streams)
    by_line = descriptor == 2 or raw.isatty()
    return io.TextIOWrapper(io.BufferedWriter(raw), encoding=encoding, errors=PLAIN, line_buffering=by_line)


def _in_ascii(problem: UnicodeError) -> tuple[str, int]:
    if not isinstance(problem, UnicodeEncodeError):
        raise problem
    bad = problem.object[problem.start : problem.end]
    return "".join(IN_ASCII.get(character, "?") for character in bad), problem.end
