"""The record of a run or a batch that has ended: what its history keeps of it. Knows nothing of DynamoDB.

The names in :data:`KEYS` are an interface: ``datamart runs --json`` prints them, and the log line "run ended" has them.
"""

from dataclasses import dataclass, fields
from typing import Any, Literal, Self

LONGEST_CAUSE = 500
"""Bytes of what happened: a record is to have less than a write unit of DynamoDB."""

LONGEST_VALUE = 200
"""Bytes of a name that a server, a file or a person gave."""

Kind = Literal["run", "batch"]


@dataclass(frozen=True)
class HistoryRecord:
    """What is kept of a run or a batch. What is not known, or of the other kind, is None.

    Parameters
    ----------
    id
        Name of the execution: what ``show``, ``watch`` and ``rerun`` take.
    kind
        ``run`` or ``batch``.
    execution
        Its ARN.
    status
        SUCCEEDED, FAILED, TIMED_OUT, ABORTED; RUNNING for one that has not ended, which no table holds.
    loaded
        ``yes``, ``no`` or ``unknown``; of a batch ``yes`` if all of its tables are loaded.
    skipped
        Whether it did nothing, because another run had the datamart.
    error, cause
        Why it failed: a name of the closed list, and a sentence without secrets.
    reason
        Why a person started it.
    job, batch, item
        Name of the job; name of the batch, of its own record as of those of its items; and name of the item.
    batch_run
        Of an item: the ``id`` of its batch.
    datamart, datamart_id, project, connection
        The datamart and its project by name, or as the request calls them; the datamart's ID; the connection's name.
    table, append
        What is loaded, and whether rows are added to it.
    as_of
        The time that it was started for (ISO 8601).
    started_at, finished_at
        ISO 8601 in UTC with milliseconds, which sort as text.
    duration_seconds, queue_seconds, job_seconds
        The whole run without the queue; its time in the queue; and the load alone, where it loaded.
    usual_seconds
        Median of the loads alone of the datamart's last successful runs before; of a batch what it takes where each of
        its items takes its usual time.
    follow_ups
        What followed the load: for each ``kind``, ``id``, ``name``, ``outcome`` (done, failed, unknown, notDone),
        ``reason``, ``startedAt``, ``finishedAt``.
    follow_ups_of
        Of a run that loaded nothing and only did what follows: the ``id`` of the run that had loaded.
    started_by, trigger
        A schedule's name, an object's URI, a message's ID, or a person; and the kind of start: ``schedule``,
        ``upload``, ``message``, ``person``, ``batch``, ``rerun``, ``backfill`` or ``console``, where nobody said it.
    rerun_of, restart_of
        The ``id`` of the run, and of the batch, that it repeats.
    attempts, polls
        How often it logged in for an attempt, and looked at the job.
    counts
        Of a batch: how many items are how.
    """

    id: str
    kind: Kind
    execution: str
    status: str
    loaded: str
    started_at: str
    skipped: bool = False
    error: str | None = None
    reason: str | None = None
    cause: str | None = None
    job: str | None = None
    batch: str | None = None
    batch_run: str | None = None
    item: str | None = None
    datamart: str | None = None
    datamart_id: str | None = None
    project: str | None = None
    connection: str | None = None
    table: str | None = None
    append: bool | None = None
    as_of: str | None = None
    finished_at: str | None = None
    duration_seconds: float | None = None
    queue_seconds: float | None = None
    job_seconds: float | None = None
    usual_seconds: float | None = None
    follow_ups: list[dict[str, str | None]] | None = None
    follow_ups_of: str | None = None
    started_by: str | None = None
    trigger: str | None = None
    rerun_of: str | None = None
    restart_of: str | None = None
    attempts: int | None = None
    polls: int | None = None
    counts: dict[str, int] | None = None

    def as_json(self) -> dict[str, Any]:
        """Each field by its public name; what is not known is None."""
        return {key: getattr(self, name) for name, key in KEYS.items()}

    @classmethod
    def from_json(cls, found: dict[str, Any]) -> Self:
        """Read what :meth:`as_json` returned; missing keys are None, and others are passed over.

        Raises TypeError where a key is missing that every record has.
        """
        return cls(**{name: found[key] for name, key in KEYS.items() if key in found})


def camel_case(name: str) -> str:
    """``started_at`` as ``startedAt``."""
    first, *rest = name.split("_")
    return first + "".join(word.capitalize() for word in rest)


KEYS = {field.name: camel_case(field.name) for field in fields(HistoryRecord)}
"""The public name of each field: ``started_at`` is ``startedAt``."""
