"""The daily sweep: what everything else has missed is found, removed and told; nothing else is touched."""

import contextlib
import uuid
from collections.abc import Callable, Iterator
from typing import Any

import boto3
import pytest

from functions.handlers import sweep
from functions.limits import LONGEST_SESSION, SWEEP_GRACE
from functions.runs.store.table import RunTable, run_table
from local.clock import Clock
from local.emulator import emulator as emulator_module
from local.outcome import Outcome
from tests.integration.conftest import CITY, TUTORIAL, World

COUNTRIES = [{"name": "Elements of Country", "answers": "USA"}]
REQUEST = {"project": TUTORIAL, "datamart": CITY, "prompts": COUNTRIES}
LEASE = f"lease/default/{TUTORIAL}/{CITY}"
SLOT = "slot/default/0"
NOTHING = {"found": 0, "left": 0}
CLEAN_UP = ("delete_instance", "log_out", "conclude_attempt")


class Breakdown(Exception):
    """A function that crashes."""


@pytest.fixture(autouse=True)
def swept(world: World, clock: Clock) -> None:
    """Nothing is left of other tests."""
    clock.advance(SWEEP_GRACE)
    for key in run_keys(world):
        boto3.client("dynamodb").delete_item(TableName=table_name(world), Key={"executionArn": {"S": key}})


def table_name(world: World) -> str:
    (name,) = world.emulator.deployed.tables
    return str(name)


def run_keys(world: World) -> list[str]:
    return [item["executionArn"] for item in RunTable(table_name(world)).every(("executionArn",))]


@pytest.fixture
def crash(world: World, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., Outcome]]:
    """A run whose functions named break down, and whose end reaches nobody."""
    runtime = world.emulator.runtime
    before = runtime.around

    def run(*broken: str, later: float = SWEEP_GRACE + 1) -> Outcome:
        @contextlib.contextmanager
        def around(module: str, event: Any) -> Iterator[None]:
            if module in broken:
                raise Breakdown(module)
            yield

        runtime.around = around
        with monkeypatch.context() as patch:
            patch.setattr(emulator_module, "tell_the_end", lambda *arguments: None)
            outcome = world.emulator.run(REQUEST)
        runtime.around = before
        world._arns.append(outcome.execution_arn)
        clock.advance(later)
        return outcome

    yield run
    runtime.around = before


def the_notice(world: World) -> str:
    (told,) = [n for n in world._told.notices() if "sweep" in n["Subject"]]
    world._notices.append(told)  # for the search for secrets
    return f"{told['Subject']}\n{told['Message']}"


def test_where_nothing_was_left_nothing_is_said(world: World, clock: Clock) -> None:
    world.run(prompts=COUNTRIES)
    world.run(datamart="No such datamart")
    clock.advance(SWEEP_GRACE + 1)
    world.notices()
    assert world.invoke("sweep", {}) == NOTHING
    assert world._told.notices() == []
    assert '"SweepFound":[0.0]' in world.emulator.logs.read_text("utf-8").replace(" ", "")


def test_a_run_that_nothing_cleaned_up_and_nobody_was_told_of(world: World, crash: Any) -> None:
    outcome = crash(*CLEAN_UP)
    assert len(world.simulator.state()["sessions"]) == 1
    assert set(world.leases()) == {LEASE, SLOT}
    assert world.invoke("sweep", {}) == {"found": 3, "left": 0}
    item = world.item(outcome)
    assert item["endedAt"]
    assert not any("session" in attempt for attempt in item["attempts"].values())
    assert world.leases() == {}
    assert world.simulator.state()["sessions"] == []
    (event,) = world.events()
    assert (event["detail"]["status"], event["detail"]["loaded"]) == (outcome.status, "yes")
    notice = the_notice(world)
    assert notice.startswith("Datamart runner dev: the daily sweep found 3 thing(s), still left: 0\n")
    assert "Run of City\nhttps://eu-west-1.console.aws.amazon.com/" in notice
    assert outcome.execution_arn in notice
    assert "a session of it was still kept: logged out now" in notice
    assert "STILL LEFT" not in notice


def test_done_twice_it_does_nothing_the_second_time(world: World, crash: Any, clock: Clock) -> None:
    crash(*CLEAN_UP)
    world.invoke("sweep", {})
    the_notice(world)
    clock.advance(86_400)
    calls = world.steps()
    assert world.invoke("sweep", {}) == NOTHING
    assert world.steps() == calls
    assert world._told.notices() == []


def test_an_end_that_was_never_delivered_is_told(world: World, crash: Any) -> None:
    crash()
    assert world.invoke("sweep", {}) == {"found": 1, "left": 0}
    assert len(world.events()) == 1
    assert "its end had not been notified: notified now" in the_notice(world)


