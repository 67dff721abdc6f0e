"""What a history can be asked: some of its records, newest first, and one by its ID."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

from functions import clock
from functions.runs.history import HistoryRecord
from functions.runs.store.history import datamart_key

STATUSES = {
    "running": "RUNNING",
    "succeeded": "SUCCEEDED",
    "failed": "FAILED",
    "timed-out": "TIMED_OUT",
    "aborted": "ABORTED",
}
"""Step Functions' status by the word that people type; ``skipped`` is a run that succeeded without loading."""

RUNNING, SKIPPED = "running", "skipped"


@dataclass(frozen=True)
class Selection:
    """Which records are wanted; None means any.

    Parameters
    ----------
    job, batch
        Name of the named job; name of the batch: its own records, and those of its items.
    datamart
        Name, in any case, or ID.
    status
        Words of :data:`STATUSES`, or ``skipped``: any of them.
    since, until
        The earliest and the latest start, in seconds since the epoch.
    limit
        How many.
    """

    job: str | None = None
    batch: str | None = None
    datamart: str | None = None
    status: tuple[str, ...] = ()
    since: float | None = None
    until: float | None = None
    limit: int | None = None

    def has(self, record: HistoryRecord) -> bool:
        """Whether a record is one of those that are wanted, whatever the limit."""
        return (
            self.job in (None, record.job)
            and self.batch in (None, record.batch)
            and (self.datamart is None or _is_of(record, self.datamart))
            and (not self.status or status_of(record) in self.status)
            and (self.since is None or record.started_at >= clock.timestamp(self.since))
            and (self.until is None or record.started_at <= clock.timestamp(self.until))
        )


def status_of(record: HistoryRecord) -> str:
    """The status of a record in the word that people type and read."""
    if record.skipped:
        return SKIPPED
    return next((word for word, status in STATUSES.items() if status == record.status), record.status.lower())


def _is_of(record: HistoryRecord, datamart: str) -> bool:
    names = {None if record.datamart is None else datamart_key(record.datamart), record.datamart_id}
    return bool(names & {datamart_key(datamart), datamart.upper()})


class History(Protocol):
    """Where records are read from."""

    def records(self, selection: Selection) -> Iterator[HistoryRecord]:
        """The records that are wanted, newest first, read as they are asked for."""

    def find(self, run: str) -> HistoryRecord | None:
        """The record of an execution, by its name or its ARN; None where it is not known."""

    def notes(self) -> tuple[str, ...]:
        """Sentences for people about what was not read so far, and why."""
