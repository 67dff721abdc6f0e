"""The failure notification: one message that a person understands at once."""

import os
import re
from functools import cache
from typing import Any
from urllib.parse import quote

from functions.aws_clients import new_client
from functions.errors import ERRORS
from functions.notifications.run_end import End
from functions.prompts.describe import skeleton
from functions.runs.model import Target
from functions.text import as_json, named, shorten

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
    """Whether people are notified: of every end but success."""
    return end.status != "SUCCEEDED"


def subject(end: End) -> str:
    """``Datamart City failed: NotFound (loaded: no)``; a long name is cut, so that the rest is always there."""
    error = f": {end.error}" if end.error else ""
    rest = f" {ENDED.get(end.status, end.status)}{error} (loaded: {end.loaded})"
    room = LONGEST_SUBJECT - len("Datamart ") - len(rest) - len('""')
    return f"Datamart {named(end.datamart, room)}{rest}"


def text(end: End) -> str:
    """The message: what, loaded or not, why, what to do, where to look.

    Each "Name: value" is one line, and names that others gave are quoted unless they are plain: nothing in them can
    pass for a line of ours.
    """
    run, target = end.run, end.run.target or Target()
    project = (run.project and run.project.name) or (run.requested and run.requested.project)
    lines = {
        "Datamart": named(end.datamart),
        "Project": project and named(project),
        "Job": run.job_name and named(run.job_name),
        "Object": run.message and run.message.object,
        "For": run.as_of and named(run.as_of),
        "Ended as": end.error or end.status,
        "Table": target.table and f"{named(target.table)} in {named(target.source or 'its source')}",
        "Loaded": LOADED[end.loaded],
        "What happened": end.reason,
        "What to do": end.advice,
        "Execution": console_link(end.execution_arn),
        "Answers to put into the request": _missing(end),
    }
    return "\n".join(f"{name}: {value}" for name, value in lines.items() if value)


def _missing(end: End) -> str | None:
    """Every answer that was missing, as JSON to paste; the cause has only as much of it as fits."""
    error = ERRORS.get(end.error or "")
    if error is None or not error.lists_prompts or end.run.unanswered is None:
        return None
    entries = skeleton(end.run.unanswered.prompts, EXAMPLES)
    return "\n" + as_json({"prompts": entries}, indent=2)


def console_link(execution_arn: str) -> str:
    """The execution in the AWS console. A name that somebody chose for an execution cannot end the link."""
    _, partition, _, region, *_ = execution_arn.split(":")
    host = CONSOLES.get(partition, CONSOLES["aws"])
    return (
        f"https://{region}.{host}/states/home?region={region}#/v2/executions/details/{quote(execution_arn, safe=':/')}"
    )


def send(end: End) -> None:
    """Tell people of the end of a run."""
    publish(subject(end), text(end))


def publish(heading: str, message: str, topic_arn: str | None = None) -> None:
    """Publish on a topic, by default that of notifications (``NOTICE_TOPIC_ARN``), each part cut to what SNS takes."""
    topic = topic_arn or os.environ["NOTICE_TOPIC_ARN"]
    plain = re.sub(r"[^ -~]", "?", heading)[:LONGEST_SUBJECT]
    _sns().publish(TopicArn=topic, Subject=plain, Message=shorten(message, LONGEST))


@cache
def _sns() -> Any:
    return new_client("sns")
