"""Discrete events: processes that sleep, and that wait for a token as a state of Step Functions does.

A process is a generator. It yields seconds to sleep, or :class:`Wait`, whose outcome it gets back.
"""

import heapq
import itertools
from collections.abc import Callable, Generator
from dataclasses import dataclass, field
from typing import Any, ClassVar

Process = Generator["float | Wait", Any, None]


@dataclass(eq=False)
class Token:
    """A task token: sending it lets the process go on that waits for it. It is taken once."""

    TIMED_OUT: ClassVar[str] = "States.Timeout"

    is_open: bool = True
    wake: Callable[[str], None] | None = None

    def send(self, outcome: str) -> bool:
        """Whether somebody waited for it."""
        if not self.is_open or self.wake is None:
            return False
        self.is_open = False
        self.wake(outcome)
        return True


@dataclass(frozen=True)
class Wait:
    """Waits for a token, so many seconds at most."""

    token: Token
    seconds: float


@dataclass
class Events:
    """The events of a simulation, in the order of their time; of one time in the order in which they were planned."""

    now: float = 0.0
    due: list[tuple[float, int, Callable[[], object]]] = field(default_factory=list)
    numbers: "itertools.count[int]" = field(default_factory=itertools.count)

    def after(self, seconds: float, act: Callable[[], object]) -> None:
        """Plan something."""
        heapq.heappush(self.due, (self.now + seconds, next(self.numbers), act))

    def start(self, process: Process, seconds: float = 0) -> None:
        """Let a process begin, so many seconds from now."""
        self.after(seconds, lambda: self._go_on(process, None))

    def run(self) -> None:
        """Until nothing is planned."""
        while self.due:
            self.now, _, act = heapq.heappop(self.due)
            act()

    def _go_on(self, process: Process, value: Any) -> None:
        try:
            asked = process.send(value)
        except StopIteration:
            return
        if isinstance(asked, Wait):
            asked.token.wake = lambda outcome: self.after(0, lambda: self._go_on(process, outcome))
            self.after(asked.seconds, lambda: asked.token.send(Token.TIMED_OUT))
        else:
            self.after(asked, lambda: self._go_on(process, None))
