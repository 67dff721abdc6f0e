"""Whether an execution still runs: Step Functions itself is asked, so that nobody has to say that he is alive."""

from functools import cache
from typing import Any

import boto3
from botocore.exceptions import ClientError


def is_running(execution_arn: str) -> bool:
    """Whether it runs. An answer that is none counts as yes: what it holds is then left to it."""
    try:
        return bool(_states().describe_execution(executionArn=execution_arn)["status"] == "RUNNING")
    except _states().exceptions.ExecutionDoesNotExist:
        return False  # ended more than 90 days ago
    except ClientError:
        return True


@cache
def _states() -> Any:
    return boto3.client("stepfunctions")
