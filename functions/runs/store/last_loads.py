"""When each named job's table was last loaded: an item each, ``executionArn: job/<name>, loadedAt, loadedBy``."""

import contextlib

from functions.runs.store.table import ConditionFailed, RunTable


def record_load(table: RunTable, job_name: str, at: float, execution_arn: str) -> None:
    """Record that the job's table was loaded at ``at``; an earlier load changes nothing."""
    with contextlib.suppress(ConditionFailed):
        table.change(
            _key(job_name),
            put={"loadedAt": at, "loadedBy": execution_arn},
            condition="attribute_not_exists({loadedAt}) OR {loadedAt} < :at",
            condition_values={"at": at},
        )


def last_load(table: RunTable, job_name: str) -> float | None:
    """When the table was last loaded; None if it never was."""
    item = table.load(_key(job_name))
    return float(item["loadedAt"]) if item else None


def _key(job_name: str) -> str:
    return f"job/{job_name}"
