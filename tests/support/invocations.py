"""Invocations that a test moves operation by operation: any of them may pause, be overtaken, or be killed.

Code at a boundary (a call of AWS or of the server) calls :func:`pause` before each operation.
"""

import threading
from collections.abc import Callable
from typing import Any

_here = threading.local()

TO_ITS_END = 1_000
"""More operations than an invocation has."""


class Killed(BaseException):
    """Lambda ends the function in the middle."""


class Invocation:
    """A function at work for an attempt of a run, in a thread that goes on only while the test waits for it."""

    def __init__(self, name: str, run: str, attempt: int, fate: str, work: Callable[[], Any]) -> None:
        self.name, self.run, self.attempt, self.fate = name, run, attempt, fate
        self.done = False
        self.result: Any = None
        self.error: BaseException | None = None
        self._killed = False
        self._turn, self._rest = threading.Semaphore(0), threading.Semaphore(0)
        threading.Thread(target=self._work, args=(work,), daemon=True).start()

    @property
    def was_killed(self) -> bool:
        """Whether Lambda ended it before it was done."""
        return isinstance(self.error, Killed)

    def go_on(self, operations: int = TO_ITS_END) -> None:
        """Let it do so many operations."""
        for _ in range(operations):
            if self.done:
                return
            self._turn.release()
            self._rest.acquire()

    def kill(self) -> None:
        """End it where it is."""
        self._killed = True
        self.go_on()

    def pause(self) -> None:
        """Wait for the test. Raises Killed."""
        if not self._killed:
            self._rest.release()
            self._turn.acquire()
        if self._killed:
            raise Killed

    def _work(self, work: Callable[[], Any]) -> None:
        _here.invocation = self
        self._turn.acquire()
        try:
            if not self._killed:
                self.result = work()
        except (Exception, Killed) as error:
            self.error = error
        if self._killed:
            self.error = Killed()
        self.done = True
        self._rest.release()


def at_work() -> Invocation | None:
    """The invocation whose thread this is; None for the test itself."""
    return getattr(_here, "invocation", None)


def pause() -> None:
    """An operation comes: it may be another invocation's turn first."""
    invocation = at_work()
    if invocation is not None:
        invocation.pause()
