"""The message that started a run beside others: the failures of all of them are one notification."""

import re
from typing import Any

from functions.runs.model import TriggerMessage
from functions.text import quoted

MOST_RUNS = 10
"""Runs that one message starts: functions/triggers/s3_notification.py takes no more records from it."""

LONGEST_ID = 100
"""Characters of a message's id: SNS's are UUIDs."""

LONGEST_OBJECT = 1_200
"""Characters of an object in words: S3 takes 1,024 bytes of a key and 63 of a bucket's name."""

_BY_THE_STARTER = re.compile(r"[A-Za-z0-9_-]{1,40}-[0-9a-f]{32}")
"""Names of executions: functions/triggers/trigger_event.py."""


def message_in(given: Any, execution_arn: str) -> TriggerMessage | None:
    """The message that started the execution and others, or None if none did.

    ``given`` is the execution's input, whatever else is wrong with it. A person may have copied it from another
    execution, whose name it holds: that message did not start this one.
    """
    if not isinstance(given, dict) or not isinstance(found := given.get("message"), dict):
        return None
    message, runs = found.get("id"), found.get("runs")
    name = execution_arn.rpartition(":")[2]
    if found.get("run") != name or not _BY_THE_STARTER.fullmatch(name):
        return None
    if not (isinstance(message, str) and 1 <= len(message) <= LONGEST_ID):
        return None
    if isinstance(runs, bool) or not (isinstance(runs, int) and 2 <= runs <= MOST_RUNS):
        return None
    return TriggerMessage(message, runs, _object(given.get("values")))


def _object(values: Any) -> str | None:
    """The uploaded object in words, or None for a run that no upload started."""
    if not isinstance(values, dict) or not {"bucket", "key"} <= set(values):
        return None
    return quoted(f"s3://{values['bucket']}/{values['key']}", LONGEST_OBJECT)
