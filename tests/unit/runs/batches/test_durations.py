"""What is kept of the durations of items, and which of them an item of the next batch has."""

import json

import pytest

from functions.runs.batches.durations import (
    LARGEST,
    MOST_SECONDS,
    KnownDurations,
    key_of_datamart,
    usual,
    what_is_loaded,
    with_loads,
)

ID = "85000B907B4EAD3B0D9522A9CFD10DBC"

JOBS = {"city": {"request": {"project": "P", "datamart": "City", "connection": "second"}}}


def test_the_last_durations_of_an_item_are_kept_oldest_first() -> None:
    known = with_loads({}, [("a", float(number)) for number in range(MOST_SECONDS + 2)])
    assert known == {"a": [2.0, 3.0, 4.0, 5.0, 6.0]}


def test_what_was_not_loaded_now_stays_until_all_together_are_too_large_and_then_the_oldest_goes() -> None:
    known: dict[str, list[float]] = {}
    for night in range(6):
        known = with_loads(known, [(f"{night}/{item}/" + "\N{PALM TREE}" * 76, 12.345) for item in range(350)])
    assert len(json.dumps(known, ensure_ascii=False).encode()) <= LARGEST
    nights = [key.partition("/")[0] for key in known]
    assert [nights.count(night) for night in "012345"] == [0, 0, nights.count("2"), 350, 350, 350]
    assert 0 < nights.count("2") < 350, "no more went than had to"
    known = with_loads(known, [(next(iter(known)), 1.0)])
    assert list(known.values())[-1] == [12.345, 1.0], "what is loaded again is the last to go"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"project": "P", "datamart": "Sales"}, {"project": "p ", "datamart": "SALES", "connection": "default"}),
        ({"project": "P", "datamart": "Sales"}, {"project": "P", "datamart": {"name": "Sales", "path": "/Public"}}),
        ({"project": "P", "datamart": ID}, {"project": "Q", "datamart": ID.lower(), "prompts": [{"name": "x"}]}),
        ({"job": "city"}, {"job": "city", "asOf": "2026-11-20T05:00Z", "values": {"key": "x"}}),
        ({"job": "city"}, {"project": "P", "datamart": "City", "connection": "second"}),
        ({"job": "gone since"}, {"job": "gone since", "asOf": "2026-11-20T05:00Z"}),
    ],
)
def test_an_item_is_known_by_what_it_loads(one: dict[str, object], other: dict[str, object]) -> None:
    assert what_is_loaded(one, JOBS) == what_is_loaded(other, JOBS)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"project": "P", "datamart": "Sales"}, {"project": "Q", "datamart": "Sales"}),
        ({"project": "P", "datamart": "Sales"}, {"project": "P", "datamart": "Stock"}),
        ({"project": "P", "datamart": ID}, {"project": "P", "datamart": ID, "connection": "second"}),
        ({"job": "gone since"}, {"job": "gone, too"}),
        ({"job": "city"}, {"project": "P", "datamart": "City"}),
        ({"project": "P", "datamart": "Q", "connection": "C"}, {"project": "Q", "datamart": "P", "connection": "C"}),
    ],
)
def test_what_loads_something_else_is_another_item(one: dict[str, object], other: dict[str, object]) -> None:
    assert what_is_loaded(one, JOBS) != what_is_loaded(other, JOBS)


def test_an_item_has_the_median_by_its_name_and_otherwise_by_what_it_loads() -> None:
    loads = key_of_datamart("default", "P", "Sales")
    known = KnownDurations({"sales": [3.0, 1.0, 2.0], "empty": []}, {loads: [8.0, 10.0]})
    assert usual(known, "sales", loads) == 2.0
    assert usual(known, "sales of today", loads) == 9.0
    assert usual(known, "empty", loads) == 9.0
    assert usual(known, "stock", key_of_datamart("default", "P", "Stock")) is None
