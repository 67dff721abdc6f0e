"""The one clock of run, deadline and simulator on this machine: real time plus skipped seconds, or the latter only.

The simulator and the functions (functions/clock.py) read the same clock, so that a skipped wait ages jobs, sessions
and deadlines alike. Who waits, and when it is put forward, is local/waiter.py's.
"""

import threading
import time
from collections.abc import Callable


class Clock:
    """Real time, which can be put forward. ``moved`` is called whenever it was."""

    runs = True
    """Whether it goes on by itself."""

    def __init__(self) -> None:
        self._skipped = 0.0
        self._lock = threading.Lock()
        self.moved: Callable[[], None] = lambda: None

    def now(self) -> float:
        """Seconds since the epoch."""
        return time.time() + self._skipped

    def advance(self, seconds: float) -> None:
        """Put the clock forward by ``seconds`` (not negative)."""
        with self._lock:
            self._skip(max(0.0, seconds))
        self.moved()

    def advance_to(self, moment: float) -> None:
        """Put the clock forward to ``moment`` (seconds since the epoch), unless it is later already."""
        with self._lock:
            self._skip(max(0.0, moment - self.now()))

    def _skip(self, seconds: float) -> None:
        self._skipped += seconds


class StandingClock(Clock):
    """Starts at the present and moves only when it is put forward, so that a slow machine sees what a fast one sees.

    For runs that skip their waits against the built-in simulator: nothing that they depend on happens in real time.
    It stands at whole milliseconds: stored times are rounded to them, and a wait of minutes ends when it is due.
    """

    runs = False

    def __init__(self) -> None:
        super().__init__()
        self._now = round(time.time(), 3)

    def now(self) -> float:
        """Seconds since the epoch."""
        return self._now

    def advance_to(self, moment: float) -> None:
        """Put the clock forward to ``moment`` exactly: a wait until then ends when it is due, not a moment earlier."""
        with self._lock:
            self._now = max(self._now, moment)

    def set(self, moment: float) -> None:
        """Let it be ``moment`` (seconds since the epoch), later or earlier than before."""
        with self._lock:
            self._now = moment
        self.moved()

    def _skip(self, seconds: float) -> None:
        self._now += seconds
