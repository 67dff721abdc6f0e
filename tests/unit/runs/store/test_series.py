"""Failures in a row, and the load that ends them: counted once, and reported by one run."""

from collections.abc import Iterator

import pytest

from functions import clock
from functions.limits import END_REPEATED_FOR
from functions.runs.store.item_format import Item
from functions.runs.store.last_loads import key_of, last_load, record_load
from functions.runs.store.series import MOST_RUNS, Series, begin_recovery, end_recovery, record_failure
from functions.runs.store.table import RunTable
from tests.unit.runs.tables import direct_run_table

NAME = "city-nightly"
KEY = key_of("job", NAME)


@pytest.fixture
def table() -> Iterator[RunTable]:
    with direct_run_table() as found:
        yield found


def fail(table: RunTable, run: str, at: float) -> Series | None:
    return record_failure(table, KEY, run, at)


def load(table: RunTable, run: str, at: float) -> Series | None:
    return begin_recovery(table, KEY, run, at, record_load(table, NAME, at, run))


def test_failures_are_counted_from_the_first_after_a_load(table: RunTable) -> None:
    load(table, "night 0", 1)
    assert fail(table, "night 1", 10) == Series(1, since=10, loaded_at=1)
    assert fail(table, "night 2", 20) == Series(2, since=10, loaded_at=1)


def test_a_failure_whose_end_comes_again_is_counted_once(table: RunTable) -> None:
    for _ in range(3):
        assert fail(table, "night 1", 10) == Series(1, since=10)
    for _ in range(3):
        assert fail(table, "night 2", 20) == Series(2, since=10)


def test_an_end_that_comes_again_after_that_of_a_later_failure_is_counted_once(table: RunTable) -> None:
    fail(table, "night 1", 10)
    fail(table, "night 2", 20)
    for _ in range(2):
        assert fail(table, "night 1", 10) == Series(2, since=10)
    assert load(table, "by hand", 15) is None, "the last failure is still that at 20"
    assert fail(table, "night 2", 20) == Series(2, since=10, loaded_at=15)


def test_each_of_the_last_failures_of_a_series_is_known_when_its_end_comes_again(table: RunTable) -> None:
    for number in range(1, MOST_RUNS + 3):
        fail(table, f"night {number}", number)
    for number in range(3, MOST_RUNS + 3):
        assert fail(table, f"night {number}", number) == Series(MOST_RUNS + 2, since=1)


def test_failures_whose_ends_come_in_another_order_are_all_counted(table: RunTable) -> None:
    assert fail(table, "night 2", 20) == Series(1, since=20)
    assert fail(table, "night 1", 10) == Series(2, since=10)
    assert load(table, "by hand", 15) is None, "the last failure is still that at 20"


def test_a_series_that_an_earlier_release_has_begun_goes_on(table: RunTable) -> None:
    series = {"inARow": 2, "failedSince": 10, "failedAt": 20, "failedBy": "night 2"}
    table.create({"executionArn": KEY, "loadedAt": 1} | series)
    assert fail(table, "night 2", 20) == Series(2, since=10, loaded_at=1)
    assert fail(table, "night 3", 30) == Series(3, since=10, loaded_at=1)


def test_two_failures_that_are_counted_at_the_same_moment_are_both_counted(
    table: RunTable, monkeypatch: pytest.MonkeyPatch
) -> None:
    read, others = table.load, ["night 3", "night 2"]

    def overtaken(key: str) -> Item | None:
        found = read(key)
        if others:
            fail(table, other := others.pop(), int(other[-1]) * 10)
        return found

    monkeypatch.setattr(table, "load", overtaken)
    fail(table, "night 1", 10)
    assert fail(table, "night 1", 10) == Series(3, since=10)


def test_a_job_that_has_only_failed_was_never_loaded(table: RunTable) -> None:
    fail(table, "night 1", 10)
    assert last_load(table, NAME) is None


def test_a_load_ends_the_failures_before_it(table: RunTable) -> None:
    fail(table, "night 1", 10)
    fail(table, "night 2", 20)
    assert load(table, "night 3", 30) == Series(2, since=10)
    end_recovery(table, KEY, "night 3")
    assert load(table, "night 3", 30) is None
    assert load(table, "night 4", 40) is None
    assert fail(table, "night 5", 50) == Series(1, since=50, loaded_at=40)


def test_a_load_without_failures_before_it_ends_nothing(table: RunTable) -> None:
    assert load(table, "night 1", 10) is None


def test_a_load_whose_notification_was_not_sent_reports_the_failures_when_its_end_comes_again(table: RunTable) -> None:
    fail(table, "night 1", 10)
    assert load(table, "night 2", 20) == Series(1, since=10)
    assert load(table, "night 2", 20) == Series(1, since=10)


def test_a_load_knows_its_own_write_again_whose_response_was_lost(table: RunTable) -> None:
    fail(table, "night 1", 10)
    before = record_load(table, NAME, 20, "night 2")
    for _ in range(2):
        assert begin_recovery(table, KEY, "night 2", 20, before) == Series(1, since=10)


def test_of_two_loads_one_reports_the_failures(table: RunTable) -> None:
    fail(table, "night 1", 10)
    item = record_load(table, NAME, 20, "night 2")
    later = record_load(table, NAME, 21, "by hand")
    assert begin_recovery(table, KEY, "by hand", 21, later) == Series(1, since=10)
    assert begin_recovery(table, KEY, "night 2", 20, item) is None


def test_a_load_is_no_recovery_where_a_later_run_has_failed(table: RunTable) -> None:
    fail(table, "night 1", 10)
    fail(table, "night 3", 30)
    assert load(table, "night 2", 20) is None
    assert load(table, "night 4", 40) == Series(2, since=10)


def test_a_failure_whose_end_comes_after_a_later_load_begins_nothing(table: RunTable) -> None:
    load(table, "night 2", 20)
    assert fail(table, "night 1", 10) is None
    assert load(table, "night 3", 30) is None


def test_where_the_end_of_a_load_is_never_processed_the_next_load_reports_the_failures(
    table: RunTable, monkeypatch: pytest.MonkeyPatch
) -> None:
    fail(table, "night 1", 10)
    assert load(table, "night 2", 20) is not None
    assert load(table, "night 3", 30) is None, "its end may still be delivered"
    now = clock.now()
    monkeypatch.setattr(clock, "now", lambda: now + END_REPEATED_FOR + 1)
    assert load(table, "night 4", 40) == Series(1, since=10)
    end_recovery(table, KEY, "night 2")
    assert load(table, "night 4", 40) == Series(1, since=10), "what another run reports is not ended by this one"
