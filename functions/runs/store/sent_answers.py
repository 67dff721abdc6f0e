"""The values of the answers that a run has sent, where its stage hides them: the server may quote them in a text.

They are in an item of their own, so that the run's stays small: it is read only where there is a text to show.

::

    executionArn: answers/<ARN of the run>, values [text], expiresAt (TTL)     values: null where they are too many
"""

from collections.abc import Collection

from functions.runs.model import Run
from functions.runs.store.item_format import Item
from functions.runs.store.table import RunTable, expiry

PREFIX = "answers/"

LARGEST = 200_000
"""Bytes of all values of a run: an item has 400 KB. A text is then shown without anything that the server said."""


def record_sent_values(table: RunTable, run: Run, values: Collection[str]) -> None:
    """Record the values, beside those of the run's earlier answers, before they are sent."""
    before = load_sent_values(table, run)
    sent = None if before is None else sorted(before | {_storable(value) for value in values})
    if sent is not None and sum(len(value.encode()) + 3 for value in sent) > LARGEST:
        sent = None
    new: Item = {"values": sent, "expiresAt": expiry(run.deadline)}
    always = "attribute_not_exists({attempts})"  # the first answers make the item
    table.change(PREFIX + run.arn, put=new, condition=always, returned=False)


def load_sent_values(table: RunTable, run: Run) -> set[str] | None:
    """The values of all answers that the run has sent; None where they are too many to be known."""
    item = table.load(PREFIX + run.arn) or {"values": []}
    return None if item["values"] is None else set(item["values"])


def _storable(value: str) -> str:
    """Without half characters, which DynamoDB does not take; what is sent to a server has none of them either."""
    return value.encode("utf-8", "replace").decode()
