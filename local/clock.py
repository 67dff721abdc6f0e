"""Real time plus the seconds that were skipped: the one clock of run, deadline and simulator on this machine."""

import threading
import time


class Clock:
    """A clock that can be put forward."""

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
