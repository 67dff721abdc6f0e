"""The end event: one on the default event bus for every run, so that others can go on from it.

``source`` is ``datamart-runner``, ``detail-type`` is ``Datamart Run Ended``; notifications/README.md lists the
fields of the detail.
"""

import json
from functools import cache
from typing import Any

from functions import clock
from functions.aws_clients import new_client
from functions.names import PRODUCT
from functions.notifications.run_end import End

DETAIL_TYPE = "Datamart Run Ended"


def detail(end: End) -> dict[str, Any]:
    """What the event says; never more than 256 KB, because a cause is under 8 KB."""
    run = end.run
    finished = run.finished_at or run.ended_at or clock.now()
    return {
        "version": "1",
        "status": end.status,
        "loaded": end.loaded,
        "error": end.error,
        "reason": end.reason,
        "job": run.job_name,
        "asOf": run.as_of,
        "connection": run.connection,
        "datamart": run.datamart and run.datamart.as_json(),
        "project": run.project and run.project.as_json(),
        "target": run.target and run.target.as_json(),
        "saved": run.saved_as_json(),
        "followUps": [one.as_json() for one in run.follow_ups],
        "followUpsOf": run.follow_ups_of,
        "startedAt": clock.timestamp(run.started_at),
        "finishedAt": clock.timestamp(finished),
        "durationSeconds": round(finished - run.started_at, 3),
        "executionArn": end.execution_arn,
    }


def send(end: End) -> None:
    """Put the event. Raises RuntimeError when EventBridge did not take it."""
    put_events(DETAIL_TYPE, end.execution_arn, detail(end))


def put_events(detail_type: str, execution_arn: str, *contents: dict[str, Any]) -> None:
    """Put events about the end of an execution. Raises RuntimeError when EventBridge did not take all of them."""
    entries = [
        {
            "Source": PRODUCT,
            "DetailType": detail_type,
            "Resources": [execution_arn],
            "Detail": json.dumps(content, ensure_ascii=False),
        }
        for content in contents
    ]
    answer = events().put_events(Entries=entries)
    if answer["FailedEntryCount"]:
        codes = sorted({each["ErrorCode"] for each in answer["Entries"] if "ErrorCode" in each})
        raise RuntimeError(f'EventBridge did not take the event "{detail_type}": {", ".join(codes)}')


@cache
def events() -> Any:
    """The client of EventBridge."""
    return new_client("events")
