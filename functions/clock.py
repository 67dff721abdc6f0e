"""The one clock that run, deadline and lease read.

A module of its own so that the local emulator can put a clock under the whole system which a skipped wait
advances in full: a deadline of a day is then tested in seconds (DESIGN.md "Interfaces").
"""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

_source: Callable[[], float] = time.time


def now() -> float:
    """Seconds since the epoch."""
    return _source()


def use(source: Callable[[], float]) -> None:
    """Read the time from ``source`` (seconds since the epoch) from here on."""
    global _source
    _source = source


@contextmanager
def ahead(seconds: float) -> Iterator[None]:
    """Let the clock be so many seconds ahead of its source until the end of the block."""
    source = _source
    use(lambda: source() + seconds)
    try:
        yield
    finally:
        use(source)


def timestamp(seconds: float) -> str:
    """``seconds`` since the epoch as ISO 8601 in UTC, to the millisecond: ``2026-11-24T05:00:00.000Z``."""
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def minute(seconds: float) -> str:
    """``seconds`` since the epoch as people read it: ``2026-11-24 05:00 UTC``."""
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%d %H:%M UTC")
