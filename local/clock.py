"""The one clock of run, deadline and simulator on this machine: real time plus skipped seconds, or the latter only.

The simulator and the functions (functions/clock.py) read the same clock, so that a skipped wait ages jobs, sessions
and deadlines alike.
"""

import threading
import time


class Clock:
    """Real time, which can be put forward."""

    def __init__(self) -> None:
        self._skipped = 0.0
        self._lock = threading.Lock()

    def now(self) -> float:
        """Seconds since the epoch."""
        return time.time() + self._skipped

    def advance(self, seconds: float) -> None:
        """Put the clock forward by ``seconds`` (not negative)."""
        with self._lock:
            self._skipped += max(0.0, seconds)


class StandingClock(Clock):
    """Starts at the present and moves only when it is put forward, so that a slow machine sees what a fast one sees.

    For runs that skip their waits against the built-in simulator: nothing that they depend on happens in real time.
    """

    def __init__(self) -> None:
        super().__init__()
        self._start = time.time()

    def now(self) -> float:
        """Seconds since the epoch."""
        return self._start + self._skipped

    def set(self, moment: float) -> None:
        """Let it be ``moment`` (seconds since the epoch), later or earlier than before."""
        with self._lock:
            self._skipped = moment - self._start


class Waiter:
    """Waits as Step Functions does, or skips: at most ``longest`` real seconds, the rest put on the clock."""

    def __init__(self, clock: Clock, longest: float | None) -> None:
        self._clock = clock
        self._longest = longest

    def wait(self, seconds: float, interrupted: threading.Event) -> None:
        """Let ``seconds`` pass, unless ``interrupted`` is set meanwhile."""
        real = seconds if self._longest is None else min(seconds, self._longest)
        if interrupted.is_set() or (real > 0 and interrupted.wait(real)):
            return
        self._clock.advance(seconds - real)
