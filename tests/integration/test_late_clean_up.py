"""What a function does that is still at work when its execution is stopped: on AWS nothing stops it.

These runs have no execution: the test calls their functions itself, and in the middle of one reports the stop.
"""

import contextlib
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest

from functions.handlers import prepare_run
from functions.limits import END_VISIBILITY, LONGEST_SESSION, LONGEST_STEP
from functions.microstrategy import Client
from functions.runs.store.table import run_table
from local.clock import Clock
from local.emulator import end_events
from local.simulator import catalogue
from local.simulator.scenario import Scenario
from tests.integration.conftest import System
from tests.support.by_hand import ByHand

NOTHING = {"sessions": [], "instances": [], "jobs": []}

LIVING_ON = Scenario(delete_ends_job=False, logout_ends_job=False)
"""A server on which a job goes on without its instance and its session: only the job monitor ends it."""


def left(system: System) -> dict[str, Any]:
    state = system.simulator.state()
    return {kind: state[kind] for kind in NOTHING}


@pytest.fixture
def usual_runtime(system: System) -> Iterator[None]:
    before = system.emulator.runtime.around
    yield
    system.emulator.runtime.around = before


def later(clock: Clock) -> None:
    clock.advance(LONGEST_STEP + 1)


def test_a_log_in_that_comes_after_the_stop_logs_out_and_leaves_no_slot(
    system: System, clock: Clock, afterwards: Any
) -> None:
    run = ByHand(system)
    delivered: list[bool] = []
    afterwards("log_in", lambda: delivered.append(run.ends()))
    with pytest.raises(RuntimeError, match="RunAlreadyEnded"):
        run.call("log_in")
    assert delivered == [True]
    assert left(system) == NOTHING
    later(clock)
    assert run.ends() is False
    assert system.leases() == {}


