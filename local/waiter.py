"""Waits on the one clock, which is put forward to the earliest due time, and only when every run waits.

A run is at work from its start until its end has been delivered, except while it waits: in a Wait state, before a
retry, for a task token. A function that is invoked by hand is at work, too. Whatever ends a wait makes its run one at
work again before anything else may move the clock, so that the clock cannot run ahead of a function, of an HTTP request
or of the end of another run, however slow or busy the machine is.
"""

import contextlib
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from local.clock import Clock

Over = Callable[[], bool]
"""Whether a wait has ended before it is due: its execution was stopped, its task token came back."""


@dataclass(eq=False)
class _Wait:
    """``due`` is a time of the clock; ``ripe`` the one of ``time.monotonic()`` from which on it may be skipped."""

    due: float
    ripe: float
    over: Over
    of_work: bool
    ended: threading.Event = field(default_factory=threading.Event)


class Waiter:
    """Keeps the list of what works and what waits.

    Parameters
    ----------
    clock
        What is put forward.
    longest
        Real seconds of each wait, after which it may be skipped; None: it is waited for in full.
    """

    def __init__(self, clock: Clock, longest: float | None) -> None:
        self._clock = clock
        self._longest = float("inf") if longest is None else longest
        self._lock = threading.Lock()
        self._at_work = 0
        self._waits: list[_Wait] = []
        self._here = threading.local()
        clock.moved = self.check

    # -- who is at work ---------------------------------------------------------------------------------------------

    def begin_work(self) -> None:
        """One more is at work, in whatever thread: the clock is not put forward until it waits or has ended."""
        with self._lock:
            self._at_work += 1

    def end_work(self) -> None:
        """One that was at work has ended."""
        with self._lock:
            self._at_work -= 1
            self._move_on()

    @contextlib.contextmanager
    def working(self) -> Iterator[None]:
        """This thread is at work until the end of the block, if it is not already."""
        if self._works_here:
            yield
            return
        self.begin_work()
        try:
            with self.for_a_run():
                yield
        finally:
            self.end_work()

    @contextlib.contextmanager
    def for_a_run(self) -> Iterator[None]:
        """This thread does the work of a run that is counted already: if it waits, the run does."""
        before, self._here.works = self._works_here, True
        try:
            yield
        finally:
            self._here.works = before

    @contextlib.contextmanager
    def aside(self) -> Iterator[None]:
        """Within the block this thread waits for something that is not on the clock: the end of another run."""
        if not self._works_here:
            yield
            return
        self._here.works = False
        self.end_work()
        try:
            yield
        finally:
            self.begin_work()
            self._here.works = True

    @property
    def _works_here(self) -> bool:
        return getattr(self._here, "works", False)

    # -- who waits --------------------------------------------------------------------------------------------------

    def wait(self, seconds: float, over: Over = lambda: False) -> None:
        """Let ``seconds`` pass on the clock, unless ``over`` becomes true; what makes it true calls :meth:`check`."""
        self._wait(seconds, over, self._longest)

    def skip(self, seconds: float) -> None:
        """Let ``seconds`` pass on the clock; in no real time, if everything else waits or has ended."""
        self._wait(seconds, lambda: False, 0)

    def _wait(self, seconds: float, over: Over, longest: float) -> None:
        if seconds <= 0:
            return
        wait = _Wait(self._clock.now() + seconds, time.monotonic() + longest, over, self._works_here)
        with self._lock:
            if over():  # under the lock, as what makes it true comes before a check
                return
            self._waits.append(wait)
            self._at_work -= wait.of_work
            self._move_on()
        try:
            while not wait.ended.wait(self._patience(wait)):
                self.check()
        finally:
            with self._lock:
                self._end(wait)

    def check(self) -> None:
        """End the waits that are over or due."""
        with self._lock:
            for wait in [wait for wait in self._waits if wait.over()]:
                self._end(wait)
            self._end_those_until(self._clock.now())
            self._move_on()

    def _patience(self, wait: _Wait) -> float | None:
        """Real seconds after which the wait may end although nothing happens; None: it cannot."""
        ripe = wait.ripe - time.monotonic()
        left = [max(0.0, wait.due - self._clock.now())] if self._clock.runs else []
        return min([*left, *([ripe] if 0 < ripe < float("inf") else [])], default=None)

    def _move_on(self) -> None:
        """End the waits of the earliest due time, if nothing is at work."""
        if self._at_work or not self._waits:
            return
        first = min(self._waits, key=lambda wait: wait.due)
        if first.ripe <= time.monotonic():
            self._clock.advance_to(first.due)
            self._end_those_until(first.due)

    def _end_those_until(self, moment: float) -> None:
        for wait in [wait for wait in self._waits if wait.due <= moment]:
            self._end(wait)

    def _end(self, wait: _Wait) -> None:
        """Its run is at work again before its thread knows."""
        if not wait.ended.is_set():
            self._waits.remove(wait)
            self._at_work += wait.of_work
            wait.ended.set()
