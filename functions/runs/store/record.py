"""An item as one invocation knows it: read once, and again with every write; what the writes of all kinds share."""

import copy
import secrets
from typing import Any, Self

from functions.runs.model import Run
from functions.runs.store.item_format import Item, run_fields
from functions.runs.store.table import ConditionFailed, RunTable


class Record:
    """An item and the table that it is in.

    Parameters
    ----------
    table
        Where the item lives.
    key
        Its key in the table.
    """

    def __init__(self, table: RunTable, key: str) -> None:
        self.table = table
        self.key = key

    def write(self, **change: Any) -> None:
        """Change the item as :meth:`RunTable.change` does, and know it as it then is. Raises ConditionFailed."""
        self.know(self.table.change(self.key, **change))

    def write_if(self, condition: str, values: Item | None = None, **change: Any) -> bool:
        """Write under a condition; False where it does not hold: the item is then known as it is instead."""
        try:
            self.write(condition=condition, condition_values=values, **change)
        except ConditionFailed as refused:
            if refused.item is not None:
                self.know(refused.item)
            return False
        return True

    def reload(self) -> None:
        """Read the item again."""
        if (item := self.table.load(self.key)) is not None:
            self.know(item)

    def know(self, item: Item) -> None:
        """Take the item as it is now."""
        raise NotImplementedError


class NotifiedRecord(Record):
    """A record about which people are notified once (:mod:`functions.runs.store.claims`)."""

    claimed: dict[str, float]
    notified: dict[str, float]

    @property
    def identity(self) -> str:
        """What the notifications are about."""
        return self.key


class RunRecord(NotifiedRecord, Run):
    """A run as its steps see it: :class:`Run`, kept current by every write of this invocation.

    Parameters
    ----------
    table
        Where the run's item lives.
    item
        The item as last read.
    number
        Number of the attempt that is worked on, from 1.

    ``known_round`` is the newest round of answers that this invocation knew when it began, or that it began itself:
    what it has seen of the job is from then, however often the item is read again. ``intent`` names this invocation's
    last write that was to be made once. ``stored`` is the item as it is in the table, for the modules of this package.
    """

    stored: Item

    def __init__(self, table: RunTable, item: Item, number: int) -> None:
        super().__init__(table, item["executionArn"])
        self.number = number
        self.know(item)
        self.known_round = self.attempt.answering_round
        self.intent = ""

    def know(self, item: Item) -> None:
        """Take the run as it is now."""
        self.stored = item
        vars(self).update(run_fields(item))

    def at(self, number: int) -> Self:
        """The run at another of its attempts, as it is known now."""
        other = copy.copy(self)
        other.number = number
        other.known_round = other.attempt.answering_round
        other.intent = ""
        return other

    def each_attempt(self) -> list[Self]:
        """The run at each of its attempts, from the first."""
        return [self.at(number) for number in self.attempts]

    # -- parts of writes, for the modules of this package ---------------------------------------------------------

    def path(self, name: str) -> str:
        """Path of a value that is stored in the attempt."""
        return f"attempts.{self.number}.{name}"

    def paths(self, values: Item) -> Item:
        """The same values by their paths in the attempt."""
        return {self.path(name): value for name, value in values.items()}

    @property
    def open_condition(self) -> str:
        """The condition that the attempt has begun and nothing of it is closed."""
        here = f"attempts.{self.number}"
        return (
            f"attribute_exists({{{here}}}) AND attribute_not_exists({{{here}.closing}})"
            " AND attribute_not_exists({endedAt})"
        )

    def write_once(self, put: Item, condition: str, values: Item | None = None) -> bool:
        """Write what only the first of several invocations may write; False for the others.

        A write whose response was lost is sent again by boto3, and recognises itself by ``onceBy``. Raises
        RunAlreadyEnded if the attempt is closed.
        """
        by, this = self.path("onceBy"), secrets.token_hex(6)
        self.intent = this
        if self.write_if(
            f"{self.open_condition} AND ({condition} OR {{{by}}} = :this)",
            (values or {}) | {"this": this},
            put=put | {by: this},
        ):
            return True
        self.check_open()
        return False
