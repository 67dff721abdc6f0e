"""The notification of the hourly sweep: what runs had left behind, what was removed, and what is left to do."""

from dataclasses import dataclass
from itertools import groupby
from operator import attrgetter

from functions.names import stage_of
from functions.notifications import commands
from functions.notifications.console_link import console_link
from functions.notifications.publish import Notice
from functions.text import named, one_line

BEGINNING = (
    "Every hour the runner looks for what runs have left behind in spite of their clean-up, and removes it. "
    "This is what it found. What is still left and cannot be removed yet is reported again once a day."
)

STILL_LEFT = "STILL LEFT: "

SEE_LOG = "see the log of the function sweep"


@dataclass(frozen=True)
class Thing:
    """One thing that a run had left behind.

    ``run`` is the execution's ARN, or the name of a connection; ``datamart`` its datamart in words; ``what`` and
    ``now`` say what was found and how it is now, ``left`` whether it is still there.
    """

    run: str
    datamart: str
    what: str
    now: str
    left: bool = False


def notice(things: list[Thing], unseen: int) -> Notice:
    """The notification; ``unseen`` is the number of runs for which there was no time."""
    runs = list(dict.fromkeys(thing.run for thing in things if thing.left and thing.run.startswith("arn:")))
    return Notice(
        "sweep",
        subject(things, unseen),
        text(things, unseen),
        summary=text(things, unseen, links=False),
        next_steps=tuple(f"To see what is still left: `{commands.show(run)}`" for run in runs),
    )


def subject(things: list[Thing], unseen: int) -> str:
    """``Datamart runner dev: the sweep found 3 thing(s), still left: 1``."""
    stage = next((f" {stage_of(thing.run)}" for thing in things if thing.run.startswith("arn:")), "")
    left = sum(thing.left for thing in things) + unseen
    return f"Datamart runner{stage}: the sweep found {len(things)} thing(s), still left: {left}"


def text(things: list[Thing], unseen: int, *, links: bool = True) -> str:
    """Run by run, with a link to each."""
    paragraphs = [BEGINNING]
    for run, found in groupby(sorted(things, key=attrgetter("run")), attrgetter("run")):
        its = list(found)
        lines = [f"* {STILL_LEFT if thing.left else ''}{thing.what}: {one_line(thing.now)}" for thing in its]
        if not run.startswith("arn:"):  # a queue that could not be looked at
            paragraphs.append("\n".join([f"Connection {named(run)}", *lines]))
            continue
        where = [f"To see it: {commands.show(run)}", f"Execution: {console_link(run)}"] if links else []
        paragraphs.append("\n".join([f"Run of {named(its[0].datamart)}", *lines, *where]))
    if unseen:
        paragraphs.append(f"{STILL_LEFT}{unseen} more runs, for which there was no time; the next sweep goes on.")
    return "\n\n".join(paragraphs)
