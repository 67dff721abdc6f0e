"""The batches: their items, what keeps one from being loaded, and what happens to the batch in every case."""

from dataclasses import dataclass, field, replace
from typing import Any

from local.simulator.catalogue import DAILY_SALES_APPEND, FAILS_EARLY, TUTORIAL, load_id
from local.simulator.scenario import Scenario

LETTERS = "ABCDE"
BATCH, SWEEP = "N", "S"
"""Names of the items, with which the names of their executions begin; of the batch, and of the sweep."""

PREFIX = "batch-"
"""How the names of these kinds of run begin."""

WHOLE = f"{PREFIX}order"
"""The scene that is met everywhere; others at what differs there."""

SCENARIO = replace(Scenario(), more_loads=(9.0, 4.0, 6.0, 1_500.0, 1_600.0))
"""No two items that run at once end at the same moment: which end comes first is the same in every case. The last two
take longer than an end is delivered again."""

LIMITS = {"timeoutMinutes": 30, "queueMinutes": 180}

APPENDS = DAILY_SALES_APPEND
APPENDED_TO = "DM_DAILY_SALES"
"""The appending datamart, and its table, to which every load adds the same rows once more."""


@dataclass(frozen=True)
class BatchScene:
    """A batch on two slots.

    Parameters
    ----------
    items
        Each item's datamart, and the letters of those that it comes after.
    keys
        Further keys of the batch.
    fails, skipped
        Items that fail before their load, and those that are skipped for that.
    lost
        Executions whose ends are never delivered: the sweep finds them.
    stopped_before
        An item that is stopped as soon as it starts, in an earlier batch; this one runs the rest of it.
    never
        Items that never start, whatever else happens.
    stopped_after
        Seconds on the clock after which a person stops the batch; None: nobody does.
    """

    items: dict[str, tuple[str, str]]
    keys: dict[str, Any] = field(default_factory=dict)
    fails: str = ""
    skipped: str = ""
    lost: str = ""
    stopped_before: str = ""
    never: str = ""
    stopped_after: float | None = None

    @property
    def letters(self) -> str:
        """Of all items, in the order of the file."""
        return "".join(self.items)

    @property
    def succeeds(self) -> bool:
        """Whether the batch does without a fault."""
        return self.stopped_after is None and not self.fails

    @property
    def ends_meet(self) -> bool:
        """Whether items end at the same moment, because the end of the batch stops them."""
        return self.stopped_after is not None and BATCH not in self.lost

    @property
    def content(self) -> dict[str, Any]:
        """The input of the batch's execution."""
        items = [
            {"name": letter, "after": list(after), "datamart": datamart}
            for letter, (datamart, after) in self.items.items()
        ]
        return {"batch": {"items": items, "defaults": {"project": TUTORIAL} | LIMITS} | self.keys}


_ORDER = {"A": (APPENDS, ""), "B": (load_id(1), ""), "C": (load_id(2), "AB"), "D": (APPENDS, "A")}

SCENES = {
    WHOLE: BatchScene(_ORDER),
    f"{PREFIX}failing": BatchScene(
        {
            **{"A": (FAILS_EARLY, ""), "B": (APPENDS, ""), "C": (load_id(1), "A"), "D": (load_id(2), "B")},
            "E": (load_id(3), "C"),
        },
        fails="A",
        skipped="CE",
    ),
    f"{PREFIX}first-failure": BatchScene(
        {"A": (FAILS_EARLY, ""), "B": (load_id(1), ""), "C": (APPENDS, "B"), "D": (load_id(2), "")},
        keys={"onFailure": "stop"},
        fails="A",
        skipped="CD",
    ),
    f"{PREFIX}lost": BatchScene(_ORDER, lost="AC" + BATCH),
    f"{PREFIX}restart": BatchScene(_ORDER, stopped_before="B"),
    f"{PREFIX}stopped": BatchScene(
        {"A": (load_id(4), ""), "B": (load_id(5), ""), "C": (APPENDS, "A"), "D": (load_id(2), "")}, stopped_after=5.0
    ),
    f"{PREFIX}stopped-unseen": BatchScene(
        {"A": (load_id(1), ""), "B": (load_id(4), ""), "C": (load_id(2), "A"), "D": (APPENDS, "")},
        lost=BATCH,
        never="CD",
        stopped_after=5.0,
    ),
}
"""Two items of one appending datamart, and one that comes after two. An item that fails, before a chain that is skipped
for it; the same where the first failure stops the rest. Ends that are lost for ever: of an item before others, of the
last one, and of the batch. The rest of a batch that had an item stopped. A batch that is stopped while two of its
items run. The same where its end is lost, and one of the two ends before the sweep comes."""
