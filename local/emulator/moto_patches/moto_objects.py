"""Reads moto's own objects, where a call of the API says less or costs more. Changes nothing."""

import json
from datetime import datetime
from typing import Any

from moto.events.models import EventPattern
from moto.stepfunctions.parser.asl.eval.program_state import ProgramStopped
from moto.stepfunctions.parser.models import stepfunctions_parser_backends

FOR = {"moto": "5.2.5"}
"""The version of each package that this was written for."""


def event_matches(pattern: dict[str, Any], event: dict[str, Any]) -> bool:
    """Whether EventBridge's pattern matches an event."""
    return bool(EventPattern.load(json.dumps(pattern)).matches_event(event))


def execution(arn: str) -> Any:
    """The object that moto keeps of an execution: to look at its ``status`` costs nothing, unlike a call."""
    _, _, _, region, account, *_ = arn.split(":")
    return stepfunctions_parser_backends[account][region].describe_execution(arn)


def machine_of_token(token: str) -> str | None:
    """ARN of the state machine of the execution that has handed a task token out; None if there is none."""
    for backends in stepfunctions_parser_backends.values():
        for backend in backends.values():
            for machine in backend.state_machines:
                if any(_has_handed_out(each, token) for each in machine.executions):
                    return str(machine.arn)
    return None


def _has_handed_out(execution: Any, token: str) -> bool:
    worker = execution.exec_worker
    return bool(worker and worker.env and worker.env.callback_pool_manager.get(token) is not None)


def was_stopped(arn: str) -> bool:
    """Whether StopExecution has met an execution before its end: moto takes one that comes later, and drops it."""
    return isinstance(execution(arn).exec_worker.env.program_state(), ProgramStopped)


def states_entered(arn: str, after: int = 0) -> tuple[list[tuple[str, float]], int]:
    """The states that an execution has entered after an event of its history, and the number of its last event.

    Each state has its time, in seconds since the epoch.
    """
    events = execution(arn).exec_worker.env.event_manager._history_event_list
    new = events[after : len(events)]
    entered = [
        (event["stateEnteredEventDetails"]["name"], datetime.fromisoformat(event["timestamp"]).timestamp())
        for event in new
        if "stateEnteredEventDetails" in event
    ]
    return entered, after + len(new)


def history(arn: str) -> list[dict[str, Any]]:
    """The events of an execution as ``GetExecutionHistory`` returns them, without their way through the wire format."""
    events = execution(arn).to_history_output()["events"]
    return [event | {"timestamp": datetime.fromisoformat(event["timestamp"])} for event in events]
