"""Lets a state start an execution, and wait for its end on the one clock: ``states:startExecution`` and its ``.sync``.

moto gives StartExecution the parameters in Step Functions' spelling, which its own API does not know, and looks in real
time, twice a second, for the end.
"""

import json
import uuid
from datetime import datetime
from typing import Any

from moto.stepfunctions.parser.asl.component.state.exec.state_task.service.resource import ResourceCondition
from moto.stepfunctions.parser.asl.component.state.exec.state_task.service.state_task_service_sfn import (
    EventDetails,
    FailureEvent,
    FailureEventException,
    HistoryEventType,
    StatesErrorName,
    StatesErrorNameType,
    StateTaskServiceSfn,
    TaskFailedEventDetails,
)
from moto.stepfunctions.parser.asl.eval.callback.callback import CallbackOutcomeTimedOut
from moto.stepfunctions.parser.asl.utils.boto_client import boto_client_for

from local.emulator.moto_patches import waits
from local.emulator.moto_patches.moto_objects import execution

FOR = {"moto": "5.2.5"}
"""The version of each package that this was written for."""

NOT_TOLD = ("ResponseMetadata", "inputDetails", "outputDetails")
"""What DescribeExecution has, and the result of a state has in another form that nothing here reads."""

# Read here, so that a name that an upgrade of moto changes fails at once.
replaced = (
    StateTaskServiceSfn._eval_service_task,
    StateTaskServiceSfn._eval_sync,
    StateTaskServiceSfn._build_sync_resolver,
    StateTaskServiceSfn._build_sync2_resolver,
)


def install() -> None:
    """Patch the integration of Step Functions with itself in this process."""
    StateTaskServiceSfn._eval_service_task = _start
    StateTaskServiceSfn._build_sync_resolver = _started
    StateTaskServiceSfn._build_sync2_resolver = _started
    StateTaskServiceSfn._eval_sync = _wait_for_end


def _client(arn: str) -> Any:
    return boto_client_for(region=arn.split(":")[3], service="stepfunctions")


def _start(
    self: Any, env: Any, resource_runtime_part: Any, normalised_parameters: dict[str, Any], state_credentials: Any
) -> None:
    """Start the execution; what is returned has Step Functions' spelling, too."""
    given = {f"{key[0].lower()}{key[1:]}": value for key, value in normalised_parameters.items()}
    answer = _client(given["stateMachineArn"]).start_execution(**({"name": str(uuid.uuid4())} | given))
    env.stack.append({"ExecutionArn": answer["executionArn"], "StartDate": _plain(answer["startDate"])})


def _started(
    self: Any, env: Any, resource_runtime_part: Any, normalised_parameters: dict[str, Any], state_credentials: Any
) -> str:
    """ARN of the execution that was started, which :func:`_wait_for_end` gets."""
    return str(env.stack.pop()["ExecutionArn"])


def _wait_for_end(
    self: Any, env: Any, sync_resolver: str, timeout_seconds: int, callback_endpoint: Any, heartbeat_endpoint: Any
) -> Any:
    """Wait for the end; an execution whose parent is stopped, or waits no longer, is stopped."""
    arn = sync_resolver
    waits.pause(env, timeout_seconds, lambda: execution(arn).status != "RUNNING")
    if execution(arn).status == "RUNNING":
        _client(arn).stop_execution(executionArn=arn)
        return CallbackOutcomeTimedOut(arn)
    described = _described(arn, parsed=self.resource.condition == ResourceCondition.Sync2)
    if described["Status"] == "SUCCEEDED":
        return described
    details = TaskFailedEventDetails(
        resource=self._get_sfn_resource(),
        resourceType=self._get_sfn_resource_type(),
        error=StatesErrorNameType.StatesTaskFailed.to_name(),
        cause=json.dumps(_described(arn, parsed=False)),
    )
    raise FailureEventException(
        FailureEvent(
            env=env,
            error_name=StatesErrorName(typ=StatesErrorNameType.StatesTaskFailed),
            event_type=HistoryEventType.TaskFailed,
            event_details=EventDetails(taskFailedEventDetails=details),
        )
    )


def _described(arn: str, *, parsed: bool) -> dict[str, Any]:
    """DescribeExecution in Step Functions' spelling; with ``.sync:2`` input and output are JSON and not text."""
    answer = _client(arn).describe_execution(executionArn=arn)
    described = {f"{key[0].upper()}{key[1:]}": _plain(value) for key, value in answer.items() if key not in NOT_TOLD}
    for key in ("Input", "Output") if parsed else ():
        if key in described:
            described[key] = json.loads(described[key])
    return described


def _plain(value: Any) -> Any:
    return int(value.timestamp() * 1000) if isinstance(value, datetime) else value
