"""Runs that wait for a slot of their connection, in a queue (DESIGN.md "The queue")."""

import contextlib
from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import count
from typing import Any

import pytest

from functions.limits import FIRST_IN_QUEUE_SECONDS
from functions.names import LOOK_AT_QUEUES
from functions.runs.slots import run_id
from functions.runs.store.queues import change_queue, load_queue
from functions.runs.store.table import run_table
from functions.runs.store.tickets import find_waiter
from local.simulator import catalogue
from tests.faults.lambdas import lambda_error
from tests.integration.conftest import CITY, TUTORIAL, System
from tests.support.aws_calls import counted
from tests.support.by_hand import ByHand

COUNTRIES = [{"name": "Elements of Country", "answers": "USA"}]
ONE = {"project": TUTORIAL, "datamart": CITY, "prompts": COUNTRIES}
ANOTHER = {"project": TUTORIAL, "datamart": catalogue.CATEGORY_SALES}


def logins(system: System) -> list[str]:
    """Logins and logouts in their order."""
    words = {"/auth/login": "in", "/auth/logout": "out"}
    seen = [request["path"] for request in system.simulator.state()["requests"]]
    return [words[end] for path in seen for end in words if path.endswith(end)]


def test_a_run_that_finds_no_slot_gets_it_from_the_run_before(system: System) -> None:
    arns = [system.emulator.start(request) for request in (ONE, ANOTHER)]
    outcomes = [system.watch(arn) for arn in arns]
    assert [outcome.status for outcome in outcomes] == ["SUCCEEDED", "SUCCEEDED"], [o.cause for o in outcomes]
    assert logins(system) == ["in", "out", "in", "out"]
    waited = max(outcomes, key=lambda outcome: len(outcome.states[: outcome.states.index("Attempt")]))
    assert waited.states[:4] == ["PrepareRun", "WaitInQueue", "PrepareRun", "Attempt"]
    assert system.slots() == system.tickets() == {}
    assert [find_waiter(run_table(), run_id(arn)) for arn in arns] == [None, None]


def test_time_in_the_queue_does_not_count_against_the_timeout(system: System, monkeypatch: pytest.MonkeyPatch) -> None:
    ByHand(system).ends_at_wait(monkeypatch, 3)
    outcome = system.run(datamart=catalogue.CATEGORY_SALES, timeoutMinutes=1)
    assert outcome.status == "SUCCEEDED", outcome.cause
    stored = system.item(outcome)
    assert stored["queued"] == {"seconds": 2 * FIRST_IN_QUEUE_SECONDS}
    assert stored["deadline"] - stored["startedAt"] == 60 + 2 * FIRST_IN_QUEUE_SECONDS


def test_a_run_that_waits_longer_than_its_queue_minutes_times_out_and_names_whom_it_waited_for(system: System) -> None:
    holding = ByHand(system)
    outcome = system.run(datamart=catalogue.CATEGORY_SALES, queueMinutes=30)
    assert outcome.error == "RunTimedOut"
    cause = str(outcome.cause)
    assert cause.startswith("Loaded: no. ")
    assert 'waited in the queue for its queueMinutes (30), in the queue of connection "default"' in cause
    assert holding.arn in cause
    looks = 30 * 60 // FIRST_IN_QUEUE_SECONDS
    assert outcome.states.count("WaitInQueue") in (1 + looks, 2 + looks)  # the last may come a millisecond too early
    assert system.tickets() == {}
    holding.ends("FAILED")


def test_a_slot_whose_run_has_ended_unseen_is_found_by_the_first_in_the_queue(system: System) -> None:
    with system.emulator.ends_withheld():
        crashed = system.emulator.start(ONE)
        system.emulator.stop(crashed)
        system.emulator.wait(crashed)
    outcome = system.run(datamart=catalogue.CATEGORY_SALES)
    assert outcome.status == "SUCCEEDED", outcome.cause


