"""What reading the history takes of DynamoDB: by the last night, whatever the years before it hold."""

import contextlib
from collections.abc import Iterator
from math import ceil
from typing import Any, NamedTuple

import boto3
import botocore.client
import pytest

from functions import clock
from functions.runs.history import HistoryRecord
from functions.runs.store.attribute_values import to_attribute
from functions.runs.store.history import to_item
from local.emulator.clients import client
from local.history.history import Selection
from local.history.table import Table
from local.report.source import items_of
from tests.integration.conftest import System
from tests.support.aws_calls import READ_UNIT, size_of
from tests.unit.history.records import record

NIGHT = 40
"""Runs of a night."""

FEW = 50


class Reads(NamedTuple):
    """What queries took: pages, items looked at, and units of eventually consistent reads."""

    pages: int
    scanned: int
    units: float


@contextlib.contextmanager
def counted() -> Iterator[list[Reads]]:
    """The reads of this process until the end of the block, which may not scan."""
    call, found = botocore.client.BaseClient._make_api_call, list[Reads]()

    def called(one: Any, operation: str, params: Any) -> Any:
        answer = call(one, operation, params)
        assert operation in ("Query", "GetItem"), operation
        items = answer.get("Items", [])
        units = max(1, ceil(sum(map(size_of, items)) / READ_UNIT)) / 2
        found.append(Reads(1, answer.get("ScannedCount", 1), units))
        return answer

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(botocore.client.BaseClient, "_make_api_call", called)
        yield found


def written(table: str, number: int) -> None:
    """As many records, the newest of them of the last night, the others of the nights before."""
    last_night, dynamodb = clock.now() - 6 * 3_600, client("dynamodb")
    records = [record(each, last_night - 86_400 * (each // NIGHT) - 60 * (each % NIGHT)) for each in range(number)]
    items = [{key: to_attribute(value) for key, value in to_item(one).items()} for one in records]
    for first in range(0, number, 25):
        part = [{"PutRequest": {"Item": item}} for item in items[first : first + 25]]
        dynamodb.batch_write_item(RequestItems={table: part})


def total(reads: list[Reads]) -> Reads:
    return Reads(*map(sum, zip(*reads, strict=True)))


SELECTIONS = {
    "the last night": Selection(since=12 * 3_600.0),
    "the newest twenty": Selection(limit=20),
    "a job's week": Selection(job="load-3", since=7 * 86_400.0),
    "the newest of a datamart": Selection(datamart="load 3", limit=1),
}
"""What is asked; ``since`` is how long ago."""


def read(table: str, selection: Selection) -> tuple[list[HistoryRecord], Reads]:
    since = None if selection.since is None else clock.now() - selection.since
    with counted() as reads:
        asked = Selection(**vars(selection) | {"since": since})
        found = list(Table(table, (), boto3.client("dynamodb")).records(asked))
    return found, total(reads)


@pytest.mark.parametrize(
    "many_runs",
    [1_000, pytest.param(5_000, marks=pytest.mark.exhaustive)],  # guarded by: the case before
)
def test_what_is_asked_of_the_last_night_takes_as_much_among_thousands_of_runs_as_among_50(
    many_runs: int, system: System
) -> None:
    table = system.emulator.deployed.history_table
    written(table, FEW)
    among_few = {name: read(table, selection) for name, selection in SELECTIONS.items()}
    written(table, many_runs)
    for name, selection in SELECTIONS.items():
        (before, few), (found, many) = among_few[name], read(table, selection)
        if name == "a job's week":  # 50 runs have no week
            assert len(found) == 7
            continue
        assert found == before
        assert many.pages <= 1.1 * few.pages
        assert many.scanned <= 1.1 * few.scanned
        assert many.units <= 1.1 * few.units
    found, reads = read(table, SELECTIONS["the last night"])
    assert len(found) == NIGHT
    assert reads.scanned <= 1.1 * NIGHT


def test_the_items_of_an_old_batch_take_no_read_of_the_nights_after_it(system: System) -> None:
    table = system.emulator.deployed.history_table
    first = clock.now() - 86_400 * 300
    found, begun = list[HistoryRecord](), list[HistoryRecord]()
    for night in range(300):
        at = first + 86_400 * night
        batch = record(9_000 + night, at, kind="batch", batch="night", job=None, datamart=None, datamart_id=None)
        item = record(night, at + 60, batch="night", batch_run=batch.id, item="facts")
        begun.append(batch)
        found.append(item)
    items = [{key: to_attribute(value) for key, value in to_item(one).items()} for one in (*begun, *found)]
    for number in range(0, len(items), 25):
        part = [{"PutRequest": {"Item": item}} for item in items[number : number + 25]]
        client("dynamodb").batch_write_item(RequestItems={table: part})
    with counted() as reads:
        assert items_of(Table(table, (), boto3.client("dynamodb")), begun[0]) == [found[0]]
    assert total(reads).scanned == 2
