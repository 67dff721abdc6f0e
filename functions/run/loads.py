"""When each job's table was last loaded: what ``expectBy`` is measured against.

An item of its own in the run table for each job, its key ``job/<name>`` where a run has its execution's ARN.
"""

import contextlib

from functions.run.record import ConditionFailed, RunTable


class JobLoads:
    """The last load of every job."""

    def __init__(self, table: RunTable) -> None:
        self._table = table

    def note(self, job: str, at: float, execution_arn: str) -> None:
        """The job's table was loaded at ``at`` (seconds since the epoch); an earlier load changes nothing."""
        with contextlib.suppress(ConditionFailed):
            self._table.change(
                _key(job),
                put={"loadedAt": at, "loadedBy": execution_arn},
                condition="attribute_not_exists({loadedAt}) OR {loadedAt} < :at",
                condition_values={"at": at},
            )

    def last(self, job: str) -> float | None:
        """Seconds since the epoch, or None if it never was."""
        item = self._table.load(_key(job))
        return float(item["loadedAt"]) if item else None


def _key(job: str) -> str:
    return f"job/{job}"
