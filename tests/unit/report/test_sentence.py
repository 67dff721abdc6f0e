"""The outcome of a run or a batch in one sentence, and the command that comes next."""

from typing import Any

import pytest

from local.report.report import RunReport
from local.report.sentence import next_command, outcome_of
from tests.unit.report.executions import record


def report(**changes: Any) -> RunReport:
    return RunReport(record(datamart="City", table="DM_CITY", append=False, **changes))


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"duration_seconds": 3.4}, "City is loaded: DM_CITY was replaced in 3.40 s."),
        ({"skipped": True, "loaded": "no"}, "City was skipped, because another run had the datamart."),
        ({"status": "RUNNING", "loaded": "unknown"}, "City is running."),
        ({"status": "FAILED", "loaded": "no"}, "City failed; its table was not loaded."),
        ({"status": "FAILED"}, "City failed; its table was loaded before that."),
        (
            {"status": "TIMED_OUT", "loaded": "unknown"},
            "City ran into the time limit of its execution; nobody knows whether its table was loaded.",
        ),
        ({"status": "ABORTED", "loaded": "no"}, "City was stopped; its table was not loaded."),
        (
            {"kind": "batch", "status": "FAILED", "loaded": "no", "counts": {"items": 3, "loaded": 2}},
            "The batch failed: 2 of 3 items are loaded.",
        ),
    ],
)
def test_the_sentence_says_how_it_ended_and_what_is_known_of_the_table(changes: dict[str, Any], sentence: str) -> None:
    assert outcome_of(report(**changes)) == sentence


def test_a_named_batch_and_a_table_that_grows_are_said_as_such() -> None:
    assert outcome_of(RunReport(record(kind="batch", batch="nightly"))) == "nightly succeeded."
    grows = RunReport(record(datamart="Daily Sales", table="DM_DAILY", append=True))
    assert outcome_of(grows) == "Daily Sales is loaded: DM_DAILY has new rows."


@pytest.mark.parametrize(
    ("changes", "command"),
    [
        ({}, None),
        ({"status": "RUNNING"}, None),
        ({"status": "FAILED", "loaded": "no", "error": "InvalidRequest"}, None),
        ({"status": "FAILED", "loaded": "no"}, "To repeat it: datamart rerun city-1"),
        ({"status": "FAILED", "loaded": "no", "id": "a; rm"}, "To repeat it: datamart rerun 'a; rm'"),
        (
            {"status": "FAILED", "loaded": "unknown"},
            "To repeat it after a look at the table: datamart rerun city-1 --force",
        ),
        ({"status": "FAILED"}, "To load it once more all the same: datamart rerun city-1 --force"),
        ({"status": "FAILED", "loaded": "unknown", "kind": "batch"}, "To repeat it: datamart rerun city-1"),
    ],
)
def test_what_did_not_succeed_may_be_repeated_unless_its_request_is_wrong(
    changes: dict[str, Any], command: str | None
) -> None:
    found = next_command(report(**changes))
    assert found == (None if command is None else tuple(command.split(": ")))


def test_the_command_of_a_deployed_run_names_its_stage() -> None:
    deployed = RunReport(record(status="FAILED", loaded="no"), console="https://…")
    assert next_command(deployed) == ("To repeat it", "datamart rerun city-1 --stage dev")


def test_the_command_of_a_run_on_a_real_server_names_it_and_that_of_the_simulator_does_not() -> None:
    failed, words = record(status="FAILED", loaded="no"), "To repeat it"
    found = next_command(RunReport(failed, server="https://mstr.example.com/Library"))
    assert found == (words, "datamart rerun city-1 --library-url https://mstr.example.com/Library")
    assert next_command(RunReport(failed, server="simulator")) == (words, "datamart rerun city-1")


LEFT = [{"kind": "triggerEvent", "name": "Load done", "outcome": "done"}, {"kind": "publishCube", "outcome": "failed"}]


def test_where_only_what_follows_is_left_that_alone_is_repeated() -> None:
    left: dict[str, Any] = {"status": "FAILED", "error": "FollowUpFailed", "follow_ups": LEFT}
    words = "To repeat what is missing, without a load"
    assert outcome_of(report(**left)) == "City failed; its table was loaded before that."
    assert next_command(report(**left)) == (words, "datamart rerun city-1 --follow-ups")
    deployed = RunReport(record(**left), console="https://…")
    assert next_command(deployed) == (words, "datamart rerun city-1 --stage dev --follow-ups")
    assert next_command(report(**(left | {"follow_ups": LEFT[:1]}))) == (
        "To load it once more all the same",
        "datamart rerun city-1 --force",
    )


def test_a_run_that_only_did_what_follows_says_nothing_of_a_load() -> None:
    assert outcome_of(report(follow_ups_of="city-0")) == "What follows the load of City is done."
    not_done = report(follow_ups_of="city-0", status="FAILED", follow_ups=LEFT)
    assert outcome_of(not_done) == "What follows the load of City is not all done."
    assert outcome_of(report(follow_ups_of="city-0", status="RUNNING")) == "City is running."
