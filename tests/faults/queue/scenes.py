"""Which runs meet in a queue: their requests in the order of their starts, and the slots of the connection."""

from dataclasses import dataclass, field, replace
from typing import Any

from local.simulator.catalogue import TUTORIAL, load_id
from local.simulator.scenario import Scenario

LETTERS = "ABCD"
"""Names of the runs; an execution's name begins with the letter of its run."""

PREFIX = "queue-"
"""How the names of these kinds of run begin."""

SECONDS = (8.0, 4.0, 6.0)
"""How long the jobs of the datamarts take: the first until the others have come, and no longer than need be."""

SCENARIO = replace(Scenario(), more_loads=SECONDS)


@dataclass(frozen=True)
class Scene:
    """What the runs load (``Load 1`` and so on), beside how many slots.

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
    """

    loads: tuple[int, ...]
    most: int = 1
    more: dict[str, dict[str, Any]] = field(default_factory=dict)
    skipped: str = ""

    @property
    def letters(self) -> str:
        """Of all runs."""
        return LETTERS[: len(self.loads)]

    def datamart(self, letter: str) -> str:
        """ID of the datamart of a run."""
        return load_id(self.loads[LETTERS.index(letter)])

    def request(self, letter: str) -> dict[str, Any]:
        """What a run asks for."""
        usual = {"timeoutMinutes": 30, "queueMinutes": 180}
        return {"project": TUTORIAL, "datamart": self.datamart(letter)} | usual | self.more.get(letter, {})


SCENES = {
    f"{PREFIX}slot": Scene((1, 2, 3)),
    f"{PREFIX}datamart": Scene((1, 1, 2), most=2),
    f"{PREFIX}skip": Scene((1, 2, 2), more={"C": {"onConflict": "skip"}}, skipped="C"),
}
"""Three runs for one slot; two of one datamart, and one of another for the second slot; one that would rather end than
wait for the run that is before it in the queue."""
