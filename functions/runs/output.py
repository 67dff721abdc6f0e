"""What a successful run returns (DESIGN.md "Interfaces")."""

from typing import Any

from functions import clock
from functions.runs.model import Run


def output_of(run: Run) -> dict[str, Any]:
    """The output of the execution; ``saved`` is None unless saving was asked for."""
    finished = clock.now() if run.finished_at is None else run.finished_at
    return {
        "loaded": run.loaded,
        "datamart": run.datamart and run.datamart.as_json(),
        "project": run.project and run.project.as_json(),
        "instanceId": run.attempt.instance_id,
        "jobId": run.attempt.job_id,
        "startedAt": clock.timestamp(run.started_at),
        "finishedAt": clock.timestamp(finished),
        "durationSeconds": round(finished - run.started_at, 3),
        "polls": run.polls,
        "promptsAnswered": [
            {"name": prompt.name, "type": prompt.type, "how": prompt.how} for prompt in run.attempt.prompts
        ],
        "target": run.target and run.target.as_json(),
        "saved": run.saved_as_json(),
    }
