"""A table that is late, from the event of the schedule to the message that people get, in the emulator."""

from functions.runs.store.last_loads import record_load
from functions.runs.store.table import run_table
from tests.integration.conftest import System

SIX_IN_PARIS = "2027-03-01T05:00:00Z"
"""When the table of city-nightly is expected (infra/jobs)."""


def test_people_are_notified_once_which_table_was_not_loaded(system: System) -> None:
    for _ in range(2):
        answer = system.invoke("expect_load", {"scheduledTime": SIX_IN_PARIS})
        assert answer == {"due": ["city-nightly"], "missing": ["city-nightly"]}
    (notice,) = system.notices()
    assert notice["Subject"] == "Not loaded in time: city-nightly"
    assert "\nTo load it now: datamart start city-nightly --stage dev" in notice["Message"]


def test_nobody_is_notified_of_a_table_that_was_loaded_in_time(system: System) -> None:
    record_load(run_table(), "city-nightly", 1_803_945_600.0, "arn")  # 2027-03-02T00:00Z
    answer = system.invoke("expect_load", {"scheduledTime": "2027-03-02T05:00:00Z"})
    assert answer == {"due": ["city-nightly"], "missing": []}
    assert system.notices() == []
