"""Executions of Step Functions: starts and stops them, asks whether one still runs, ends the wait of one."""

import json
from functools import cache
from typing import Any

from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from functions import clock
from functions.aws_clients import new_client

IMPATIENT = Config(connect_timeout=3, read_timeout=5, retries={"total_max_attempts": 3})
"""A network without a way to Step Functions must not use up the time of the function that asks."""


class NotAnswered(Exception):
    """Step Functions did not say whether an execution runs."""


FORGOTTEN_AFTER = 86_400
"""Seconds within which an execution that Step Functions does not know may be one that it does not know yet: its
answers may be late. What it forgets has ended 90 days ago."""


def is_running(execution_arn: str, since: float) -> bool:
    """Whether it runs; it ran at ``since`` (seconds since the epoch). Raises NotAnswered."""
    try:
        found = described(execution_arn)
    except (ClientError, BotoCoreError) as error:
        raise NotAnswered(f"Step Functions did not answer whether it still runs: {error}") from error
    if found is None:
        return clock.now() - since < FORGOTTEN_AFTER
    return bool(found["status"] == "RUNNING")


def described(execution_arn: str) -> dict[str, Any] | None:
    """The execution as DescribeExecution answers it; None if it ended more than 90 days ago.

    Raises ClientError and BotoCoreError.
    """
    try:
        found: dict[str, Any] = step_functions().describe_execution(executionArn=execution_arn)
    except step_functions().exceptions.ExecutionDoesNotExist:
        return None
    return found


def input_in(detail: dict[str, Any]) -> Any:
    """The execution's input; the event has none where it is long or the state machine has a key of its own."""
    try:
        return json.loads(detail.get("input") or "null")
    except (ValueError, RecursionError):
        return None


def start(machine_arn: str, name: str, given: str) -> bool:
    """Start an execution; False if there was one of that name and another input, or it has ended.

    The same start twice, while the execution runs, is one. Raises ClientError and BotoCoreError.
    """
    try:
        step_functions().start_execution(stateMachineArn=machine_arn, name=name, input=given)
    except step_functions().exceptions.ExecutionAlreadyExists:
        return False
    return True


def stop(execution_arn: str, error: str, cause: str) -> bool:
    """Stop an execution; False if Step Functions does not know it. One that has ended stays as it is.

    Raises ClientError and BotoCoreError.
    """
    try:
        step_functions().stop_execution(executionArn=execution_arn, error=error, cause=cause)
    except step_functions().exceptions.ExecutionDoesNotExist:
        return False
    return True


def end_wait(token: str) -> bool:
    """Let the execution go on that waits for this task token; False if nothing waits for it any more.

    Raises ClientError and BotoCoreError.
    """
    return _sent("send_task_success", taskToken=token, output="{}")


def fail_wait(token: str, error: str, cause: str) -> bool:
    """Let the wait for this task token fail; as :func:`end_wait`."""
    return _sent("send_task_failure", taskToken=token, error=error, cause=cause)


def _sent(operation: str, **arguments: str) -> bool:
    gone = step_functions().exceptions
    try:
        getattr(step_functions(), operation)(**arguments)
    except (gone.TaskTimedOut, gone.TaskDoesNotExist, gone.InvalidToken):
        return False
    return True


@cache
def step_functions() -> Any:
    """The client of Step Functions."""
    return new_client("stepfunctions", config=IMPATIENT)
