"""When each job's table was last loaded: what ``expectBy`` is measured against.

An item of its own in the run table for each job, its key ``job/<name>`` where a run has its execution's ARN.
"""

import contextlib
from typing import Any

from functions.requests.named_jobs import Job
from functions.requests.request import is_id
from functions.runs.run_table import ConditionFailed, Item, RunTable

Reference = str | dict[str, str]
"""How a request names a project or a datamart: id, name, or name and path."""


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


def is_load_of(job: Job, item: Item) -> bool:
    """Whether the run of ``item`` loaded the datamart that the job's own file means.

    A request from outside, or one beside the job's name, may name another: its load must not silence ``expectBy``.
    Where the file leaves project or datamart to the request, what it lists in ``acceptRequests`` is meant.
    """
    request, listed = job["request"], job["acceptRequests"] or {}
    return all(
        any(_means(reference, item["asked"][key], item[key]) for reference in references)
        for key, references in (
            ("project", [request["project"]] if "project" in request else listed.get("projects", [])),
            ("datamart", [request["datamart"]] if "datamart" in request else listed.get("datamarts", [])),
        )
    )


def _means(reference: Reference, asked: Reference, found: dict[str, Any]) -> bool:
    """Whether ``reference`` names what was ``asked`` for and ``found``: {id, name}, the name None if it was by id."""
    if isinstance(reference, str) and is_id(reference):
        return bool(reference.upper() == found["id"])
    if reference == asked:
        return True
    name = reference if isinstance(reference, str) else reference["name"]
    return bool(isinstance(asked, str) and name == found["name"])


def _key(job: str) -> str:
    return f"job/{job}"
