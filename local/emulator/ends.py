"""The ends of executions: each is delivered once, in the execution's own time, or withheld by a test."""

import contextlib
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field


@dataclass
class _End:
    over: threading.Event = field(default_factory=threading.Event)
    delivered: bool = False
    problem: BaseException | None = None


class Ends:
    """The executions of an emulator: which have ended, and whether that was delivered.

    Parameters
    ----------
    deliver
        Given an execution's ARN, delivers its end (local/emulator/end_events.py).
    """

    def __init__(self, deliver: Callable[[str], None]) -> None:
        self._deliver = deliver
        self._ends: dict[str, _End] = {}
        self._withheld = 0

    def begins(self, execution_arn: str) -> None:
        """An execution begins."""
        self._ends[execution_arn] = _End()

    def has_ended(self, execution_arn: str) -> None:
        """An execution has ended: deliver that, in this thread, so that nothing overtakes it on the clock."""
        end = self._ends[execution_arn]
        try:
            self.deliver(execution_arn)
        except BaseException as problem:  # a function that was killed raises one; the caller of wait gets it
            end.problem = problem
        finally:
            end.over.set()

    def has_begun(self, execution_arn: str) -> bool:
        """Whether there is such an execution."""
        return execution_arn in self._ends

    def is_over(self, execution_arn: str, patience: float = 0) -> bool:
        """Whether an execution has ended and its end was delivered, or is within ``patience`` real seconds."""
        over = self._ends[execution_arn].over
        return over.wait(patience) if patience else over.is_set()

    def deliver(self, execution_arn: str) -> None:
        """Deliver the end of an execution, unless it was delivered or is withheld. Raises what that raised."""
        end = self._ends[execution_arn]
        if end.problem is not None:
            raise end.problem
        if not self._withheld and not end.delivered:
            end.delivered = True
            self._deliver(execution_arn)

    @contextlib.contextmanager
    def withheld(self) -> Iterator[None]:
        """Within the block no end is delivered; it is when the execution is waited for after the block."""
        self._withheld += 1
        try:
            yield
        finally:
            self._withheld -= 1