def test_a_slot_that_is_taken_after_the_stop_is_free_after_the_second_clean_up(
    system: System, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = ByHand(system)
    real = prepare_run.take_slot

    def late(*arguments: Any) -> Any:
        run.ends()
        return real(*arguments)

    monkeypatch.setattr(prepare_run, "take_slot", late)
    run.prepare()
    with pytest.raises(RuntimeError, match="RunAlreadyEnded"):
        run.call("log_in")
    assert [slot["owner"] for slot in system.leases().values()] == [run.arn]
    later(clock)
    run.ends()
    assert system.leases() == {}


def test_a_session_that_is_written_after_the_first_clean_up_is_ended_by_the_second(
    system: System, clock: Clock
) -> None:
    run = ByHand(system)
    run.call("log_in")
    here = "attempts.1.session"
    session = run.attempt["session"]
    run_table().change(run.arn, remove=(here,))
    assert run.ends() is True
    run_table().change(run.arn, put={here: session})
    assert left(system) != NOTHING
    later(clock)
    assert run.ends() is False
    assert left(system) == NOTHING
    assert "session" not in run.attempt


def test_a_job_whose_id_comes_after_the_first_clean_up_is_cancelled_by_the_second(
    new_system: Callable[..., System], clock: Clock, afterwards: Any
) -> None:
    system = new_system(LIVING_ON)
    run = ByHand(system, datamart=catalogue.SLOW_LOAD)
    run.call("log_in", "describe_datamart", "create_instance")
    delivered: list[bool] = []
    afterwards("execute", lambda: delivered.append(run.ends()))
    run.call("execute_datamart")
    assert delivered == [True]
    assert run.attempt["instanceDeleted"]
    assert run.attempt["jobId"]
    assert len(left(system)["jobs"]) == 1
    later(clock)
    assert run.ends() is False
    assert left(system) == NOTHING
    assert run.attempt["jobEnded"]
    assert system.leases() == {}
    assert system.loads(catalogue.SLOW_LOAD) == 0


def test_a_job_that_may_not_be_cancelled_keeps_the_datamart_and_nothing_else(
    new_system: Callable[..., System], clock: Clock, afterwards: Any
) -> None:
    system = new_system(replace(LIVING_ON, monitor_forbidden=True))
    run = ByHand(system, datamart=catalogue.SLOW_LOAD)
    run.call("log_in", "describe_datamart", "create_instance")
    afterwards("execute", run.ends)
    run.call("execute_datamart")
    later(clock)
    run.ends()
    ((key, lease),) = system.leases().items()
    assert key.startswith("lease/")
    assert lease["uncertain"]["jobId"] == run.attempt["jobId"]
    assert (left(system)["sessions"], left(system)["instances"]) == ([], [])
    clock.advance(catalogue.datamarts(3, 600.0)[catalogue.SLOW_LOAD].seconds + 60)  # it ends by itself


def test_without_a_job_that_may_be_learned_of_the_session_ends_at_once(system: System) -> None:
    run = ByHand(system)
    run.call("log_in", "describe_datamart", "create_instance")
    assert run.ends() is True
    assert left(system) == NOTHING
    assert system.leases() == {}


def test_an_execution_request_that_arrives_after_the_stop_finds_no_instance(
    system: System, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = ByHand(system)
    run.call("log_in", "describe_datamart", "create_instance")
    real = Client.execute

    def late(self: Client, *arguments: Any) -> Any:
        run.ends()
        return real(self, *arguments)

    monkeypatch.setattr(Client, "execute", late)
    with pytest.raises(RuntimeError):
        run.call("execute_datamart")
    assert system.loads() == 0
    system.emulator.clock.advance(LONGEST_STEP + 1)
    run.ends()
    assert left(system) == NOTHING


@pytest.mark.parametrize(("status", "again"), [("ABORTED", True), ("TIMED_OUT", True), ("FAILED", False)])
def test_only_an_execution_that_was_cut_short_is_looked_at_once_more(
    system: System, clock: Clock, status: str, again: bool
) -> None:
    run = ByHand(system)
    run.call("log_in")
    assert run.ends(status) is again
    later(clock)
    assert run.ends(status) is False
    assert len(system.events()) == len(system.notices()) == 1


@pytest.mark.usefixtures("usual_runtime")
def test_the_emulator_delivers_once_more_when_the_queue_would(system: System, clock: Clock) -> None:
    run = ByHand(system)
    run.call("log_in")
    seen: list[float] = []
    system.emulator.runtime.around = lambda module, event: contextlib.nullcontext(seen.append(clock.now()))
    machine = system.emulator.deployed.state_machine
    described = {"executionArn": run.arn, "stateMachineArn": machine, "status": "ABORTED"}
    end_events.deliver_the_end(system.emulator.template, described, clock.advance)
    assert len(seen) == 2
    assert END_VISIBILITY <= seen[1] - seen[0] < END_VISIBILITY + 60


def test_an_instance_that_cannot_be_deleted_does_not_keep_the_session(system: System) -> None:
    run = ByHand(system)
    run.call("log_in", "describe_datamart", "create_instance")
    system.simulator.inject("delete_instance", status=500, times=1_000)
    assert run.ends("FAILED") is False
    assert left(system) == NOTHING


def test_a_session_that_no_server_can_end_any_more_is_given_up(system: System, clock: Clock) -> None:
    run = ByHand(system)
    run.call("log_in", "describe_datamart", "create_instance")
    for step in ("delete_instance", "log_out"):
        system.simulator.inject(step, status=503, times=1_000)
    for seconds in (0, END_VISIBILITY, LONGEST_SESSION - END_VISIBILITY - 10):
        clock.advance(seconds)
        with pytest.raises(RuntimeError, match="ServerUnavailable"):
            run.ends("FAILED")
        assert "session" in run.attempt
        assert [slot["u"] > clock.now() for slot in system.slots().values()] == [True]
        assert len(system.leases()) == 1  # the datamart itself is free
    clock.advance(20)
    assert run.ends("FAILED") is False
    assert "session" not in run.attempt
    assert run.attempt["expired"] == pytest.approx(clock.now(), abs=10)
    assert system.leases() == {}
    assert '"SessionExpired":[1.0]' in system.emulator.logs.read_text("utf-8").replace(" ", "")
    calls = system.steps()
    assert run.ends("FAILED") is False
    assert system.steps() == calls
    assert len(system.notices()) == 1


def test_a_session_that_is_gone_already_counts_as_logged_out(system: System, clock: Clock) -> None:
    run = ByHand(system)
    run.call("log_in", "describe_datamart", "create_instance")
    clock.advance(system.simulator.server.scenario.idle_timeout + 1)
    assert run.ends("FAILED") is False
    assert "session" not in run.attempt
    assert "expired" not in run.attempt
