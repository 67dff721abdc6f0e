"""Everything that the run table holds, with no more of each item than the sweep needs."""

from collections.abc import Iterator

from functions.runs.model import Lease, MessageRuns, Run
from functions.runs.store.item_format import run_of
from functions.runs.store.table import RunTable

FIELDS = ("executionArn", "attempts", "endedAt", "outcome", "told", "owner", "since", "failures", "run")


def scan(table: RunTable) -> Iterator[Run | Lease | MessageRuns]:
    """The runs, the leases and slots that somebody has, and the messages; of each only what :data:`FIELDS` name."""
    for item in table.every(FIELDS):
        key = item["executionArn"]
        if "owner" in item:
            yield Lease(key, item["owner"], item["since"])
        elif "failures" in item:
            told = item["told"]
            yield MessageRuns(key, item["run"], since=item["since"], failures=int(item["failures"]), told=told)
        elif "attempts" in item:
            yield run_of(item)