def test_a_run_goes_on_whose_first_function_broke_down_after_it_took_the_slot(
    system: System, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls = count(1)

    @contextlib.contextmanager
    def around(module: str, event: Any) -> Iterator[None]:
        yield
        if module == "prepare_run" and next(calls) == 1:
            raise type("Sandbox.Timedout", (Exception,), {})("Task timed out after 30.00 seconds")

    monkeypatch.setattr(system.emulator.runtime, "around", around)
    outcome = system.run(datamart=catalogue.CATEGORY_SALES)
    assert outcome.status == "SUCCEEDED", outcome.cause
    assert next(calls) == 3


def ends_its_attempt(run: ByHand, first: ByHand) -> None:
    run.call("log_in", "describe_datamart", "create_instance", "execute_datamart", "delete_instance", "log_out")
    run.call("conclude_attempt")


def is_stopped(run: ByHand, first: ByHand) -> None:
    run.ends()


def disappears(run: ByHand) -> None:
    """Its slot is free and nobody was told: the function that gave it back died before it handed it over."""
    queue = load_queue(run_table(), "default")
    assert queue is not None
    change_queue(run_table(), "default", queue, replace(queue, holders={}))


def disappears_until_the_sweep(run: ByHand, first: ByHand) -> None:
    disappears(run)
    run.system.invoke("sweep", {"look": LOOK_AT_QUEUES})


def disappears_until_the_first_comes_back(run: ByHand, first: ByHand) -> None:
    disappears(run)
    run.system.emulator.clock.advance(1)
    first.call("wait_in_queue")


@pytest.mark.parametrize(
    ("leaves", "serves"),
    [
        (ends_its_attempt, "conclude_attempt"),
        (is_stopped, "end_run"),
        (disappears_until_the_sweep, "sweep"),
        (disappears_until_the_first_comes_back, "wait_in_queue"),
    ],
)
def test_however_a_run_leaves_the_first_in_the_queue_gets_its_slot_and_the_second_is_woken(
    system: System, leaves: Callable[[ByHand, ByHand], None], serves: str
) -> None:
    holding = ByHand(system, datamart=catalogue.CATEGORY_SALES)
    first, second = (ByHand(system, waits=True, datamart=name) for name in (CITY, catalogue.SLOW_LOAD))
    with counted(system.emulator) as calls:
        leaves(holding, first)
    sent = [(call.module, call.operation) for call in calls if call.operation.startswith("SendTask")]
    assert sent == [(serves, "SendTaskSuccess"), (serves, "SendTaskFailure")]
    queue = load_queue(run_table(), "default")
    assert queue is not None
    assert [holder.owner for holder in queue.holders.values()] == [first.arn]
    assert list(queue.tickets) == [second.id]
    for run in (holding, first, second):
        run.ends()


BUSY = {"code": "ERR001", "iServerCode": -2147209054, "message": "Too many jobs."}


def test_a_run_whose_waiting_fails_between_two_attempts_tries_again_with_its_request(
    system: System, monkeypatch: pytest.MonkeyPatch
) -> None:
    holding: list[ByHand] = []
    calls = {"wait_in_queue": 0, "prepare_run": 0}

    def around(module: str, event: Any) -> contextlib.AbstractContextManager[Any]:
        calls[module] = calls.get(module, 0) + 1
        if module == "prepare_run" and calls[module] == 2:
            holding.append(ByHand(system))  # another run takes the slot between the two attempts
        if module == "wait_in_queue":
            if calls[module] == 4:
                holding[0].ends()
            raise lambda_error("ThrottlingException", "slow down")
        return contextlib.nullcontext()

    monkeypatch.setattr(system.emulator.runtime, "around", around)
    system.simulator.inject("execute", status=500, json=BUSY)
    outcome = system.run(datamart=catalogue.CATEGORY_SALES)
    assert outcome.status == "SUCCEEDED", outcome.cause
    assert calls["wait_in_queue"] == 4
    assert outcome.states.count("Attempt") == 2


def test_a_run_in_the_queue_whose_function_cannot_be_started_ends_once_its_queue_minutes_are_used_up(
    system: System, monkeypatch: pytest.MonkeyPatch
) -> None:
    holding, prepared = ByHand(system), count(1)

    def around(module: str, event: Any) -> contextlib.AbstractContextManager[Any]:
        if module == "prepare_run" and 1 < next(prepared) < 1_000:
            raise lambda_error("Lambda.TooManyRequestsException", "Rate exceeded")
        if module == "wait_in_queue":
            holding.ends("FAILED")
        return contextlib.nullcontext()

    monkeypatch.setattr(system.emulator.runtime, "around", around)
    outcome = system.run(datamart=catalogue.CATEGORY_SALES, queueMinutes=180)
    assert outcome.error == "ServerUnavailable"
    assert "waited in the queue for its queueMinutes (180); the last error was: AWS did not start" in str(outcome.cause)
    assert outcome.states.count("ConcludeAttempt") == 2
    assert system.slots() == system.tickets() == {}


def test_a_run_whose_job_was_lost_says_so_of_its_table_if_there_is_no_function_to_take_its_next_slot(
    system: System, monkeypatch: pytest.MonkeyPatch
) -> None:
    prepared = count(1)

    def around(module: str, event: Any) -> contextlib.AbstractContextManager[Any]:
        if module == "prepare_run" and next(prepared) > 1:
            raise lambda_error("Sandbox.Timedout", "Task timed out after 30.00 seconds")
        return contextlib.nullcontext()

    monkeypatch.setattr(system.emulator.runtime, "around", around)
    system.simulator.inject("get_execution", kind="evict session")
    outcome = system.run(prompts=COUNTRIES, rerunIfReplacing=True)
    assert outcome.error == "OutcomeUnknown"
    assert str(outcome.cause).startswith("Loaded: unknown. ")
