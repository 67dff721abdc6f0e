"""The connections of a batch's items: which ones they are, and whether the stage has them."""

from collections.abc import Collection, Mapping
from typing import Any

from functions.requests.batches.items import BatchItem
from functions.requests.batches.problems import Problems
from functions.requests.named_jobs import Job
from functions.similar_names import nearest
from functions.text import quoted


def connection_of(item: BatchItem, jobs: Mapping[str, Job]) -> str:
    """The connection of an item, or of its job."""
    return str(_request_of(item, jobs).get("connection", "default"))


def check_connections(
    items: Collection[BatchItem], jobs: Mapping[str, Job], configured: Collection[str], problems: Problems
) -> None:
    """Add the items to ``problems`` whose connection is not among those that are ``configured``."""
    for item in items:
        name = connection_of(item, jobs)
        if name not in configured:
            hint = nearest(name, configured) if problems.is_shown else ""
            problems.add(
                f"{item.where}: connection: {quoted(name)} is not configured{hint}. Configured are "
                f"{', '.join(configured)}."
            )


def _request_of(item: BatchItem, jobs: Mapping[str, Job]) -> dict[str, Any]:
    return item.request if item.job is None else jobs.get(item.job, {}).get("request", {})
