"""Finds an execution of a stage, a run or a batch, by its ARN or its name."""

import re
from dataclasses import dataclass
from typing import Any

import boto3
from botocore.exceptions import ClientError

from functions.names import BATCHES, execution_arn, is_batch, machine_name
from functions.runs.executions import input_in
from functions.text import quoted
from local.aws.aws_errors import in_plain_words
from local.aws.stack import BATCH_MACHINE, Stack, stack_of
from local.errors import CannotGoOn

ARN = re.compile(
    rf"arn:aws[a-z-]*:states:(?P<region>[a-z0-9-]+):[0-9]{{12}}:execution:{machine_name('(?P<stage>[a-z0-9-]+)')}"
    rf"(?:{BATCHES})?:(?P<name>[A-Za-z0-9_-]{{1,80}})"
)
"""Of a run or a batch in any stage."""

NAME = re.compile("[A-Za-z0-9_-]{1,80}")


@dataclass(frozen=True)
class FoundExecution:
    """An execution: the stack of its stage, and what DescribeExecution answers of it."""

    stack: Stack
    described: dict[str, Any]

    @property
    def arn(self) -> str:
        """Its ARN."""
        return str(self.described["executionArn"])

    @property
    def name(self) -> str:
        """Its name: the ``id`` of its record in the history."""
        return str(self.described["name"])

    @property
    def is_batch(self) -> bool:
        """Whether it is a batch."""
        return is_batch(self.arn)

    @property
    def given(self) -> Any:
        """Its input."""
        return input_in(self.described)


def find_execution(run: str, stage: str) -> FoundExecution:
    """Find the execution.

    Parameters
    ----------
    run
        Its ARN, which names region and stage, or its name.
    stage
        The stage, if ``run`` is a name.

    Raises
    ------
    CannotGoOn
        There is none, it has ended more than 90 days ago, or the call to AWS fails.
    """
    match = ARN.fullmatch(run)
    if match is None and not NAME.fullmatch(run):
        raise CannotGoOn(
            f"invalid run {quoted(run, 80)}: use the ID that datamart runs shows, or the ARN of an execution of a "
            "stage."
        )
    if match is not None:
        look_in(match["region"])
    with in_plain_words():
        stack = stack_of(match["stage"] if match else stage)
        for machine in _machines(stack):
            arn = execution_arn(machine, match["name"] if match else run)
            if (match is None or arn == run) and (described := _described(arn)) is not None:
                return FoundExecution(stack, described)
    if match is not None and all(run.split(":")[4] != machine.split(":")[4] for machine in _machines(stack)):
        raise CannotGoOn(f"{run} is in another account than these credentials; set AWS_PROFILE to one of that account.")
    raise CannotGoOn(
        f"unknown run {quoted(run, 200)} in the stage {match['stage'] if match else stage}: use the ID that datamart "
        "runs shows. Step Functions forgets an execution 90 days after its end."
    )


def look_in(region: str) -> None:
    """Make all further clients use the region of an ARN, whatever the environment says."""
    if (boto3.DEFAULT_SESSION or boto3.Session()).region_name != region:
        boto3.setup_default_session(region_name=region)


def _machines(stack: Stack) -> list[str]:
    """Those of runs and of batches; a stack of an earlier release has no second one."""
    return [stack.state_machine, *([stack.batch_machine] if BATCH_MACHINE in stack.outputs else [])]


def _described(arn: str) -> dict[str, Any] | None:
    try:
        found: dict[str, Any] = boto3.client("stepfunctions").describe_execution(executionArn=arn)
    except ClientError as problem:
        if problem.response["Error"]["Code"] == "ExecutionDoesNotExist":
            return None
        raise
    return found
