"""What a successful run returns: every field, its meaning and its value (DESIGN.md "Interfaces")."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from functions import clock
from functions.runs.model import Run


@dataclass(frozen=True)
class OutputField:
    """One field of the output.

    Parameters
    ----------
    meaning
        For the documentation, in Markdown.
    value
        From the run, and the time at which it finished in seconds since the epoch.
    """

    meaning: str
    value: Callable[[Run, float], Any]


def _prompts(run: Run, finished: float) -> list[dict[str, str]]:
    return [{"name": prompt.name, "type": prompt.type, "how": prompt.how} for prompt in run.loading_attempt.prompts]


FIELDS = {
    "loaded": OutputField(
        "Whether this run loaded the table: `yes`, or `no` for a skipped run.", lambda run, finished: run.loaded
    ),
    "datamart": OutputField(
        "The datamart: `id` and `name`.", lambda run, finished: run.datamart and run.datamart.as_json()
    ),
    "project": OutputField(
        "Its project: `id` and `name`.", lambda run, finished: run.project and run.project.as_json()
    ),
    "instanceId": OutputField(
        "ID of the datamart's instance, which was deleted.", lambda run, finished: run.loading_attempt.instance_id
    ),
    "jobId": OutputField("ID of MicroStrategy's job.", lambda run, finished: run.loading_attempt.job_id),
    "startedAt": OutputField("Start of the run, in UTC.", lambda run, finished: clock.timestamp(run.started_at)),
    "finishedAt": OutputField("End of the load, in UTC.", lambda run, finished: clock.timestamp(finished)),
    "durationSeconds": OutputField(
        "Seconds between the two.", lambda run, finished: round(finished - run.started_at, 3)
    ),
    "polls": OutputField("How often the job's status was read.", lambda run, finished: run.polls),
    "promptsAnswered": OutputField(
        "A list with the `name` and `type` of each prompt, and `how` it was answered.", _prompts
    ),
    "target": OutputField(
        "The table: `source`, `table`, and whether the run `append`s to it.",
        lambda run, finished: run.target and run.target.as_json(),
    ),
    "saved": OutputField(
        "The saved definition: `objectId`; null unless the request saves it.",
        lambda run, finished: run.saved_as_json(),
    ),
}
"""By name, in the order of the output."""

FOLLOW_UPS = "followUps"
"""What followed the load, in the output of a run whose request has `then`; otherwise the field is missing."""

SKIPPED = "skipped"
"""True in the output of a run that did nothing because another run had the datamart, or a newer one of its burst came;
otherwise the field is missing."""

SUPERSEDED_BY = "supersededBy"
"""The newer run (the ARN of its execution) in the output of a run of a burst; otherwise the field is missing."""


def output_of(run: Run) -> dict[str, Any]:
    """The output of the execution."""
    followed = [one.as_json() for one in run.follow_ups]
    return output_at_load(run) | ({FOLLOW_UPS: followed} if followed else {})


def output_at_load(run: Run) -> dict[str, Any]:
    """What of the output is known once the table is loaded, before anything follows."""
    finished = clock.now() if run.finished_at is None else run.finished_at
    return {name: field.value(run, finished) for name, field in FIELDS.items()}


def skipped_output_of(run: Run) -> dict[str, Any]:
    """The output of a run with ``onConflict: skip`` that found another run."""
    return output_of(run) | {SKIPPED: True}


def superseded_output_of(run: Run, newer: str) -> dict[str, Any]:
    """The output of a run of a burst (``"burst": "latest"``) that waited when a newer one came."""
    return skipped_output_of(run) | {SUPERSEDED_BY: newer}
