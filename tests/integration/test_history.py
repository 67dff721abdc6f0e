"""What the history keeps of runs and batches that have ended, as whole runs leave it."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import boto3
import botocore.client
import pytest
from botocore.exceptions import ClientError

from functions.runs.history import HistoryRecord
from functions.runs.store.attribute_values import to_attribute
from functions.runs.store.history import to_item
from infra.costs.history_counts import BYTES_OF_RECORD
from local.emulator.end_events import deliver_the_end
from local.emulator.history_table import find_record
from local.history.history import Selection
from local.history.running import WithRunning
from local.history.table import Table
from local.outcome import Outcome
from local.simulator import catalogue
from local.simulator.catalogue import CITY
from local.simulator.scenario import Scenario
from local.synth import ROOT
from tests.integration.conftest import System
from tests.support.aws_calls import size_of
from tests.support.batches import load
from tests.support.by_hand import ByHand
from tests.support.cloud import deployed
from tests.support.run_command import done_by

EVENTS = ROOT / "events"

COUNTRIES = [{"name": "Elements of Country", "answers": ["USA"]}]


MESSAGE = "0b1c2d3e-4f50-4a6b-8c7d-9e0f1a2b3c4d"
"""ID of a message."""


def record_of(system: System, outcome: Outcome | str) -> HistoryRecord:
    arn = outcome if isinstance(outcome, str) else outcome.execution_arn
    found = find_record(system.emulator.deployed.history_table, arn)
    assert found is not None
    return found


def history(system: System) -> WithRunning:
    deployed = system.emulator.deployed
    machines = (deployed.state_machine, deployed.batch_machine)
    return WithRunning(Table(deployed.history_table, machines), machines)


def ended_lines(system: System) -> list[dict[str, Any]]:
    """The lines of the log about ends of runs."""
    lines = system.emulator.logs.read_text("utf-8").splitlines()
    return [json.loads(line) for line in lines if '"message":"run ended"' in line]


def described(outcome: Outcome) -> dict[str, Any]:
    found: dict[str, Any] = boto3.client("stepfunctions").describe_execution(executionArn=outcome.execution_arn)
    return found


def test_a_run_that_loads_leaves_a_record(system: System) -> None:
    started = {"by": "ada", "trigger": "person", "reason": "the source was late"}
    outcome = system.run(datamart=CITY, prompts=COUNTRIES, started=started)
    record = record_of(system, outcome)
    assert (record.id, record.kind) == (outcome.execution_arn.rpartition(":")[2], "run")
    assert (record.status, record.loaded, record.skipped, record.error, record.cause) == (
        *("SUCCEEDED", "yes", False),
        *(None, None),
    )
    assert (record.datamart, record.datamart_id, record.table, record.append) == ("City", CITY, "DM_CITY", False)
    assert (record.started_by, record.trigger, record.reason) == ("ada", "person", "the source was late")
    assert (record.attempts, record.polls) == (1, outcome.output["polls"])
    assert record.started_at == outcome.output["startedAt"]
    assert record.finished_at == outcome.output["finishedAt"]
    assert record.duration_seconds == outcome.output["durationSeconds"]
    assert record.usual_seconds is None


def test_the_load_alone_is_compared_with_the_median_of_the_loads_before(new_system: Callable[..., System]) -> None:
    system = new_system(Scenario(slow_seconds=100.0))
    loads = [record_of(system, system.run(datamart=catalogue.SLOW_LOAD)) for _ in range(3)]
    first, second, third = (load.job_seconds for load in loads)
    assert [load.usual_seconds for load in loads] == [
        None,
        pytest.approx(first, abs=0.001),
        pytest.approx((first + second) / 2, abs=0.001),
    ]
    assert third == pytest.approx(100, rel=0.06)
    assert third < loads[2].duration_seconds


def test_a_run_that_nobody_said_anything_of_was_started_in_the_console(system: System) -> None:
    record = record_of(system, system.run(prompts=COUNTRIES))
    assert (record.trigger, record.started_by, record.reason, record.rerun_of) == ("console", None, None, None)


def test_a_failure_is_kept_with_its_error_and_what_happened_in_few_bytes(system: System) -> None:
    outcome = system.run(datamart="City", project="B" * 500)
    record = record_of(system, outcome)
    assert (record.status, record.loaded, record.error) == ("FAILED", "no", outcome.error)
    assert record.cause is not None
    assert len(record.cause.encode()) <= 500
    assert len(json.dumps(to_item(record), ensure_ascii=False).encode()) < 2_048


def test_a_record_takes_less_than_a_unit_of_a_write(system: System) -> None:
    started = {"by": "city-nightly-1", "trigger": "schedule", "run": "x"}
    record = record_of(system, system.run(prompts=COUNTRIES, started=started))
    item = {key: to_attribute(value) for key, value in to_item(record).items()}
    assert 0.6 * BYTES_OF_RECORD < size_of(item) <= BYTES_OF_RECORD < 1_024


def test_a_request_that_is_refused_is_in_the_history(system: System) -> None:
    outcome = system.run_input({"datmart": "City"})
    record = record_of(system, outcome)
    assert (record.status, record.error, record.loaded, record.datamart) == ("FAILED", "InvalidRequest", "no", None)


def test_a_repeated_end_changes_nothing_of_the_record_and_writes_no_second_line(system: System) -> None:
    outcome = system.run(prompts=COUNTRIES)
    before = record_of(system, outcome)
    deliver_the_end(system.emulator.template, described(outcome) | {"status": "ABORTED"})
    assert record_of(system, outcome) == before
    assert [line["id"] for line in ended_lines(system)].count(before.id) == 1


@pytest.mark.parametrize("dies", ["before the write", "after the write"])
def test_a_crash_at_the_write_of_the_record_loses_no_line_of_the_log(
    dies: str, system: System, monkeypatch: pytest.MonkeyPatch
) -> None:
    call = botocore.client.BaseClient._make_api_call

    def dying(client: Any, name: str, parameters: Any) -> Any:
        is_record = name == "PutItem" and parameters["TableName"] == system.emulator.deployed.history_table
        if not is_record:
            return call(client, name, parameters)
        if dies == "after the write":
            call(client, name, parameters)
        raise MemoryError

    by_hand = ByHand(system)
    by_hand.call("log_in")
    with monkeypatch.context() as patch:
        patch.setattr(botocore.client.BaseClient, "_make_api_call", dying)
        with pytest.raises(RuntimeError):
            by_hand.ends("FAILED")
    by_hand.ends("FAILED")
    record = record_of(system, by_hand.arn)
    assert [line["status"] for line in ended_lines(system) if line["id"] == record.id] == ["FAILED"]


def test_the_line_of_the_log_says_what_the_record_says(system: System) -> None:
    record = record_of(system, system.run(prompts=COUNTRIES))
    (line,) = [line for line in ended_lines(system) if line["id"] == record.id]
    known = {key: value for key, value in record.as_json().items() if value is not None}
    assert {key: line[key] for key in known} == known
    assert line["correlation_id"] == record.execution


def test_a_run_that_was_stopped_is_in_the_history_once_its_end_was_processed(system: System) -> None:
    by_hand = ByHand(system, started={"trigger": "person", "by": "ada"})
    by_hand.call("log_in")
    by_hand.ends("ABORTED")
    before = record_of(system, by_hand.arn)
    by_hand.ends("ABORTED")
    record = record_of(system, by_hand.arn)
    assert (record.status, record.error, record.loaded, record.started_by) == ("ABORTED", None, "no", "ada")
    assert record.cause == "The execution was stopped."
    assert record == before


@pytest.mark.parametrize("lost", ["put_events", "put_item"])
def test_a_history_that_cannot_be_written_prevents_neither_notification_nor_clean_up_and_is_made_good(
    lost: str, system: System, monkeypatch: pytest.MonkeyPatch
) -> None:
    call = botocore.client.BaseClient._make_api_call
    operation = {"put_events": "PutEvents", "put_item": "PutItem"}[lost]

    def fails(client: Any, name: str, parameters: Any) -> Any:
        if name == operation and parameters.get("TableName") in (None, system.emulator.deployed.history_table):
            raise ClientError({"Error": {"Code": "InternalServerError", "Message": "no"}}, name)
        return call(client, name, parameters)

    by_hand = ByHand(system, datamart=catalogue.BROKEN_SQL)
    by_hand.call("log_in")
    with monkeypatch.context() as patch:
        patch.setattr(botocore.client.BaseClient, "_make_api_call", fails)
        with pytest.raises(RuntimeError):
            by_hand.ends("FAILED")
    assert system.simulator.state()["sessions"] == []
    assert (len(system.notices()) == 1) is (lost == "put_item")
    by_hand.ends("FAILED")
    assert record_of(system, by_hand.arn).status == "FAILED"


# -- who started it -----------------------------------------------------------------------------------------------


def test_a_copy_of_an_input_says_nothing_of_who_started_it(system: System) -> None:
    original = {"trigger": "schedule", "by": "city-nightly-1", "run": "city-nightly-0123"}
    record = record_of(system, system.run(prompts=COUNTRIES, started=original))
    assert (record.trigger, record.started_by) == ("console", None)


def test_an_event_says_what_started_the_run(system: System) -> None:
    schedule, upload, message = (
        json.loads((EVENTS / file).read_text("utf-8"))
        for file in ("schedule.json", "s3-object-created.json", "sns.json")
    )
    schedule["scheduledTime"] = "2026-11-23T04:00:00Z"  # events that no other test has delivered
    upload["detail"]["object"]["version-id"] = "of-the-history"
    message["Records"][0]["Sns"]["MessageId"] = MESSAGE
    found = []
    for event in (schedule, upload, message):
        (arn,) = system.emulator.deliver(event, EVENTS / "objects")
        record = record_of(system, system.watch(arn))
        found.append((record.trigger, record.started_by))
    assert found == [
        ("schedule", "city-nightly-1"),
        ("upload", "s3://sales-landing/countries/France.csv"),
        ("message", MESSAGE),
    ]


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ("ada", "started: must be an object"),
        ({"by": "ada"}, "started.trigger: is missing"),
        ({"trigger": "cron"}, "started.trigger: must be one of"),
        ({"trigger": "person", "who": "ada"}, "started.who: unknown key"),
        ({"trigger": "person", "reason": "r" * 501}, "started.reason: is too long"),
        ({"trigger": "rerun", "rerunOf": "../x"}, "started.rerunOf:"),
    ],
)
def test_a_start_that_is_described_wrongly_is_refused_by_the_key(wrong: Any, sentence: str, system: System) -> None:
    outcome = system.run(started=wrong)
    assert outcome.error == "InvalidRequest"
    assert sentence in outcome.cause
    assert record_of(system, outcome).trigger == "console"


def test_what_people_say_of_a_start_is_kept_on_one_printable_line(system: System) -> None:
    said = {"trigger": "person", "by": "ada\u202e\x1b[2J", "reason": "line\nLoaded: yes"}
    record = record_of(system, system.run(prompts=COUNTRIES, started=said))
    assert (record.started_by, record.reason) == ("ada [2J", "line Loaded: yes")


# -- batches ------------------------------------------------------------------------------------------------------


def test_a_batch_and_its_items_are_found_by_its_name_and_say_who_started_it(new_system: Callable[..., System]) -> None:
    system = new_system(Scenario(more_loads=(5.0, 5.0)))
    items = [load(1), load(2, 1)]
    started = {"trigger": "person", "by": "ada", "reason": "again"}
    arn = system.emulator.start_batch({"batch": {"items": items}, "started": started})
    system.watch_batch(arn)
    batch = record_of(system, arn)
    found = list(history(system).records(Selection(batch=batch.id)))
    assert {each.item for each in found} == {"load 2", "load 1", None}
    assert found[0].item == "load 2"
    assert (batch.kind, batch.status, batch.loaded, batch.counts) == (
        *("batch", "SUCCEEDED", "yes"),
        {"items": 2, "loaded": 2},
    )
    assert (batch.trigger, batch.started_by, batch.reason) == ("person", "ada", "again")
    of_items = [each for each in found if each.kind == "run"]
    assert {(each.trigger, each.started_by, each.reason) for each in of_items} == {("batch", "ada", "again")}
    assert {(each.batch, each.batch_run) for each in of_items} == {(batch.id, batch.id)}


def test_a_batch_that_is_refused_is_in_the_history(system: System) -> None:
    arn = system.emulator.start_batch({"batch": {"items": []}})
    system.watch_batch(arn)
    record = record_of(system, arn)
    assert (record.kind, record.status, record.error, record.loaded) == ("batch", "FAILED", "InvalidRequest", "no")
    assert record.cause


# -- what still runs ----------------------------------------------------------------------------------------------


def test_a_run_that_still_runs_is_in_the_history_and_is_there_once_when_it_has_ended(system: System) -> None:
    ended = record_of(system, system.run(prompts=COUNTRIES))
    seen: list[HistoryRecord] = []

    def look(arn: str, state: str, at: float) -> None:
        if state == "GetStatus" and not seen:
            seen.extend(history(system).records(Selection(limit=2)))

    arn = system.emulator.start({"project": catalogue.TUTORIAL, "datamart": CITY, "prompts": COUNTRIES})
    system.emulator.wait_for_all([arn], look)
    (running,) = [each for each in seen if each != ended]
    assert (running.execution, running.status, running.datamart, running.trigger) == (arn, "RUNNING", "City", "console")
    assert running.datamart_id == CITY
    assert ended in seen
    (newest,) = history(system).records(Selection(limit=1))
    assert (newest.execution, newest.status) == (arn, "SUCCEEDED")


# -- the command on a stage -----------------------------------------------------------------------------------------


def test_runs_of_a_stage_are_read_from_its_table_by_what_the_stack_says(
    system: System, template_path: Path, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    datamart = done_by(capsys)
    loaded = record_of(system, system.run_input({"job": "city-nightly", "asOf": "2026-11-20T05:00+01:00"}))
    failed = record_of(system, system.run(datamart=catalogue.BROKEN_SQL))
    with deployed(system.emulator, template_path):
        by_job = datamart("runs", "--stage", "dev", "--job", "city-nightly", "--json", "id,status,loaded")
        by_status = datamart("runs", "--stage", "dev", "--status", "failed", "--json", "id,error")
        misspelt = datamart("runs", "--stage", "dev", "--datamart", "Citty", "--json", "id")
        unknown = datamart("runs", "--stage", "prdo")
        page = datamart("runs", "--stage", "dev", "--html", str(tmp_path / "nights.html"))
    assert json.loads(by_job.out) == [{"id": loaded.id, "status": "SUCCEEDED", "loaded": "yes"}]
    assert json.loads(by_status.out) == [{"id": failed.id, "error": "DatamartFailed"}]
    assert (json.loads(misspelt.out), misspelt.code) == ([], 0)
    assert 'no datamart "Citty" ran lately (did you mean City?)' in misspelt.err
    assert (unknown.code, unknown.out) == (2, "")
    assert "there is no stack" in unknown.err
    assert (page.code, page.out) == (0, f"{tmp_path / 'nights.html'}\n")
    nights = (tmp_path / "nights.html").read_text("utf-8")
    assert "<title>Stage dev</title>" in nights
    assert nights.count('rel="noreferrer">AWS console</a>') == 2
    assert f"executions/details/{loaded.execution}" in nights


def test_a_stack_of_an_earlier_release_is_told_to_be_deployed_again(
    system: System, template_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with deployed(system.emulator, template_path) as cloud:
        del cloud.outputs["HistoryTableName"]
        found = done_by(capsys)("runs", "--stage", "dev")
    assert (found.code, found.out) == (2, "")
    assert "keeps no history; deploy it again" in found.err


def test_a_running_job_is_found_by_the_datamart_of_its_deployed_request(
    system: System, template_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    datamart, seen = done_by(capsys), []

    def look(arn: str, state: str, at: float) -> None:
        if state == "GetStatus" and not seen:
            words = ("--status", "running", "--json", "execution,job,datamart,connection")
            seen.append(datamart("runs", "--stage", "dev", "--datamart", "city", *words))

    with deployed(system.emulator, template_path):
        system.run(prompts=COUNTRIES)
        arn = system.emulator.start({"job": "city-nightly", "asOf": "2026-11-20T05:00+01:00"})
        system.emulator.wait_for_all([arn], look)
    assert seen[0].err == ""
    (record,) = json.loads(seen[0].out)
    assert record == {"execution": arn, "job": "city-nightly", "datamart": "City", "connection": "default"}
