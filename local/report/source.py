"""Where what is known of an execution is read: this_computer.py and of_stage.py."""

from collections.abc import Iterator
from typing import Protocol

from functions.runs.history import HistoryRecord
from local.history.history import History, Selection
from local.report.assemble import Kept
from local.report.events import seconds_of


class Source(Protocol):
    """Where runs are looked up; ``is_deployed`` says whether that is AWS."""

    is_deployed: bool

    def find(self, run: str) -> HistoryRecord:
        """The record of an execution, by its name or ARN. Raises CannotGoOn where it is not known."""

    def items(self, batch: HistoryRecord) -> list[HistoryRecord]:
        """The records of a batch's items."""

    def kept(self, record: HistoryRecord) -> Kept:
        """What is known of an execution beside its record."""

    def notes(self) -> tuple[str, ...]:
        """Sentences for people about what was not read so far, and why."""


CLOCKS_DIFFER = 3_600.0
"""Seconds after the end of a batch within which an item of it may have begun by another clock."""


def items_of(history: History, batch: HistoryRecord) -> list[HistoryRecord]:
    """The records of a batch's items, of those that have its name."""
    since = seconds_of(batch.started_at)
    until = None if batch.finished_at is None else seconds_of(batch.finished_at) + CLOCKS_DIFFER
    found: Iterator[HistoryRecord] = history.records(Selection(batch=batch.batch, since=since, until=until))
    return [record for record in found if record.batch_run == batch.id]
