"""The notification of the hourly sweep: what runs had left behind, what was removed, and what is left to do."""

from dataclasses import dataclass
from itertools import groupby
from operator import attrgetter

from functions.names import stage_of
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

    ``run`` is the execution's ARN, ``datamart`` its datamart in words; ``what`` and ``now`` say what was found and how
    it is now, ``left`` whether it is still there.
    """

    run: str
    datamart: str
    what: str
    now: str
    left: bool = False


def notice(things: list[Thing], unseen: int) -> Notice:
    """The notification; ``unseen`` is the number of runs for which there was no time."""
    return Notice("sweep", subject(things, unseen), text(things, unseen), summary=text(things, unseen, links=False))


def subject(things: list[Thing], unseen: int) -> str:
    """``Datamart runner dev: the sweep found 3 thing(s), still left: 1``."""
    stage = f" {stage_of(things[0].run)}" if things else ""
    left = sum(thing.left for thing in things) + unseen
    return f"Datamart runner{stage}: the sweep found {len(things)} thing(s), still left: {left}"


def text(things: list[Thing], unseen: int, *, links: bool = True) -> str:
    """Run by run, with a link to each."""
    paragraphs = [BEGINNING]
    for run, found in groupby(sorted(things, key=attrgetter("run")), attrgetter("run")):
        its = list(found)
        lines = [f"* {STILL_LEFT if thing.left else ''}{thing.what}: {one_line(thing.now)}" for thing in its]
        paragraphs.append(
            "\n".join([f"Run of {named(its[0].datamart)}", *([console_link(run)] if links else []), *lines])
        )
    if unseen:
        paragraphs.append(f"{STILL_LEFT}{unseen} more runs, for which there was no time; the next sweep goes on.")
    return "\n\n".join(paragraphs)
