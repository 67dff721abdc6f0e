"""What a record is at a glance: one of a few kinds, each with a colour, a shape and a word. Pure."""

from typing import NamedTuple

from functions.runs.history import HistoryRecord


class Kind(NamedTuple):
    """A kind of outcome: ``name`` is its shape (shapes.svg) and its colour (style.css), ``words`` what it means."""

    name: str
    words: str


LOADED = Kind("loaded", "loaded")
PARTLY = Kind("partly", "partly loaded")
LATE = Kind("late", "loaded late")
LOADED_FAILED = Kind("loaded-failed", "loaded but failed afterwards")
FAILED = Kind("failed", "failed")
UNKNOWN = Kind("unknown", "unknown whether loaded")
SKIPPED = Kind("skipped", "skipped")
RUNNING = Kind("running", "running")

KINDS = (LOADED, PARTLY, LATE, LOADED_FAILED, FAILED, UNKNOWN, SKIPPED, RUNNING)
"""In the order of a legend."""


def kind_of(record: HistoryRecord, *, is_late: bool = False) -> Kind:
    """The kind of a run or a batch; ``is_late`` says that its table was expected before it ended."""
    if record.status == "RUNNING":
        return RUNNING
    if record.skipped:
        return SKIPPED
    if record.loaded == "unknown":
        return UNKNOWN
    if record.loaded == "yes":
        return LOADED_FAILED if record.status != "SUCCEEDED" else LATE if is_late else LOADED
    return PARTLY if record.status == "SUCCEEDED" else FAILED  # a batch may tolerate failures
