"""Task tokens as AWS has them: one reply at most, none after the state's end, and a failure with its cause.

moto takes a reply for a state that has ended by its timeout, lets a later reply replace an earlier one, and drops the
cause of SendTaskFailure. A hand-over by task token would be lost without a trace in the first two cases.
"""

import threading
from typing import Any

from moto.core.responses import ActionResult, EmptyResult
from moto.stepfunctions.exceptions import AWSError
from moto.stepfunctions.parser.asl.eval.callback.callback import CallbackEndpoint
from moto.stepfunctions.responses import StepFunctionResponse

from local.waiter import Waiter

FOR = {"moto": "5.2.5"}
"""The version of each package that this was written for."""


class TaskTimedOut(AWSError):  # type: ignore[misc]  # moto has no types
    """What AWS answers to a reply that no state waits for any more; moto's own class cannot be raised."""

    TYPE = "TaskTimedOut"
    STATUS = 400


_waiter: Waiter | None = None
_lock = threading.Lock()

# Read here, so that a name that an upgrade of moto changes fails at once.
notify = CallbackEndpoint.notify


def install(waiter: Waiter) -> None:
    """Let replies end waits of ``waiter``."""
    global _waiter
    _waiter = waiter
    CallbackEndpoint.notify = _notify
    StepFunctionResponse.send_task_failure = _send_task_failure


def close(endpoint: Any) -> Any:
    """The reply to the endpoint's token, or None; from now on it takes none."""
    with _lock:
        endpoint.is_closed = True
        return endpoint.get_outcome()


def _notify(self: Any, outcome: Any) -> None:
    """Take the reply. Raises TaskTimedOut if the state has ended or has a reply."""
    with _lock:
        if getattr(self, "is_closed", False) or self.get_outcome() is not None:
            raise TaskTimedOut("Task Timed Out: 'Provided task does not exist anymore'")
        notify(self, outcome)
    if _waiter is not None:
        _waiter.check()


def _send_task_failure(self: Any) -> ActionResult:
    self.stepfunction_backend.send_task_failure(
        self._get_param("taskToken"), error=self._get_param("error"), cause=self._get_param("cause")
    )
    return EmptyResult()
