"""Records of a history for tests."""

from typing import Any

from functions import clock
from functions.runs.history import HistoryRecord

ARN = "arn:aws:states:eu-west-1:123456789012:execution:datamart-runner-dev"


def record(number: int, at: float, **more: Any) -> HistoryRecord:
    """A run of a job of every night, begun at ``at`` (seconds since the epoch), as large as most are."""
    name = f"load-{number % 40}-{number:032x}"
    known: dict[str, Any] = {
        "id": name,
        "kind": "run",
        "execution": f"{ARN}:{name}",
        "status": "SUCCEEDED",
        "loaded": "yes",
        "started_at": clock.timestamp(at),
        "finished_at": clock.timestamp(at + 1_800),
        "job": f"load-{number % 40}",
        "datamart": f"Load {number % 40}",
        "datamart_id": f"{number % 40:032X}",
        "project": "MicroStrategy Tutorial",
        "connection": "default",
        "table": f"DM_LOAD_{number % 40}",
        "append": False,
        "as_of": clock.timestamp(at),
        "duration_seconds": 1_800.25,
        "queue_seconds": 12.5,
        "job_seconds": 1_790.125,
        "usual_seconds": 1_788.5,
        "started_by": f"load-{number % 40}-1",
        "trigger": "schedule",
        "attempts": 1,
        "polls": 17,
    }
    return HistoryRecord(**known | more)
