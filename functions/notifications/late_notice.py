"""The notification of late loads: one message for all jobs and batches that were not loaded by ``expectBy``."""

from dataclasses import dataclass
from typing import Literal

from functions import clock
from functions.notifications.publish import Notice

LONGEST_LIST = 60
"""Characters of the subject that name jobs."""


@dataclass(frozen=True)
class LateLoad:
    """A table or a batch that is late; ``expected_by`` is a time of the day in ``zone``.

    ``last_load`` is in seconds, or None.
    """

    name: str
    expected_by: str
    zone: str
    last_load: float | None
    what: Literal["job", "batch"] = "job"


def notice(late: list[LateLoad]) -> Notice:
    """The notification of what is late."""
    only = late[0] if len(late) == 1 else None
    return Notice(
        "late",
        subject(late),
        text(late),
        thread=f"{only.what}/{only.name}" if only else "",
        summary="\n".join(_what_is_late(each) for each in late),
        next_steps=tuple(_what_to_do(each) for each in late),
        keywords=tuple(each.name for each in late),
    )


def subject(late: list[LateLoad]) -> str:
    """``Not loaded in time: city-nightly, sales``."""
    named = ", ".join(each.name for each in late)
    return f"Not loaded in time: {named if len(named) <= LONGEST_LIST else f'the tables of {len(late)} {_kinds(late)}'}"


def _kinds(late: list[LateLoad]) -> str:
    """``jobs``, ``batches`` or ``jobs and batches``."""
    found = {each.what for each in late}
    return " and ".join(word for what, word in (("job", "jobs"), ("batch", "batches")) if what in found)


def text(late: list[LateLoad]) -> str:
    """A paragraph for each job and batch: what is late, when it was loaded last, what to do."""
    return "\n\n".join(f"{_what_is_late(each)}\nWhat to do: {_what_to_do(each)}" for each in late)


def _what_is_late(late: LateLoad) -> str:
    last = "never" if late.last_load is None else clock.timestamp(late.last_load)
    if late.what == "batch":
        return f"The batch {late.name} did not succeed by {late.expected_by} ({late.zone}). Last time: {last}."
    return f"The table of the job {late.name} was not loaded by {late.expected_by} ({late.zone}). Last load: {last}."


def _what_to_do(late: LateLoad) -> str:
    if late.what == "batch":
        return (
            "look whether it failed or still goes on; if it was not started, look at its triggers. To run "
            f'it now, start the state machine of batches with {{"batch": "{late.name}"}}.'
        )
    return (
        "look whether a run of it failed or still goes on; if none was started, look at its trigger. To "
        f'load it now, start the state machine with {{"job": "{late.name}"}}.'
    )
