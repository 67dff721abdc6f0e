"""The notice of a failed run: one message that a person understands at once."""

import json
import os
import re
from functools import cache
from typing import Any

import boto3

from functions.answering.question import skeleton
from functions.run.errors import shorten
from functions.telling.end import End

LONGEST_SUBJECT = 100
"""Characters, and ASCII only: SNS refuses more."""

LONGEST = 200_000
"""Bytes of a message: SNS takes 256 KB."""

EXAMPLES = 5
"""Choices of a prompt that are shown as an example of its answer."""

CONSOLES = {
    "aws": "console.aws.amazon.com",
    "aws-cn": "console.amazonaws.cn",
    "aws-us-gov": "console.amazonaws-us-gov.com",
}

LOADED = {
    "yes": "Yes, the table is complete.",
    "no": "No, this run did not touch the table.",
    "unknown": "It is not known. Look at the table before you start the run again.",
}

ENDED = {"FAILED": "failed", "ABORTED": "was stopped", "TIMED_OUT": "was timed out"}


def is_due(end: End) -> bool:
    """Whether people are told at all: of every end but success."""
    return end.status != "SUCCEEDED"


def subject(end: End) -> str:
    """``Datamart City failed: NotFound (loaded: no)``."""
    error = f": {end.error}" if end.error else ""
    return f"Datamart {end.datamart} {ENDED.get(end.status, end.status)}{error} (loaded: {end.loaded})"


def text(end: End) -> str:
    """The message: what, loaded or not, why, what to do, where to look."""
    item = end.run.item
    target = item.get("target") or {}
    lines = {
        "Datamart": end.datamart,
        "Project": (item.get("project") or {}).get("name") or (item.get("asked") or {}).get("project"),
        "Job": item.get("job"),
        "For": item.get("asOf"),
        "Ended as": end.error or end.status,
        "Table": target.get("table") and f"{target['table']} in {target.get('source') or 'its source'}",
        "Loaded": LOADED[end.loaded],
        "What happened": end.reason,
        "What to do": end.advice,
        "Execution": console_link(end.execution_arn),
        "Answers to put into the request": _missing(end),
    }
    return "\n".join(f"{name}: {value}" for name, value in lines.items() if value)


def _missing(end: End) -> str | None:
    """Every answer that was missing, as JSON to paste; the cause has only as much of it as fits."""
    if end.error not in ("PromptsUnanswered", "AskExpired") or "unanswered" not in end.run.item:
        return None
    entries = skeleton(end.run.item["unanswered"]["prompts"], EXAMPLES)
    return "\n" + json.dumps({"prompts": entries}, ensure_ascii=False, indent=2)


def console_link(execution_arn: str) -> str:
    """The execution in the AWS console."""
    _, partition, _, region, *_ = execution_arn.split(":")
    host = CONSOLES.get(partition, CONSOLES["aws"])
    return f"https://{region}.{host}/states/home?region={region}#/v2/executions/details/{execution_arn}"


def send(end: End) -> None:
    """Tell people of the end of a run."""
    publish(subject(end), text(end))


def publish(heading: str, message: str, topic_arn: str | None = None) -> None:
    """Publish on a topic, by default that of notices (``NOTICE_TOPIC_ARN``), each part cut to what SNS takes."""
    topic = topic_arn or os.environ["NOTICE_TOPIC_ARN"]
    plain = re.sub(r"[^ -~]", "?", heading)[:LONGEST_SUBJECT]
    _sns().publish(TopicArn=topic, Subject=plain, Message=shorten(message, LONGEST))


@cache
def _sns() -> Any:
    return boto3.client("sns")
