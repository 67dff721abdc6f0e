"""How long items took: kept for each named batch, and for all others together; two batches at once lose nothing."""

from collections.abc import Iterator

import pytest

from functions.runs.batches.durations import KnownDurations
from functions.runs.store import batch_durations
from functions.runs.store.batch_durations import load_seconds, record_seconds
from functions.runs.store.table import RunTable
from tests.unit.runs.tables import new_table


@pytest.fixture
def table() -> Iterator[RunTable]:
    with new_table() as name:
        yield RunTable(name)


def test_a_named_batch_has_durations_of_its_own_and_knows_those_of_the_others(table: RunTable) -> None:
    assert load_seconds(table, "night") == load_seconds(table, None) == KnownDurations({}, {})
    record_seconds(table, "arn:1", "night", [("sales", 7.0)])
    record_seconds(table, "arn:2", None, [("key of a datamart", 3.0)])
    assert load_seconds(table, "night") == ({"sales": [7.0]}, {"key of a datamart": [3.0]})
    assert load_seconds(table, "noon") == load_seconds(table, None) == ({}, {"key of a datamart": [3.0]})


def test_items_that_are_not_in_todays_batch_are_not_forgotten(table: RunTable) -> None:
    record_seconds(table, "arn:monday", "uploads", [("france", 7.0), ("spain", 8.0)])
    record_seconds(table, "arn:tuesday", "uploads", [("spain", 9.0)])
    assert load_seconds(table, "uploads").of_names == {"france": [7.0], "spain": [8.0, 9.0]}


def test_a_conclusion_that_is_repeated_adds_nothing(table: RunTable) -> None:
    for _ in range(2):
        record_seconds(table, "arn:1", None, [("a", 1.5)])
    assert load_seconds(table, None).of_loads == {"a": [1.5]}


def test_of_two_batches_that_end_at_once_neither_forgets_what_the_other_took(
    table: RunTable, monkeypatch: pytest.MonkeyPatch
) -> None:
    record_seconds(table, "arn:0", None, [("a", 1.0)])
    read, others = table.load, [("arn:1", "b"), ("arn:2", "c")]

    def overtaken(key: str) -> object:
        found = read(key)
        while others:
            batch, item = others.pop()
            monkeypatch.setattr(table, "load", read)
            record_seconds(table, batch, None, [(item, 2.0)])
        return found

    monkeypatch.setattr(table, "load", overtaken)
    record_seconds(table, "arn:3", None, [("d", 3.0)])
    assert load_seconds(table, None).of_loads == {"a": [1.0], "b": [2.0], "c": [2.0], "d": [3.0]}


def test_a_batch_that_is_always_overtaken_gives_up_and_ends_all_the_same(
    table: RunTable, monkeypatch: pytest.MonkeyPatch
) -> None:
    change, tries = table.change, []

    def overtaken(key: str, **arguments: object) -> object:
        tries.append(key)
        change(key, put={"lastBatch": f"arn:other {len(tries)}"}, condition="attribute_not_exists({never})")
        return change(key, **arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(table, "change", overtaken)
    record_seconds(table, "arn:1", None, [("a", 1.0)])
    assert len(tries) == batch_durations.MOST_TRIES
    assert load_seconds(table, None).of_loads == {}
