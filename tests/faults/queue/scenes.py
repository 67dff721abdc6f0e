"""Which runs meet in a queue: their requests in the order of their starts, and the slots of the connection."""

from dataclasses import dataclass, field, replace
from typing import Any

from local.simulator.catalogue import CATEGORY_SALES, TUTORIAL, load_id
from local.simulator.scenario import Scenario

LETTERS = "ABCD"
PERSON = "P"
"""Names of the runs, with which the names of their executions begin; and of the person who pauses and resumes."""

PREFIX = "queue-"
"""How the names of these kinds of run begin."""

SECONDS = (8.0, 4.0, 6.0)
"""How long the jobs of the datamarts take: the first until the others have come, and no longer than need be."""

SCENARIO = replace(Scenario(), more_loads=SECONDS)

LIMITS = {"timeoutMinutes": 30, "queueMinutes": 180}

UPLOADS, NIGHTLY = "uploads", "nightly"

_JOB: dict[str, Any] = {
    "request": {"project": TUTORIAL, "datamart": load_id(2)} | LIMITS,
    **{"timeZone": "UTC", "acceptRequests": None, "objects": [], "triggers": []},
}
JOBS = {UPLOADS: _JOB | {"burst": "latest"}, NIGHTLY: _JOB}
"""The named jobs, both of the second datamart."""


def upload(minute: int) -> dict[str, Any]:
    """The input of the run of an upload, as the starter makes it."""
    return {"job": UPLOADS, "asOf": f"2026-11-24T05:{minute:02}Z", "values": {"bucket": "in", "key": f"{minute}.csv"}}


@dataclass(frozen=True)
class Scene:
    """What the runs load (``Load 1`` and so on; 0 is the datamart of the recorded run), beside how many slots.

    Parameters
    ----------
    loads
        The number of each run's datamart.
    most
        How many slots the connection has.
    more
        What else a run asks for, by its letter.
    skipped
        Runs that need not load anything, because others do.
    inputs
        Whole inputs of runs that a trigger starts, by letter.
    burst
        Runs of one burst, from the oldest upload to the newest.
    pauses
        What a person pauses once all runs have come, and resumes later: a job's name, or None for the connection.
    paused
        Runs that wait meanwhile.
    old
        Runs under the definition of commit 300f2ce.
    recorded
        Whether that release itself has run A up to its first look at the job.
    """

    loads: tuple[int, ...]
    most: int = 1
    more: dict[str, dict[str, Any]] = field(default_factory=dict)
    skipped: str = ""
    inputs: dict[str, dict[str, Any]] = field(default_factory=dict)
    burst: str = ""
    pauses: tuple[str | None, ...] = ()
    paused: str = ""
    old: str = ""
    recorded: bool = False

    @property
    def letters(self) -> str:
        """Of all runs."""
        return LETTERS[: len(self.loads)]

    @property
    def is_special(self) -> bool:
        """Whether a burst, a pause or an earlier release is in it: what it shares with other scenes is met there."""
        return bool(self.burst or self.pauses or self.old)

    def datamart(self, letter: str) -> str:
        """ID of the datamart of a run."""
        number = self.loads[LETTERS.index(letter)]
        return load_id(number) if number else CATEGORY_SALES

    def request(self, letter: str) -> dict[str, Any]:
        """What a run asks for."""
        if letter in self.inputs:
            return self.inputs[letter]
        return {"project": TUTORIAL, "datamart": self.datamart(letter)} | LIMITS | self.more.get(letter, {})


SCENES = {
    f"{PREFIX}slot": Scene((1, 2, 3)),
    f"{PREFIX}datamart": Scene((1, 1, 2), most=2),
    f"{PREFIX}skip": Scene((1, 2, 2), more={"C": {"onConflict": "skip"}}, skipped="C"),
    f"{PREFIX}burst": Scene(
        (1, 2, 2, 2), inputs={"B": upload(1), "C": upload(3), "D": upload(2)}, skipped="BD", burst="BDC"
    ),
    f"{PREFIX}late-upload": Scene((2, 2), inputs={"A": upload(2), "B": upload(1)}, skipped="B", burst="BA"),
    f"{PREFIX}paused": Scene((1, 2, 3), pauses=(None,), paused="BC"),
    f"{PREFIX}job-paused": Scene((1, 2, 3), inputs={"B": {"job": NIGHTLY}}, pauses=(NIGHTLY,), paused="B"),
    f"{PREFIX}old-slot": Scene((0, 2, 3), old="AB", recorded=True),
    f"{PREFIX}old-datamart": Scene((0, 0, 2), most=2, old="AC", recorded=True),
}
"""Three runs for one slot; two of one datamart, and one of another for the second slot; one that would rather end than
wait for the run that is before it in the queue. Three uploads while a run goes on, the newest in the middle; an upload
that is reported while a newer one runs. A connection and a job that are paused while runs wait. Runs of an earlier
release beside those of today, for one slot and for one datamart."""
