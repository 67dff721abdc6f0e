"""What a record of the history says in words, wherever records are listed. Pure, but for the time that it is now."""

import re
from datetime import datetime

from functions import clock
from functions.runs.history import HistoryRecord
from functions.text import one_line

AS_USUAL = "as usual"

USUAL = 0.1
"""A load is as usual if its duration differs by less than this share from the median."""


def name_of(record: HistoryRecord) -> str:
    """The job, or the batch and its item; a run of neither has the name of its datamart."""
    if record.kind == "batch":
        return "batch" if record.batch == record.id else f"batch {record.batch}"
    if record.item is not None:
        return record.item if record.batch == record.batch_run else f"{record.batch} / {record.item}"
    return record.job or record.datamart or "?"


def who(record: HistoryRecord) -> str:
    """What started it: ``schedule city-nightly-1``."""
    by = record.started_by or ""
    if by.startswith("arn:"):  # of a person, or of an execution
        by = re.split("[:/]", by)[-1]
    return one_line(f"{record.trigger or '?'} {by}")


def seconds_of(record: HistoryRecord) -> float | None:
    """How long it took, or has taken so far; None where nobody knows when it ended."""
    if record.duration_seconds is not None:
        return record.duration_seconds
    started = datetime.fromisoformat(record.started_at).timestamp()
    if record.status == "RUNNING":
        return clock.now() - started
    return None if record.finished_at is None else datetime.fromisoformat(record.finished_at).timestamp() - started


def ratio_to_usual(record: HistoryRecord) -> float | None:
    """Duration of the load, or of a whole batch that is loaded, as a multiple of what is usual; None if not known."""
    loaded_batch = record.kind == "batch" and record.loaded == "yes"
    took = record.duration_seconds if loaded_batch else record.job_seconds
    return took / record.usual_seconds if took and record.usual_seconds else None


def against_usual(record: HistoryRecord) -> str:
    """The same in words: ``as usual``, ``+40 %``, ``3.2 x``; empty where it is not known."""
    ratio = ratio_to_usual(record)
    if ratio is None:
        return ""
    if abs(ratio - 1) < USUAL:
        return AS_USUAL
    return f"{ratio:.1f} x" if ratio >= 2 else f"{100 * (ratio - 1):+.0f} %"
