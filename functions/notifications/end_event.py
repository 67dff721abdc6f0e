"""The end event: one on the default event bus for every run, so that others can go on from it.

``source`` is ``datamart-runner``, ``detail-type`` is ``Datamart Run Ended``; notifications/README.md lists the
fields of the detail.
"""

import json
from functools import cache
from typing import Any

import boto3

from functions import clock
from functions.notifications.run_end import End

SOURCE = "datamart-runner"
DETAIL_TYPE = "Datamart Run Ended"


def detail(end: End) -> dict[str, Any]:
    """What the event says; never more than 256 KB, because a cause is under 8 KB."""
    item = end.run.item
    finished = item.get("finishedAt") or item.get("endedAt") or clock.now()
    return {
        "version": "1",
        "status": end.status,
        "loaded": end.loaded,
        "error": end.error,
        "reason": end.reason,
        "job": item.get("job"),
        "asOf": item.get("asOf"),
        "connection": item.get("connection"),
        "datamart": item.get("datamart"),
        "project": item.get("project"),
        "target": item.get("target"),
        "saved": item.get("saved"),
        "startedAt": clock.timestamp(item["startedAt"]),
        "finishedAt": clock.timestamp(finished),
        "durationSeconds": round(finished - item["startedAt"], 3),
        "executionArn": end.execution_arn,
    }


def send(end: End) -> None:
    """Put the event. Raises RuntimeError when EventBridge did not take it."""
    entry = {
        "Source": SOURCE,
        "DetailType": DETAIL_TYPE,
        "Resources": [end.execution_arn],
        "Detail": json.dumps(detail(end), ensure_ascii=False),
    }
    answer = _events().put_events(Entries=[entry])
    if answer["FailedEntryCount"]:
        raise RuntimeError(f"the end event was not taken: {answer['Entries'][0].get('ErrorCode')}")


@cache
def _events() -> Any:
    return boto3.client("events")
