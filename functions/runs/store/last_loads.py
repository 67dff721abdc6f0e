"""When each named job's table was last loaded, and when each named batch last succeeded: an item each.

``executionArn: job/<name>`` or ``batch/<name>``, ``loadedAt``, ``loadedBy``; and the failures since then
(:mod:`functions.runs.store.series`). ``loadedAt`` is 0 where it has only failed.
"""

from typing import Literal

from functions.runs.store.item_format import Item
from functions.runs.store.table import ConditionFailed, RunTable

What = Literal["job", "batch"]


def record_load(table: RunTable, name: str, at: float, execution_arn: str, what: What = "job") -> Item:
    """Record that the job's table, or the batch, was loaded at ``at``; an earlier load changes nothing.

    Returns the item as it is then.
    """
    try:
        return table.change(
            key_of(what, name),
            put={"loadedAt": at, "loadedBy": execution_arn},
            condition="attribute_not_exists({loadedAt}) OR {loadedAt} < :at",
            condition_values={"at": at},
        )
    except ConditionFailed as refused:
        return refused.item or {}


def last_load(table: RunTable, name: str, what: What = "job") -> float | None:
    """When the table, or the batch, was last loaded; None if it never was."""
    item = table.load(key_of(what, name))
    return float(item["loadedAt"]) or None if item else None


def key_of(what: What, name: str) -> str:
    """The key of the item."""
    return f"{what}/{name}"
