"""The sweep: what everything else has missed is found, removed and told; nothing else is touched."""

import contextlib
import os
import uuid
from collections.abc import Callable, Iterator
from typing import Any

import boto3
import botocore.client
import pytest
from botocore.exceptions import ClientError

from functions.handlers import sweep
from functions.limits import LONGEST_SESSION, SWEEP_GRACE
from functions.metric_names import CHAT_FAILED, SWEEP_FOUND
from functions.runs.store.table import RunTable, run_table
from local.clock import Clock
from local.outcome import Outcome
from tests.integration.conftest import CITY, SLOT, TUTORIAL, System
from tests.integration.test_metrics import Metrics

COUNTRIES = [{"name": "Elements of Country", "answers": "USA"}]
REQUEST = {"project": TUTORIAL, "datamart": CITY, "prompts": COUNTRIES}
LEASE = f"lease/default/{TUTORIAL}/{CITY}"
NOTHING = {"found": 0, "left": 0}
CLEAN_UP = ("delete_instance", "log_out", "conclude_attempt")


class Breakdown(Exception):
    """A function that crashes."""


@pytest.fixture(autouse=True)
def swept(system: System, clock: Clock) -> None:
    """Nothing is left of other tests."""
    clock.advance(SWEEP_GRACE)
    for key in run_keys(system):
        boto3.client("dynamodb").delete_item(TableName=table_name(system), Key={"executionArn": {"S": key}})


def table_name(system: System) -> str:
    (name,) = system.emulator.deployed.tables
    return str(name)


def run_keys(system: System) -> list[str]:
    return [item["executionArn"] for item in RunTable(table_name(system)).every(("executionArn",))]


@pytest.fixture
def crash(system: System, clock: Clock) -> Iterator[Callable[..., Outcome]]:
    """A run whose functions named break down, and whose end reaches nobody."""
    runtime = system.emulator.runtime
    before = runtime.around

    def run(*broken: str, later: float = SWEEP_GRACE + 1) -> Outcome:
        @contextlib.contextmanager
        def around(module: str, event: Any) -> Iterator[None]:
            if module in broken:
                raise Breakdown(module)
            yield

        runtime.around = around
        with system.emulator.ends_withheld():
            outcome = system.emulator.run(REQUEST)
        runtime.around = before
        system._arns.append(outcome.execution_arn)
        clock.advance(later)
        return outcome

    yield run
    runtime.around = before


def the_notice(system: System) -> str:
    (told,) = [n for n in system._told.notices() if "sweep" in n["Subject"]]
    system._notices.append(told)  # for the search for secrets
    return f"{told['Subject']}\n{told['Message']}"


def test_where_nothing_was_left_nothing_is_said(system: System, clock: Clock) -> None:
    system.run(prompts=COUNTRIES)
    system.run(datamart="No such datamart")
    clock.advance(SWEEP_GRACE + 1)
    system.notices()
    assert system.invoke("sweep", {}) == NOTHING
    assert system._told.notices() == []
    assert '"SweepFound":[0.0]' in system.emulator.logs.read_text("utf-8").replace(" ", "")


def test_a_run_that_was_neither_cleaned_up_nor_notified_is_finished_by_the_sweep(system: System, crash: Any) -> None:
    outcome = crash(*CLEAN_UP)
    assert len(system.simulator.state()["sessions"]) == 1
    assert set(system.leases()) == {LEASE, SLOT}
    assert system.invoke("sweep", {}) == {"found": 3, "left": 0}
    item = system.item(outcome)
    assert item["endedAt"]
    assert not any("session" in attempt for attempt in item["attempts"].values())
    assert system.leases() == {}
    assert system.simulator.state()["sessions"] == []
    (event,) = system.events()
    assert (event["detail"]["status"], event["detail"]["loaded"]) == (outcome.status, "yes")
    notice = the_notice(system)
    assert notice.startswith("Datamart runner dev: the sweep found 3 thing(s), still left: 0\n")
    assert "\nRun of City\n* " in notice
    assert f"\nTo see it: datamart show {outcome.execution_arn.rpartition(':')[2]} --stage dev\nExecution: " in notice
    assert outcome.execution_arn in notice
    assert "a session of it was still kept: logged out now" in notice
    assert "STILL LEFT" not in notice


