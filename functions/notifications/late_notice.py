"""The notification of late tables: one message for all jobs whose table was not loaded by ``expectBy``."""

from dataclasses import dataclass

from functions import clock
from functions.notifications.failure_notice import publish

LONGEST_LIST = 60
"""Characters of the subject that name jobs."""


@dataclass(frozen=True)
class LateLoad:
    """A table that is late; ``expected_by`` is a time of the day in ``zone``, ``last_load`` seconds or None."""

    job: str
    expected_by: str
    zone: str
    last_load: float | None


def send(late: list[LateLoad]) -> None:
    """Publish the notification."""
    publish(subject(late), text(late))


def subject(late: list[LateLoad]) -> str:
    """``Not loaded in time: city-nightly, sales``."""
    named = ", ".join(each.job for each in late)
    return f"Not loaded in time: {named if len(named) <= LONGEST_LIST else f'the tables of {len(late)} jobs'}"


def text(late: list[LateLoad]) -> str:
    """A paragraph for each job: what is late, when it was loaded last, what to do."""
    return "\n\n".join(_paragraph(each) for each in late)


def _paragraph(late: LateLoad) -> str:
    last = "never" if late.last_load is None else clock.timestamp(late.last_load)
    return (
        f"The table of the job {late.job} was not loaded by {late.expected_by} ({late.zone}). Last load: {last}.\n"
        "What to do: look whether a run of it failed or still goes on; if none was started, look at its trigger. To "
        f'load it now, start the state machine with {{"job": "{late.job}"}}.'
    )
