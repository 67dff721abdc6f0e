"""The log lines of an execution, from the log groups of the functions that it called."""

import re
from collections.abc import Collection
from typing import Any

import boto3
from botocore.exceptions import ClientError

from local.aws.stack import Stack

FUNCTION = re.compile(r"([A-Za-z]{1,64})Function[0-9A-F]{8}")
"""In the name of a deployed function: its name in the table of functions, and what the CDK adds."""

LOG_GROUP = re.compile(r"([A-Za-z]{1,64})Logs[0-9A-F]{8}")
"""The name of a function's log group in the template."""

LATEST_END = 5 * 3_600
"""Seconds after an end until which ``end_run`` may still work on it: its queue repeats it for four hours."""

BEFORE = 60
"""Seconds by which clocks may differ."""


def log_texts(stack: Stack, execution_arn: str, functions: Collection[str], begin: float, end: float) -> list[str]:
    """The texts of all lines that have the execution's ARN, of one function after another.

    Parameters
    ----------
    functions
        Names of the functions that it called, as Lambda has them; ``end_run`` and ``sweep`` are looked into, too, and
        all of them where nothing is known of its calls.
    begin, end
        Of the execution, in seconds since the epoch.
    """
    called = {found[1] for name in functions if (found := FUNCTION.search(name))}
    groups = {
        found[1]: group
        for name, group in stack.resources_by_name("AWS::Logs::LogGroup").items()
        if (found := LOG_GROUP.fullmatch(name))
    }
    client = boto3.client("logs")
    texts: list[str] = []
    for name in sorted({"EndRun", "Sweep", *called} & groups.keys() if called else groups):
        texts += _texts(client, groups[name], execution_arn, begin - BEFORE, end + LATEST_END)
    return texts


def _texts(client: Any, group: str, execution_arn: str, begin: float, end: float) -> list[str]:
    pages = client.get_paginator("filter_log_events").paginate(
        logGroupName=group,
        startTime=round(1_000 * begin),
        endTime=round(1_000 * end),
        filterPattern=f'"{execution_arn}"',
    )
    try:
        return [event["message"] for page in pages for event in page["events"]]
    except ClientError as problem:
        if problem.response["Error"]["Code"] != "ResourceNotFoundException":
            raise
        return []  # of an earlier deployment, and removed
