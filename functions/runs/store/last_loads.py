"""When each named job's table was last loaded, and when each named batch last succeeded: an item each.

``executionArn: job/<name>`` or ``batch/<name>``, ``loadedAt``, ``loadedBy``.
"""

import contextlib
from typing import Literal

from functions.runs.store.table import ConditionFailed, RunTable

What = Literal["job", "batch"]


def record_load(table: RunTable, name: str, at: float, execution_arn: str, what: What = "job") -> None:
    """Record that the job's table, or the batch, was loaded at ``at``; an earlier load changes nothing."""
    with contextlib.suppress(ConditionFailed):
        table.change(
            _key(what, name),
            put={"loadedAt": at, "loadedBy": execution_arn},
            condition="attribute_not_exists({loadedAt}) OR {loadedAt} < :at",
            condition_values={"at": at},
        )


def last_load(table: RunTable, name: str, what: What = "job") -> float | None:
    """When the table, or the batch, was last loaded; None if it never was."""
    item = table.load(_key(what, name))
    return float(item["loadedAt"]) if item else None


def _key(what: What, name: str) -> str:
    return f"{what}/{name}"