def test_a_failed_run_that_was_never_told_of_is_told_as_always(world: World, crash: Any) -> None:
    crash("describe_datamart")
    world.invoke("sweep", {})
    subjects = sorted(notice["Subject"] for notice in world.notices())
    assert [subject.split(":")[0] for subject in subjects] == [f"Datamart {CITY} failed", "Datamart runner dev"]


def test_what_ended_a_moment_ago_is_left_to_the_queue(world: World, crash: Any, clock: Clock) -> None:
    crash("log_out", later=SWEEP_GRACE - 60)
    assert world.invoke("sweep", {}) == NOTHING
    assert len(world.simulator.state()["sessions"]) == 1
    clock.advance(61)
    assert world.invoke("sweep", {})["found"] == 2
    the_notice(world)


def test_a_run_that_is_under_way_is_left_alone(world: World, clock: Clock) -> None:
    found: list[Any] = []
    before = world.emulator.runtime.around

    def around(module: str, event: Any) -> Any:
        if module == "get_status" and not found:
            clock.advance(SWEEP_GRACE + 1)
            held = world.leases()
            found.append(world.invoke("sweep", {}))
            assert world.leases() == held
            assert set(held) == {LEASE, SLOT}
        return contextlib.nullcontext()

    world.emulator.runtime.around = around
    try:
        outcome = world.run(prompts=COUNTRIES)
    finally:
        world.emulator.runtime.around = before
    assert found == [NOTHING]
    assert outcome.status == "SUCCEEDED", outcome.cause


def test_leases_and_slots_of_ended_runs_are_freed(world: World, clock: Clock) -> None:
    ended = world.run(prompts=COUNTRIES).execution_arn
    forgotten = f"{ended.rpartition(':')[0]}:{uuid.uuid4()}"
    run_table().change(LEASE, put={"owner": ended, "attempt": 1, "since": 1}, condition="attribute_not_exists({owner})")
    run_table().change(
        SLOT, put={"owner": forgotten, "attempt": 1, "since": 1}, condition="attribute_not_exists({owner})"
    )
    clock.advance(SWEEP_GRACE + 1)
    assert world.invoke("sweep", {}) == {"found": 2, "left": 0}
    assert world.leases() == {}
    notice = the_notice(world)
    assert "its datamart was kept from other runs: free now" in notice
    assert "its slot of the connection was kept from other runs: free now" in notice


def test_a_lease_in_doubt_stays_until_its_time_has_passed(world: World, clock: Clock) -> None:
    outcome = world.run(prompts=COUNTRIES)
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
        assert world.invoke("sweep", {}) == {"found": 1, "left": 1}
        assert world.leases()[LEASE]["uncertain"]["until"] > clock.now()
        notice = the_notice(world)
        assert "STILL LEFT: its datamart was kept from other runs: its job may still write the table" in notice
        assert f"datamart free-lease default/{TUTORIAL}/{CITY} --stage dev" in notice
    clock.advance(9_000)
    assert world.invoke("sweep", {}) == {"found": 1, "left": 0}
    assert world.leases() == {}
    the_notice(world)


def test_a_session_that_cannot_be_ended_is_told_with_the_reason_and_given_up_in_time(
    world: World, crash: Any, clock: Clock
) -> None:
    outcome = crash("log_out")
    world.simulator.inject("log_out", status=503, times=1_000)
    world.simulator.inject("delete_instance", status=503, times=1_000)
    assert world.invoke("sweep", {}) == {"found": 3, "left": 2}
    notice = the_notice(world)
    assert "STILL LEFT: a session of it was still kept: " in notice
    assert "HTTP 503" in notice
    assert "STILL LEFT: its slot of the connection was kept from other runs: its session may still be open" in notice
    assert len(world.events()) == 1  # told all the same
    clock.advance(LONGEST_SESSION)
    assert world.invoke("sweep", {}) == {"found": 1, "left": 0}  # the place is freed with its run
    assert "the server could not be reached for hours" in the_notice(world)
    (attempt,) = world.item(outcome)["attempts"].values()
    assert "session" not in attempt
    assert attempt["expired"]
    assert world.leases() == {}


def test_one_item_that_is_broken_does_not_end_the_sweep(world: World, crash: Any) -> None:
    other = crash()
    sound = crash(*CLEAN_UP)
    run_table().change(other.execution_arn, remove=("told", "claimed"))
    found = world.invoke("sweep", {})
    assert (found["found"], found["left"]) == (4, 1)
    assert "ClientError, see the log of the function sweep" in the_notice(world)
    assert world.item(sound)["endedAt"]
    assert world.simulator.state()["sessions"] == []


def test_runs_for_which_there_is_no_time_are_told_as_left(
    world: World, crash: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    crash()
    with monkeypatch.context() as patch:
        patch.setattr(sweep, "SECONDS_KEPT", 1_000)
        assert world.invoke("sweep", {}) == {"found": 0, "left": 1}
    assert "STILL LEFT: 1 more runs, for which there was no time" in the_notice(world)
    assert world.invoke("sweep", {}) == {"found": 1, "left": 0}
    the_notice(world)
