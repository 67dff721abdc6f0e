"""Who a person is to AWS, for the history of what they start."""

import boto3
from botocore.exceptions import BotoCoreError, ClientError

from functions.text import shorten

LONGEST = 200
"""Characters, as functions/requests/execution_input.schema.json has it."""


def caller() -> str | None:
    """ARN of the identity behind the credentials; None where AWS does not say it: nothing depends on it."""
    try:
        return shorten(str(boto3.client("sts").get_caller_identity()["Arn"]), LONGEST)
    except (ClientError, BotoCoreError):
        return None
