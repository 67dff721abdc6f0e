"""The time that a run was started for, and its night. Pure."""

from datetime import date, datetime, timedelta

from functions.runs.history import HistoryRecord

CLOCKS_DIFFER = timedelta(days=1)
"""A run is for a time that is over: one that lies further ahead is a slip of somebody's, and would be the only night
that a page shows."""


def started_for(record: HistoryRecord) -> datetime:
    """``asOf``, which a person may have written, where it is a time before the start; else the start. It has a zone."""
    started = datetime.fromisoformat(record.started_at)
    try:
        found = datetime.fromisoformat(record.as_of or record.started_at).astimezone()
        return found if found.year > 1 and found <= started + CLOCKS_DIFFER else started
    except (ValueError, OverflowError):
        return started


def night_of(record: HistoryRecord) -> date:
    """The day that it was started for, in the time zone of this computer: a backfill fills the days that it is for."""
    return started_for(record).astimezone().date()
