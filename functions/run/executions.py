"""Whether an execution still runs: Step Functions itself is asked, so that nobody has to say that he is alive."""

from functools import cache
from typing import Any

import boto3
from botocore.exceptions import ClientError


def is_running(execution_arn: str) -> bool:
    """Whether it runs. An answer that is none counts as yes: what it holds is then left to it."""
    try:
        found = described(execution_arn)
    except ClientError:
        return True
    return found is not None and found["status"] == "RUNNING"


def described(execution_arn: str) -> dict[str, Any] | None:
    """The execution as DescribeExecution answers it; None if it ended more than 90 days ago. Raises ClientError."""
    try:
        found: dict[str, Any] = _states().describe_execution(executionArn=execution_arn)
    except _states().exceptions.ExecutionDoesNotExist:
        return None
    return found


@cache
def _states() -> Any:
    return boto3.client("stepfunctions")
