"""The first load after failures is a notification of its own; by the settings each load is."""

import json
from pathlib import Path
from typing import Any

import boto3
import pytest

from local.emulator import end_events
from local.emulator.history_table import find_record
from tests.integration.conftest import CITY, TUTORIAL, System
from tests.integration.test_failures_of_one_message import several, started

NIGHTLY = {"job": "city-nightly", "asOf": "2026-11-20T05:00+01:00"}
DURATIONS = f"durations/default/{TUTORIAL}/{CITY}"
COUNTRIES = [{"name": "Elements of Country", "answers": [{"name": "USA"}]}]
NO_PRIVILEGE = {"status": 403, "json": {"code": "ERR014", "message": "No privilege."}}


@pytest.fixture(autouse=True)
def never_run(system: System) -> None:
    """No earlier test has run the job or the datamart."""
    (table,) = system.emulator.deployed.tables
    for key in ("job/city-nightly", "job/country-upload", "batch/night", DURATIONS):
        boto3.client("dynamodb").delete_item(TableName=table, Key={"executionArn": {"S": key}})


def fail(system: System) -> dict[str, Any]:
    system.simulator.inject("execute", **NO_PRIVILEGE)
    assert system.run_input(NIGHTLY).status == "FAILED"
    return system.notices()[-1]


def test_the_first_load_of_a_job_after_failures_is_reported_once(system: System) -> None:
    assert "in a row" not in fail(system)["Message"]
    assert "\nFailures: 2 in a row since " in fail(system)["Message"]
    outcome = system.run_input(NIGHTLY)
    notice = system.notices()[-1]
    assert notice["Subject"] == "Datamart City is loaded again after 2 failures"
    assert "\nFailures before: 2 in a row since " in notice["Message"]
    assert (
        "\nTo see the failed ones: datamart runs --job city-nightly --stage dev --status failed\n" in notice["Message"]
    )
    described = boto3.client("stepfunctions").describe_execution(executionArn=outcome.execution_arn)
    end_events.deliver_the_end(system.emulator.template, described)
    assert system.run_input(NIGHTLY).status == "SUCCEEDED"
    assert len(system.notices()) == 3


def test_each_load_is_reported_where_the_settings_say_so(system: System, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NOTIFY_ON", "failure,recovery,success")
    outcome = system.run_input(NIGHTLY)
    (notice,) = system.notices()
    assert notice["Subject"] == "Datamart City is loaded"
    assert "\nWhat to do: Nothing.\n" in notice["Message"]
    name = outcome.execution_arn.rpartition(":")[2]
    assert f"\nTo see it: datamart show {name} --stage dev\n" in notice["Message"]


def test_nobody_is_notified_of_a_recovery_where_the_settings_say_so(
    system: System, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NOTIFY_ON", "failure")
    fail(system)
    system.run_input(NIGHTLY)
    assert len(system.notices()) == 1
    assert "inARow" not in json.dumps(system.emulator.item("job/city-nightly"), default=str)


@pytest.mark.exhaustive  # guarded by: tests/unit/notifications
def test_another_datamart_under_the_name_of_the_job_is_not_of_its_failures(system: System) -> None:
    system.run_input(NIGHTLY | {"request": {"datamart": "Nowhere"}})
    system.run_input(NIGHTLY)
    assert [notice["Subject"] for notice in system.notices()] == ["Datamart Nowhere failed: NotFound (loaded: no)"]


@pytest.mark.exhaustive  # guarded by: the first load of a job
def test_the_first_load_of_a_datamart_without_a_job_is_reported_after_failures(system: System) -> None:
    for _ in range(2):
        system.simulator.inject("execute", **NO_PRIVILEGE)
        assert system.run(prompts=COUNTRIES).status == "FAILED"
    assert system.run(prompts=COUNTRIES).status == "SUCCEEDED"
    notice = system.notices()[-1]
    assert notice["Subject"] == "Datamart City is loaded again after 2 failures"
    assert "\nTo see the failed ones: datamart runs --datamart City --stage dev --status failed\n" in notice["Message"]
    assert system.run(prompts=COUNTRIES).status == "SUCCEEDED"
    assert len(system.notices()) == 3
    assert not {"inARow", "recovery"} & set(system.emulator.item(DURATIONS) or {})


def test_a_load_by_a_job_ends_the_failures_of_the_datamart_in_silence(system: System) -> None:
    system.simulator.inject("execute", **NO_PRIVILEGE)
    system.run(prompts=COUNTRIES)
    system.run_input(NIGHTLY)
    system.run(prompts=COUNTRIES)
    assert len(system.notices()) == 1


def test_the_first_success_of_a_batch_after_failures_is_reported_and_its_items_by_nothing_else(system: System) -> None:
    for _ in range(2):
        system.simulator.inject("execute", **NO_PRIVILEGE)
        assert system.watch_batch(system.emulator.start_batch({"batch": "night"})).status == "FAILED"
    assert system.watch_batch(system.emulator.start_batch({"batch": "night"})).status == "SUCCEEDED"
    first, second, recovered = system.notices()
    assert "in a row" not in first["Message"]
    assert "\nFailures: 2 in a row since " in second["Message"]
    assert recovered["Subject"] == "Batch night is loaded again after 2 failures"
    assert "\nItems: 3 loaded\n" in recovered["Message"]
    assert "inARow" not in (system.emulator.item("job/city-nightly") or {})


def test_the_runs_of_one_message_count_as_one_failure_and_as_one_load(system: System, tmp_path: Path) -> None:
    def deliver(name: str, *keys: str) -> list[dict[str, Any]]:
        before = len(system.notices())
        system.emulator.wait_for_all(started(system, several(tmp_path, name, *keys)))
        return system.notices()[before:]

    (first,) = deliver("one fails", "countries/Atlantis.csv", "countries/Italy.csv")
    assert "in a row" not in first["Message"]
    (second,) = deliver("two fail", "countries/Atlantis.csv", "countries/Utopia.csv")
    assert "\nFailures: 2 in a row since " in second["Message"]
    (recovered,) = deliver("all are loaded", "countries/Italy.csv", "countries/Spain.csv")
    assert recovered["Subject"] == "Datamart City is loaded again after 2 failures"
    assert deliver("loaded as ever", "countries/Italy.csv", "countries/Spain.csv") == []


def test_a_batch_and_its_items_are_reported_with_what_they_usually_take(system: System) -> None:
    system.watch_batch(system.emulator.start_batch({"batch": "night"}))
    system.simulator.inject("execute", **NO_PRIVILEGE)
    failed = system.watch_batch(system.emulator.start_batch({"batch": "night"}))
    (notice,) = system.notices()
    head, *items = notice["Message"].split("\n\n")
    assert "\nDuration: " in head
    assert ", where each item takes its usual time\n" in head
    assert [text for text in items if "Error: PermissionDenied" in text and "(the median of the last ones)" in text]
    record = find_record(system.emulator.deployed.history_table, failed.execution_arn)
    assert record is not None
    assert record.usual_seconds


@pytest.mark.exhaustive  # guarded by: each load of a run
def test_a_load_of_each_batch_is_reported_where_the_settings_say_so(
    system: System, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NOTIFY_ON", "failure,recovery,success")
    system.watch_batch(system.emulator.start_batch({"batch": "night"}))
    assert [notice["Subject"] for notice in system.notices()] == ["Batch night is loaded"]
