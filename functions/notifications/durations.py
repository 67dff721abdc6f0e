"""How long a run or a batch took, in words, beside what is usual of it."""

from collections.abc import Mapping

from functions.runs.model import Run
from functions.text import duration

MEDIAN = "the median of the last ones"


def lines(run: Run) -> dict[str, str | None]:
    """The lines of a message about a run that has ended; without a value where nothing is known.

    What is usual is that of the load alone: from the execution request, or the last answers, to its end.
    """
    ended = run.finished_at or run.ended_at
    whole = None if ended is None else duration(ended - run.started_at - run.queued_seconds)
    load, usual = run.job_seconds, run.usual_seconds
    return {
        "Duration": whole and (whole if load is None else f"{whole}, {duration(load)} for the load"),
        "Usual": None if usual is None else f"{duration(usual)} for the load ({MEDIAN})",
        "In the queue": duration(run.queued_seconds) if run.queued_seconds >= 1 else None,
    }


def lines_of_batch(seconds: float | None, usual: float | None) -> dict[str, str | None]:
    """The same of a batch; ``usual`` is what it takes where each of its items takes its usual time."""
    return {
        "Duration": None if seconds is None else duration(seconds),
        "Usual": None if usual is None else f"{duration(usual)}, where each item takes its usual time",
    }


def lines_of_item(seconds: float | None, usual: float | None) -> dict[str, str | None]:
    """The same of an item of a batch."""
    return {
        "Duration": None if seconds is None else duration(seconds),
        "Usual": None if usual is None else f"{duration(usual)} ({MEDIAN})",
    }


def in_short(lines: Mapping[str, str | None]) -> str:
    """Lines of these as the end of a sentence: ``, took 12 s, usual: 10 s``; empty where nothing is known."""
    took, usual = lines.get("Duration"), lines.get("Usual")
    return (f", took {took}" if took else "") + (f", usual: {usual}" if usual else "")