def refused_by_sns(monkeypatch: pytest.MonkeyPatch, is_refused: Callable[[Any], bool]) -> None:
    """Let SNS refuse messages."""
    call = botocore.client.BaseClient._make_api_call

    def judged(client: Any, name: str, parameters: Any) -> Any:
        if name == "Publish" and is_refused(parameters):
            raise ClientError({"Error": {"Code": "NotFound", "Message": "no such topic"}}, name)
        return call(client, name, parameters)

    monkeypatch.setattr(botocore.client.BaseClient, "_make_api_call", judged)


def test_a_chat_that_fails_neither_fails_the_sweep_nor_repeats_its_mail_and_is_counted(
    system: System, crash: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    crash(*CLEAN_UP)
    monkeypatch.setenv("CHAT_TOPIC_ARN", os.environ["NOTICE_TOPIC_ARN"])
    refused_by_sns(monkeypatch, lambda message: "Subject" not in message)
    metrics = Metrics(system)
    assert system.invoke("sweep", {}) == {"found": 3, "left": 0}
    assert the_notice(system).startswith("Datamart runner dev: the sweep found 3 thing(s)")
    sums = metrics.sums()
    assert (sums[SWEEP_FOUND], sums[CHAT_FAILED]) == (3, 1)


def test_a_sweep_whose_mail_fails_has_counted_what_it_found(
    system: System, crash: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    crash(*CLEAN_UP)
    refused_by_sns(monkeypatch, lambda message: True)
    metrics = Metrics(system)
    with pytest.raises(RuntimeError, match="no such topic"):
        system.invoke("sweep", {})
    assert metrics.sums()[SWEEP_FOUND] == 3


@pytest.mark.exhaustive  # guarded by: test_failures_of_one_message.py sweeps twice
def test_done_twice_it_does_nothing_the_second_time(system: System, crash: Any, clock: Clock) -> None:
    crash(*CLEAN_UP)
    system.invoke("sweep", {})
    the_notice(system)
    clock.advance(86_400)
    calls = system.steps()
    assert system.invoke("sweep", {}) == NOTHING
    assert system.steps() == calls
    assert system._told.notices() == []


@pytest.mark.exhaustive  # guarded by: runs for which there is no time
def test_an_end_that_was_never_delivered_is_reported(system: System, crash: Any) -> None:
    crash()
    assert system.invoke("sweep", {}) == {"found": 1, "left": 0}
    assert len(system.events()) == 1
    assert "its end had not been notified: notified now" in the_notice(system)


def test_a_failed_run_that_was_never_notified_is_notified_by_the_sweep(system: System, crash: Any) -> None:
    crash("describe_datamart")
    system.invoke("sweep", {})
    subjects = sorted(notice["Subject"] for notice in system.notices())
    assert [subject.split(":")[0] for subject in subjects] == [f"Datamart {CITY} failed", "Datamart runner dev"]


def test_what_ended_a_moment_ago_is_left_to_the_queue(system: System, crash: Any, clock: Clock) -> None:
    crash("log_out", later=SWEEP_GRACE - 60)
    assert system.invoke("sweep", {}) == NOTHING
    assert len(system.simulator.state()["sessions"]) == 1
    clock.advance(61)
    assert system.invoke("sweep", {})["found"] == 2
    the_notice(system)


def test_a_run_that_is_under_way_is_left_alone(system: System, clock: Clock) -> None:
    found: list[Any] = []
    before = system.emulator.runtime.around

    def around(module: str, event: Any) -> Any:
        if module == "get_status" and not found:
            clock.advance(SWEEP_GRACE + 1)
            held = system.leases()
            found.append(system.invoke("sweep", {}))
            assert system.leases() == held
            assert set(held) == {LEASE, SLOT}
        return contextlib.nullcontext()

    system.emulator.runtime.around = around
    try:
        outcome = system.run(prompts=COUNTRIES)
    finally:
        system.emulator.runtime.around = before
    assert found == [NOTHING]
    assert outcome.status == "SUCCEEDED", outcome.cause


def test_leases_and_slots_of_ended_runs_are_freed(system: System, clock: Clock) -> None:
    ended = system.run(prompts=COUNTRIES).execution_arn
    forgotten = f"{ended.rpartition(':')[0]}:{uuid.uuid4()}"
    run_table().change(LEASE, put={"owner": ended, "attempt": 1, "since": 1}, condition="attribute_not_exists({owner})")
    slot = {"o": forgotten.rpartition(":")[2], "n": 1, "s": 1}
    run_table().change("queue/default", put={"holders.forgotten": slot})
    clock.advance(SWEEP_GRACE + 1)
    assert system.invoke("sweep", {}) == {"found": 2, "left": 0}
    assert system.leases() == {}
    notice = the_notice(system)
    assert "its datamart was kept from other runs: free now" in notice
    assert "its slot of the connection was kept from other runs: free now" in notice


def test_a_pending_lease_stays_until_its_time_has_passed(system: System, clock: Clock) -> None:
    outcome = system.run(prompts=COUNTRIES)
    ended = outcome.execution_arn
    job = {
        "attempts.1.job": "accepted",
        "attempts.1.postedAt": clock.now(),
        "attempts.1.maxExecutionSeconds": 7200,
    }
    run_table().change(ended, put=job)
    run_table().change(LEASE, put={"owner": ended, "attempt": 1, "since": 1}, condition="attribute_not_exists({owner})")
    clock.advance(SWEEP_GRACE + 1)
    for _ in range(2):
        assert system.invoke("sweep", {}) == {"found": 1, "left": 1}
        assert system.leases()[LEASE]["uncertain"]["until"] > clock.now()
        notice = the_notice(system)
        assert "STILL LEFT: its datamart was kept from other runs: its job may still write the table" in notice
        assert f"datamart free-lease default/{TUTORIAL}/{CITY} --stage dev" in notice
    clock.advance(9_000)
    assert system.invoke("sweep", {}) == {"found": 1, "left": 0}
    assert system.leases() == {}
    the_notice(system)


def test_a_session_that_cannot_be_ended_is_reported_with_the_reason_and_given_up_in_time(
    system: System, crash: Any, clock: Clock
) -> None:
    outcome = crash("log_out")
    system.simulator.inject("log_out", status=503, times=1_000)
    system.simulator.inject("delete_instance", status=503, times=1_000)
    assert system.invoke("sweep", {}) == {"found": 3, "left": 2}
    notice = the_notice(system)
    assert "STILL LEFT: a session of it was still kept: " in notice
    assert "HTTP 503" in notice
    assert "STILL LEFT: its slot of the connection was kept from other runs: its session may still be open" in notice
    assert len(system.events()) == 1  # told all the same
    clock.advance(LONGEST_SESSION)
    assert system.invoke("sweep", {}) == {"found": 1, "left": 0}  # the place is freed with its run
    assert "the server could not be reached for hours" in the_notice(system)
    (attempt,) = system.item(outcome)["attempts"].values()
    assert "session" not in attempt
    assert attempt["expired"]
    assert system.leases() == {}


def test_one_item_that_is_broken_does_not_end_the_sweep(system: System, crash: Any) -> None:
    other = crash()
    sound = crash(*CLEAN_UP)
    run_table().change(other.execution_arn, remove=("told", "claimed"))
    found = system.invoke("sweep", {})
    assert (found["found"], found["left"]) == (4, 1)
    assert "ClientError, see the log of the function sweep" in the_notice(system)
    assert system.item(sound)["endedAt"]
    assert system.simulator.state()["sessions"] == []


def test_runs_for_which_there_is_no_time_are_reported_as_left(
    system: System, crash: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    crash()
    with monkeypatch.context() as patch:
        patch.setattr(sweep, "SECONDS_KEPT", 1_000)
        assert system.invoke("sweep", {}) == {"found": 0, "left": 1}
    assert "STILL LEFT: 1 more runs, for which there was no time" in the_notice(system)
    assert system.invoke("sweep", {}) == {"found": 1, "left": 0}
    the_notice(system)
