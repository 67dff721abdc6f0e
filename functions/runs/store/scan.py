"""Everything that the run table holds, with no more of each item than the sweep needs."""

from collections.abc import Iterator

from functions.runs.batches.model import BatchRun
from functions.runs.lease import Lease
from functions.runs.message import MessageRuns
from functions.runs.model import Run
from functions.runs.store.batches import batch_of
from functions.runs.store.item_format import run_of
from functions.runs.store.leases import LEASE, SLOT, kind_of
from functions.runs.store.table import RunTable

FIELDS = (
    "executionArn",
    "attempts",
    "endedAt",
    "outcome",
    "claimed",
    "told",
    "owner",
    "since",
    "failures",
    "run",
    "batch",
    "states",
)


def scan(table: RunTable) -> Iterator[Run | Lease | MessageRuns | BatchRun]:
    """The runs, the leases and slots that are held, the messages and the batches, with what :data:`FIELDS` name."""
    for item in table.every(FIELDS):
        key = item["executionArn"]
        if kind_of(key) in (LEASE, SLOT) and "owner" in item:
            yield Lease(key, item["owner"], item["since"])
        elif "failures" in item:
            counted, marks = int(item["failures"]), {"claimed": item["claimed"], "notified": item["told"]}
            yield MessageRuns(key, item["run"], since=item["since"], failures=counted, **marks)
        elif "states" in item:
            yield batch_of(item)
        elif "attempts" in item:
            yield run_of(item)
