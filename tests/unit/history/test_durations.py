"""How long items took by a history: by what was loaded, and in named batches by their names."""

from typing import Any

from functions.runs.batches.durations import key_of_datamart, usual, what_is_loaded
from functions.runs.history import HistoryRecord
from local.history.durations import loads_in
from tests.unit.history.records import record

TUTORIAL = "MicroStrategy Tutorial"
JOBS = {"sales": {"request": {"project": TUTORIAL, "datamart": "Load 1"}}}


def loaded(seconds: float | None, **more: Any) -> HistoryRecord:
    return record(1, 0.0, duration_seconds=seconds, **{"job": None} | more)


def test_what_a_run_took_is_known_by_name_and_by_id_whatever_started_it() -> None:
    known = loads_in([loaded(30.0)]).known_of(None)
    for given in (
        {"job": "sales"},
        {"project": TUTORIAL, "datamart": "load 1"},
        {"project": TUTORIAL, "datamart": {"name": "Load 1", "path": "/Public Objects"}},
        {"project": "B7CA92F04B9FAE8D941C3E9B7E0CD754", "datamart": f"{1:032x}"},
    ):
        assert usual(known, "any name", what_is_loaded(given, JOBS)) == 30.0
    assert usual(known, "any name", what_is_loaded({"project": "Another", "datamart": "Load 1"}, JOBS)) is None


def test_only_loads_count_and_the_last_ones() -> None:
    newest_first = [
        *(loaded(None), loaded(900.0, loaded="no"), loaded(900.0, loaded="unknown"), loaded(900.0, kind="batch")),
        *(loaded(float(seconds)) for seconds in (5, 4, 3, 2, 1, 800, 800)),
    ]
    found = loads_in(newest_first)
    assert found.known_of(None).of_loads[key_of_datamart("default", TUTORIAL, "Load 1")] == [1.0, 2.0, 3.0, 4.0, 5.0]


def test_a_named_batch_knows_its_own_items_and_a_batch_without_a_name_only_what_they_load() -> None:
    found = loads_in(
        [
            loaded(10.0, batch="night", batch_run="night-1", item="sales"),
            loaded(20.0, batch="batch-1", batch_run="batch-1", item="sales"),
        ]
    )
    assert found.of_batches == {"night": [("sales", 10.0)]}
    assert found.known_of("night").of_names == {"sales": [10.0]}
    assert found.known_of(None).of_names == found.known_of("noon").of_names == {}


def test_a_record_that_does_not_say_where_is_passed_over() -> None:
    assert loads_in([loaded(10.0, connection=None, project=None)]).of_all == []
