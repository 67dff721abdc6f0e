"""Lambda's end: functions that break down, are throttled, come late or twice, and what happens while they work."""

import contextlib
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

Invoke = Callable[[str, Any], None]
"""Invokes a function by its module once more, and forgets what it answers."""


def lambda_error(name: str, text: str) -> Exception:
    """An error under a name that Lambda or Step Functions gives it."""
    return type(name, (Exception,), {})(text)


@dataclass
class Call:
    """One invocation: ``error`` is None if it went well."""

    place: str
    event: Any
    error: BaseException | None = None

    @property
    def module(self) -> str:
        return self.place.partition("#")[0]


@dataclass(frozen=True)
class Breakdown:
    """What an invocation fails with, and when: before its handler ran, or after."""

    error: str
    text: str
    when: str


BREAKDOWNS = {
    "raises-before": Breakdown("Breakdown", "out of memory", "before"),
    "raises-after": Breakdown("Breakdown", "killed at the last line", "after"),
    "timeout-before": Breakdown("Sandbox.Timedout", "Task timed out after 60.00 seconds", "before"),
    "timeout-after": Breakdown("Sandbox.Timedout", "Task timed out after 60.00 seconds", "after"),
    "state-timeout-before": Breakdown("States.Timeout", "", "before"),
    "state-timeout-after": Breakdown("States.Timeout", "", "after"),
    "answer-lost": Breakdown("Lambda.SdkClientException", "Unable to execute HTTP request", "after"),
    "throttled": Breakdown("Lambda.TooManyRequestsException", "Rate exceeded", "before"),
    "not-ready": Breakdown("Lambda.ResourceNotReadyException", "The function is inactive", "before"),
    "pending": Breakdown("Lambda.ResourceConflictException", "The function is pending", "before"),
    "network-not-ready": Breakdown("Lambda.ENINotReadyException", "The interface is not ready yet", "before"),
    "denied": Breakdown("Lambda.KMSAccessDeniedException", "KMS access was denied", "before"),
}
"""As the state machine sees them. A state's time-out does not stop its function: see ``late``.

From ``throttled`` on the function did not start; of these all but ``denied`` pass by themselves.
"""

NOT_STARTED = ("throttled", "not-ready", "pending", "network-not-ready", "denied")


class Lambdas:
    """What the runtime puts around every invocation."""

    def __init__(self, invoke: Invoke) -> None:
        self._invoke = invoke
        self.reset()

    def reset(self) -> None:
        self.calls: list[Call] = []
        self.stack: list[str] = []  # places of the invocations that are at work, the innermost last
        self._seen: Counter[str] = Counter()
        self._again = 0
        self._pending: list[Call] = []
        self.at_the_end: list[Call] = []
        self.plan: tuple[str, int, int, str] | None = None
        self.before: dict[str, Callable[[], None]] = {}
        self.after: dict[str, Callable[[], None]] = {}

    def break_down(self, place: str, how: str, times: int = 1) -> None:
        """From the invocation ``place`` on, ``times`` of that function go wrong as ``how`` says."""
        module, _, number = place.partition("#")
        self.plan = (module, int(number), times, how)

    @property
    def waits(self) -> bool:
        """Whether an invocation is to go wrong that never came."""
        return self.plan is not None and self._seen[self.plan[0]] < self.plan[1]

    @contextlib.contextmanager
    def around(self, module: str, event: Any) -> Iterator[None]:
        if self._again:  # one more invocation of a function that had its turn
            with self._on_stack(f"{module}#{self._seen[module]}"):
                yield
            return
        self._let_pending_run()
        self._seen[module] += 1
        call = Call(f"{module}#{self._seen[module]}", event)
        self.calls.append(call)
        with self._on_stack(call.place):
            try:
                with self._gone_wrong(call, self._due(module)):
                    self.before.pop(call.place, _nothing)()
                    try:
                        yield
                    finally:
                        self.after.pop(call.place, _nothing)()
            except BaseException as error:
                call.error = error
                raise

    @contextlib.contextmanager
    def _on_stack(self, place: str) -> Iterator[None]:
        self.stack.append(place)
        try:
            yield
        finally:
            self.stack.pop()

    def _due(self, module: str) -> str:
        if self.plan is None or self.plan[0] != module:
            return ""
        first, times, how = self.plan[1:]
        return how if first <= self._seen[module] < first + times else ""

    @contextlib.contextmanager
    def _gone_wrong(self, call: Call, how: str) -> Iterator[None]:
        breakdown = BREAKDOWNS.get(how)
        if breakdown is not None and breakdown.when == "before":
            raise lambda_error(breakdown.error, breakdown.text)
        if how == "late":  # the state gave up; its function begins when the next one does
            self._pending.append(call)
            raise lambda_error("States.Timeout", "")
        if how == "twice":
            self.again(call)
        yield
        if breakdown is not None:
            raise lambda_error(breakdown.error, breakdown.text)
        if how == "overtaken":
            self._pending.append(call)
        if how == "twice-at-the-end":
            self.at_the_end.append(call)

    def _let_pending_run(self) -> None:
        pending, self._pending = self._pending, []
        for call in pending:
            self.again(call)

    def finish(self) -> None:
        """The run has ended: whatever comes late comes now."""
        self._let_pending_run()
        late, self.at_the_end = self.at_the_end, []
        for call in late:
            self.again(call)

    def again_beside(self) -> None:
        """Invoke what is at work once more, and let that one go on when the other has ended."""
        self.again(self.calls[-1])

    def again(self, call: Call) -> None:
        """Invoke with the same event once more."""
        self._again += 1
        try:
            self._invoke(call.module, call.event)
        finally:
            self._again -= 1


def _nothing() -> None:
    pass
