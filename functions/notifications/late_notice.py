"""The notification of late loads: one message for all jobs and batches that were not loaded by ``expectBy``."""

from dataclasses import dataclass
from typing import Literal

from functions import clock
from functions.notifications import commands
from functions.notifications.publish import Notice

LONGEST_LIST = 60
"""Characters of the subject that name jobs."""

WHAT_TO_DO = "Look whether it has failed or still goes on; if it was not started, look at its triggers."


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


def notice(late: list[LateLoad], stage: str) -> Notice:
    """The notification of what is late in a stage."""
    only = late[0] if len(late) == 1 else None
    return Notice(
        "late",
        subject(late),
        text(late, stage),
        thread=f"{only.what}/{only.name}" if only else "",
        summary="\n".join(_what_is_late(each) for each in late),
        next_steps=tuple(step for each in late for step in (WHAT_TO_DO, *_commands(each, stage, "`"))),
        keywords=(stage, *(each.name for each in late)),
    )


def subject(late: list[LateLoad]) -> str:
    """``Not loaded in time: city-nightly, sales``."""
    named = ", ".join(each.name for each in late)
    return f"Not loaded in time: {named if len(named) <= LONGEST_LIST else f'the tables of {len(late)} {_kinds(late)}'}"


def _kinds(late: list[LateLoad]) -> str:
    """``jobs``, ``batches`` or ``jobs and batches``."""
    found = {each.what for each in late}
    return " and ".join(word for what, word in (("job", "jobs"), ("batch", "batches")) if what in found)


def text(late: list[LateLoad], stage: str) -> str:
    """A paragraph for each job and batch: what is late, when it was loaded last, what to do."""
    return "\n\n".join(
        "\n".join([_what_is_late(each), f"What to do: {WHAT_TO_DO}", *_commands(each, stage)]) for each in late
    )


def _what_is_late(late: LateLoad) -> str:
    last = "never" if late.last_load is None else clock.minute(late.last_load)
    if late.what == "batch":
        return f"The batch {late.name} did not succeed by {late.expected_by} ({late.zone}). Last time: {last}."
    return f"The table of the job {late.name} was not loaded by {late.expected_by} ({late.zone}). Last load: {last}."


def _commands(late: LateLoad, stage: str, quote: str = "") -> list[str]:
    runs, start = commands.runs_of(late.what, late.name, stage), commands.start(late.name, stage)
    return [f"To see its runs: {quote}{runs}{quote}", f"To load it now: {quote}{start}{quote}"]
