"""How long a run took, in words, beside what is usual of its datamart."""

from functions.runs.model import Run
from functions.text import duration


def lines(run: Run) -> dict[str, str | None]:
    """The lines of a message about a run that has ended; without a value where nothing is known.

    What is usual is that of the load alone: from the execution request, or the last answers, to its end.
    """
    ended = run.finished_at or run.ended_at
    whole = None if ended is None else duration(ended - run.started_at - run.queued_seconds)
    load, usual = run.job_seconds, run.usual_seconds
    return {
        "Duration": whole and (whole if load is None else f"{whole}, {duration(load)} for the load"),
        "Usual": None if usual is None else f"{duration(usual)} for the load (the median of the last ones)",
        "In the queue": duration(run.queued_seconds) if run.queued_seconds >= 1 else None,
    }
