"""Executions in the shape in which AWS describes them, with the log lines of their functions, for tests of reports."""

import json
import re
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from functions.runs.history import HistoryRecord
from local.report.assemble import Kept

ARN = "arn:aws:states:eu-west-1:123456789012:execution:datamart-runner-dev:city-1"
BEGIN = datetime(2026, 11, 20, 5, tzinfo=UTC).timestamp()

STATUS = {"method": "GET", "path": "/datamarts/{datamart}/instances/{instance}/execution", "status": 200, "ms": 20}


@dataclass
class Execution:
    """An execution that goes on, one state after another; ``now`` is in seconds since the epoch."""

    now: float = BEGIN
    events: list[dict[str, Any]] = field(default_factory=list)
    log: list[str] = field(default_factory=list)

    def pass_by(self, state: str, kind: str = "Choice") -> None:
        """Enter a state that takes no time: ``Attempt`` is a Parallel."""
        self._event(f"{kind}StateEntered", stateEntered={"name": state, "input": "{}"})
        if kind == "Choice":
            self._event(f"{kind}StateExited", stateExited={"name": state, "output": "{}"})

    def wait(self, state: str, seconds: float) -> None:
        """A Wait state."""
        self._event("WaitStateEntered", stateEntered={"name": state})
        self.now += seconds
        self._event("WaitStateExited", stateExited={"name": state})

    def task(
        self,
        state: str,
        seconds: float = 0.1,
        *,
        given: dict[str, Any] | None = None,
        result: dict[str, Any] | None = None,
        errors: tuple[tuple[str, str], ...] = (),
        ends: bool = True,
        **keys: Any,
    ) -> None:
        """A state that calls a function, which fails with each of ``errors`` first and logs ``keys`` each time.

        Without ``ends`` the last error goes uncaught, and the state is not left.
        """
        keys["step"] = re.sub(r"(?<!^)([A-Z])", r"_\1", state).lower()
        function = f"DatamartRunner-dev-{keys.pop('of', state)}Function047D94D1-Zx"
        self._event("TaskStateEntered", stateEntered={"name": state, "input": "{}"})
        payload = {"executionArn": ARN, **(given or {})}
        parameters = json.dumps({"FunctionName": f"arn:aws:lambda:eu-west-1:1:function:{function}", "Payload": payload})
        for error, message in errors:
            self._event("TaskScheduled", taskScheduled={"resource": "invoke", "parameters": parameters})
            self.now += seconds
            self.line(function, "step failed", error=error, **keys)
            cause = json.dumps({"errorMessage": message, "errorType": error, "stackTrace": ["secret path"]})
            self._event("TaskFailed", taskFailed={"resource": "invoke", "error": error, "cause": cause})
        if ends and (result is not None or not errors):
            self._event("TaskScheduled", taskScheduled={"resource": "invoke", "parameters": parameters})
            self.now += seconds
            self.line(function, "step done", **keys)
            output = json.dumps({"StatusCode": 200, "Payload": result or {}})
            self._event("TaskSucceeded", taskSucceeded={"resource": "invoke", "output": output})
        if ends:
            self._event("TaskStateExited", stateExited={"name": state, "output": "{}"})

    def line(self, function: str, message: str, **keys: Any) -> None:
        """A line of a function's log."""
        at = datetime.fromtimestamp(self.now - 0.01, UTC)
        about = {"message": message, "timestamp": f"{at:%Y-%m-%d %H:%M:%S},{at.microsecond // 1_000:03}+0000"}
        found = about | {"function_name": function, "correlation_id": ARN} | keys
        self.log.append(json.dumps(found))

    def kept(self, **described: Any) -> Kept:
        """What AWS would know of it."""
        return Kept({"executionArn": ARN} | described, self.events, self.log, is_deployed=True)

    def _event(self, kind: str, **details: Any) -> None:
        number = len(self.events) + 1
        event = {"id": number, "previousEventId": number - 1, "type": kind}
        event["timestamp"] = datetime.fromtimestamp(self.now, UTC)
        self.events.append(event | {f"{name}EventDetails": value for name, value in details.items()})


def record(**changes: Any) -> HistoryRecord:
    """The record of a run."""
    known: dict[str, Any] = {"id": "city-1", "kind": "run", "execution": ARN, "status": "SUCCEEDED", "loaded": "yes"}
    return HistoryRecord(**(known | {"started_at": "2026-11-20T05:00:00.000Z"} | changes))


def nightly() -> Execution:
    """A run that waits in the queue, answers a prompt, looks four times and cleans up."""
    run = Execution()
    run.task("PrepareRun", errors=(("InQueue", "60 seconds are left to wait in the queue of connection X."),))
    run.task("WaitInQueue", 90, queue={"position": 2, "of": 3, "seconds": 0, "hasSlot": "other-1", "slots": 1})
    run.task("PrepareRun", result={"attempt": 1})
    run.pass_by("Attempt", "Parallel")
    run.task("LogIn", attempt=1, calls=[{"method": "POST", "path": "/auth/login", "status": 204, "ms": 40}])
    run.task("ExecuteDatamart", attempt=1, status=8)
    for status in (2, 6, 6):
        _look(run, status)
        if status == 2:
            answer = {"name": "Country", "type": "ELEMENTS", "how": "answers", "values": ["USA"]}
            run.task("GetPrompts", attempt=1, answers=[answer])
            run.task("AnswerPrompts", attempt=1)
    _look(run, 1)
    run.task("DeleteInstance", attempt=1, cleaned={"instance": "deleted"})
    run.task("LogOut", attempt=1, cleaned={"session": "logged out"})
    run.task("ConcludeAttempt", attempt=1, given={"failure": None}, result={"end": "Succeed"})
    return run


def _look(run: Execution, status: int) -> None:
    run.wait("WaitForStatus", 60)
    run.task("GetStatus", attempt=1, status=status, calls=[STATUS])
    run.pass_by("JudgeStatus")
