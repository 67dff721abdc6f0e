"""Slots are taken, waited for, handed over and given back, in moto's DynamoDB."""

from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import count
from typing import Any

import pytest
from botocore.exceptions import EndpointConnectionError
from moto.dynamodb.models import DynamoDBBackend

from functions.errors import ERRORS, ServerBusy
from functions.lifecycle import hand_over
from functions.lifecycle.hand_over import (
    HOLDERS_ASKED,
    LOST_SECONDS,
    drop_tickets_of_ended,
    give_back,
    look_after,
    serve,
)
from functions.lifecycle.slot_at_login import take_or_wait
from functions.lifecycle.sweep import queues
from functions.limits import LONGEST_LOG_IN, LONGEST_SESSION, SWEEP_GRACE, state_timeout
from functions.runs.queue import UNCONFIRMED_SECONDS
from functions.runs.queue_moves import AT_ONCE
from functions.runs.slots import ticket_of
from functions.runs.store.attempts import begin_attempt, begin_login, clear_session, close_attempt, set_session
from functions.runs.store.queues import StoredQueue, join_queue
from functions.runs.store.runs import load_run
from functions.runs.store.tickets import Waiter, find_waiter, set_waiter
from local.emulator.moto_patches import dynamodb_limits
from tests.support.cases import exhaustive
from tests.unit.lifecycle.queue_system import NOON, SESSION, QueueSystem
from tests.unit.runs.tables import direct_run_table

DOWN = EndpointConnectionError(endpoint_url="https://states.eu-west-1.amazonaws.com/")


@pytest.fixture(params=[1])
def system(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[QueueSystem]:
    with direct_run_table() as table:
        yield QueueSystem(table, request.param, monkeypatch)


BELOW_A = {"name": "City", "path": "/A"}

two_slots = pytest.mark.parametrize("system", [2], indirect=True)


# -- taking -----------------------------------------------------------------------------------------------------------


@two_slots
def test_a_connection_has_as_many_slots_as_it_may_have_runs(system: QueueSystem) -> None:
    for _ in range(2):
        system.holding()
    assert system.take(system.run()) is not None
    assert system.owners() == ["run-1", "run-2"]


@two_slots
def test_two_runs_of_one_datamart_never_both_have_a_slot(system: QueueSystem) -> None:
    system.holding("City")
    assert system.take(system.run("City")) is not None
    assert system.owners() == ["run-1"]


@pytest.mark.parametrize(
    ("one", "another", "same"),
    [
        ("City", "City", True),
        ("Cit\u00e9", "Cite\u0301", True),
        ("a" * 32, "A" * 32, True),
        ("City", "Town", False),
        pytest.param(
            {"name": "City", "path": "/A"}, {"name": "City", "path": "/A"}, True, marks=pytest.mark.exhaustive
        ),
        (BELOW_A, BELOW_A | {"path": "/B"}, False),
        ("City", BELOW_A, False),
    ],
)
def test_requests_that_name_a_datamart_alike_have_one_key(
    system: QueueSystem, one: str, another: str, same: bool
) -> None:
    assert (system.key(system.run(one)) == system.key(system.run(another))) is same


def test_another_invocation_of_the_step_takes_no_second_slot(system: QueueSystem) -> None:
    run = system.run()
    assert system.take(run) is None
    assert system.take(run) is None
    assert system.owners() == ["run-1"]


@two_slots
def test_a_newcomer_takes_a_free_slot_where_all_that_wait_wait_for_their_datamart(system: QueueSystem) -> None:
    system.holding("City")
    system.waiting("City")
    assert system.take(system.run()) is None
    assert system.owners() == ["run-1", "run-3"]


@pytest.mark.parametrize("system", [200], indirect=True)
def test_a_slot_is_taken_where_the_sessions_of_a_whole_night_have_passed(
    system: QueueSystem, monkeypatch: pytest.MonkeyPatch
) -> None:
    """DynamoDB refuses a condition that names them all."""
    monkeypatch.setattr(DynamoDBBackend, "update_item", dynamodb_limits._update_item)
    system.holding()
    passed = {f"{number:016x}": {"o": "arn", "s": NOON, "u": NOON + 1} for number in range(200)}
    system.table.change("queue/default", put={"holders": passed})
    system.time += 60
    assert system.take(system.run()) is None
    assert len(system.queue.holders) == 201 - AT_ONCE


@two_slots
def test_a_run_under_an_earlier_definition_does_not_bring_back_the_number_of_slots_at_its_start(
    system: QueueSystem,
) -> None:
    system.holding()
    system.table.change("queue/default", put={"most": 1})
    with pytest.raises(ServerBusy):
        take_or_wait(system.table, system.begin(system.run()))
    assert system.queue.most == 1


# -- giving back ------------------------------------------------------------------------------------------------------


def test_a_slot_that_is_given_back_is_free_where_nobody_waits(system: QueueSystem) -> None:
    give_back(system.table, system.holding())
    assert system.owners() == []
    assert system.sent == []


def test_a_slot_that_is_given_back_goes_to_the_first_and_the_next_is_woken(system: QueueSystem) -> None:
    owner, second, third = system.holding(), system.waiting(), system.waiting()
    give_back(system.table, owner)
    assert system.owners() == ["(run-2)"]
    assert system.tickets() == system.ids(third)
    assert system.sent == [("run-2", "slot"), ("run-3", system.sent[1][1])]
    assert system.sent[1][1].startswith("FirstInQueue: 600 seconds are left")
    assert system.take(second) is None
    assert system.owners() == ["run-2"]


def test_the_first_in_the_queue_is_woken_once(system: QueueSystem) -> None:
    owner = system.holding()
    system.waiting(first=True)
    serve(system.table, owner.connection, system.queue)
    assert system.sent == []


@two_slots
def test_no_other_run_is_woken_until_the_one_that_looks_after_the_queue_goes(system: QueueSystem) -> None:
    holding = [system.holding(), system.holding()]
    waiting = [system.waiting() for _ in range(5)]
    serve(system.table, "default", system.queue)
    looks = [token for token, told in system.sent if told != "slot"]
    assert looks == ["run-4"], "the last of the two that go next"
    for owner in holding:
        give_back(system.table, owner)
    assert [token for token, told in system.sent if told == "slot"] == ["run-3", "run-4"]
    assert [token for token, told in system.sent if told != "slot"] == ["run-4", "run-6"]
    assert system.tickets() == system.ids(*waiting[2:])


def test_a_run_that_did_not_hear_that_it_is_the_first_is_told_again_by_the_look_after_the_queue(
    system: QueueSystem,
) -> None:
    system.holding()
    first = system.waiting()
    system.outage = DOWN
    serve(system.table, "default", system.queue)
    system.outage = None
    serve(system.table, "default", system.queue)
    system.time += UNCONFIRMED_SECONDS - 1
    look_after(system.table, "default", system.queue)
    assert system.sent == []
    system.time += 1
    look_after(system.table, "default", system.queue)
    ((token, told),) = system.sent
    assert (token, told.split(":")[0]) == ("run-2", "FirstInQueue")
    join_queue(system.table, "default", ticket_of(first, first=True), first.arn, 1)
    system.time += UNCONFIRMED_SECONDS
    look_after(system.table, "default", system.queue)
    assert len(system.sent) == 1


@two_slots
def test_giving_back_hands_over_every_slot_that_is_free(system: QueueSystem) -> None:
    owner, ended = system.holding("City"), system.holding()
    system.waiting("City")
    system.waiting()
    system.end(ended)
    give_back(system.table, owner)
    assert system.owners() == ["(run-3)", "run-2"]
    give_back(system.table, ended)
    assert system.owners() == ["(run-3)", "(run-4)"]


def test_giving_back_changes_nothing_for_a_run_that_holds_nothing(system: QueueSystem) -> None:
    system.holding()
    give_back(system.table, system.begin(system.run()))
    assert system.owners() == ["run-1"]


def test_an_earlier_attempt_that_gives_back_takes_nothing_from_the_next(system: QueueSystem) -> None:
    late = system.holding()
    close_attempt(late)
    run = load_run(system.table, late.arn, 2)
    begin_attempt(run)
    assert system.take(load_run(system.table, late.arn, 2)) is None
    give_back(system.table, late)
    assert system.owners() == ["run-1"]
    give_back(system.table, load_run(system.table, late.arn, 3))
    assert system.owners() == []


def test_an_attempt_that_gives_back_late_keeps_what_was_handed_over_for_the_next(system: QueueSystem) -> None:
    owner, waiting = system.holding(), system.waiting()
    give_back(system.table, owner)
    give_back(system.table, system.begin(waiting))
    assert system.owners() == ["(run-2)"]


def test_a_run_that_has_ended_gives_back_what_was_handed_over_to_it_and_its_ticket(system: QueueSystem) -> None:
    owner, given, waiting = system.holding(), system.waiting(), system.waiting()
    give_back(system.table, owner)
    give_back(system.table, system.end(waiting))
    assert system.tickets() == set()
    give_back(system.table, system.end(given))
    assert system.owners() == []


# -- sessions that were left ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("ended", [False, exhaustive(True)])
def test_a_slot_is_kept_while_a_session_may_live_and_its_datamart_is_free(system: QueueSystem, ended: bool) -> None:
    run, other = system.holding("City"), system.run("City")
    set_session(run, SESSION)
    if ended:
        system.end(run)
    give_back(system.table, run)
    assert set(system.queue.holders) == system.ids(run)
    system.time = NOON + LONGEST_SESSION - 1
    assert system.take(other) is not None
    system.time = NOON + LONGEST_SESSION
    assert system.take(other) is None
    assert system.owners() == ["run-2"]


def test_a_slot_is_given_back_in_one_change_whatever_the_fraction_of_the_second_is(
    system: QueueSystem, monkeypatch: pytest.MonkeyPatch
) -> None:
    system.time = NOON + 0.123456
    run = system.holding()
    set_session(run, SESSION)
    real, changes = hand_over.change_queue, count(1)

    def counted(*args: Any) -> StoredQueue:
        assert next(changes) == 1
        return real(*args)

    monkeypatch.setattr(hand_over, "change_queue", counted)
    give_back(system.table, system.end(run))
    assert set(system.queue.holders) == system.ids(run)


def test_a_run_comes_back_to_the_slot_that_it_left_with_a_session_also_before_those_who_wait(
    system: QueueSystem,
) -> None:
    run = system.holding()
    set_session(run, SESSION)
    give_back(system.table, run)
    system.waiting()
    assert system.take(run) is None
    assert system.owners() == ["run-1"]
    assert set(system.queue.holders) == {system.key(run)}


def test_the_slot_of_a_session_is_free_when_the_session_was_ended(system: QueueSystem) -> None:
    run = system.holding()
    set_session(run, SESSION)
    give_back(system.table, system.end(run))
    clear_session(run)
    give_back(system.table, run)
    assert system.owners() == []


def test_the_slot_of_a_run_that_was_about_to_log_in_is_kept_until_its_function_has_ended(system: QueueSystem) -> None:
    run, other = system.holding(), system.run()
    begin_login(run)
    give_back(system.table, system.end(run))
    system.time = NOON + LONGEST_LOG_IN - 1
    assert system.take(other) is not None
    system.time = NOON + LONGEST_LOG_IN
    assert system.take(other) is None


# -- tokens that are gone, and runs that have ended -------------------------------------------------------------------


def test_a_slot_goes_on_where_the_run_that_was_next_has_been_stopped(system: QueueSystem) -> None:
    owner, stopped = system.holding(), system.waiting()
    system.waiting()
    system.ended.add(stopped.arn)
    system.gone.add("run-2")
    give_back(system.table, owner)
    assert system.owners() == ["(run-3)"]
    assert [token for token, _ in system.sent] == ["run-3", "run-3"]  # it was woken as first, too


def test_a_slot_is_kept_for_a_run_that_is_about_to_wait_again(system: QueueSystem) -> None:
    owner, woken = system.holding(), system.waiting()
    system.waiting()
    system.gone.add("run-2")
    give_back(system.table, owner)
    assert system.owners() == ["(run-2)"]
    assert system.take(woken) is None


def test_a_slot_that_its_run_does_not_come_for_goes_on_although_the_execution_runs(system: QueueSystem) -> None:
    owner, lost = system.holding(), system.waiting()
    system.waiting()
    system.gone.add("run-2")
    give_back(system.table, owner)
    system.time += LOST_SECONDS - 2
    look_after(system.table, "default", system.queue)
    assert system.owners() == ["(run-2)"]
    system.time += 2
    look_after(system.table, "default", system.queue)
    assert system.owners() == ["(run-3)"]
    assert system.take(lost) is not None


def test_a_run_that_pauses_between_two_attempts_comes_back_before_its_slot_goes_on() -> None:
    pauses = [error.next_attempt.longest_pause for error in ERRORS.values() if error.next_attempt is not None]
    assert 0 < max(pauses) + state_timeout("conclude_attempt") + state_timeout("prepare_run") < LOST_SECONDS


def test_a_newer_token_is_used_where_the_run_waits_again_by_now(
    system: QueueSystem, monkeypatch: pytest.MonkeyPatch
) -> None:
    owner, woken = system.holding(), system.waiting()
    system.gone.add("run-2")
    real, (mine,) = system._send, system.ids(woken)

    def send(token: str, what: str) -> None:
        if token == "run-2":
            set_waiter(system.table, mine, Waiter(woken.arn, "default", "newer"), system.time)
        real(token, what)

    monkeypatch.setattr(system, "_send", send)
    give_back(system.table, owner)
    assert system.sent == [("newer", "slot")]


def test_a_run_that_could_not_be_told_keeps_its_slot_and_is_told_again(system: QueueSystem) -> None:
    owner = system.holding()
    system.waiting()
    system.outage = DOWN
    give_back(system.table, owner)
    assert system.owners() == ["(run-2)"]
    system.outage = None
    system.time += UNCONFIRMED_SECONDS - 1
    look_after(system.table, "default", system.queue)
    assert system.sent == []
    system.time += 1
    look_after(system.table, "default", system.queue)
    assert system.sent == [("run-2", "slot")]


def test_a_slot_is_kept_for_a_run_without_a_token_which_asks_again_by_itself(system: QueueSystem) -> None:
    owner, old = system.holding(), system.waiting(token=None)
    give_back(system.table, owner)
    assert system.owners() == ["(run-2)"]
    assert system.take(old) is None


def test_slots_of_runs_that_have_ended_go_to_those_who_wait(system: QueueSystem) -> None:
    owner = system.holding()
    system.waiting()
    look_after(system.table, "default", system.queue)
    assert system.owners() == ["run-1"]
    system.ended.add(owner.arn)
    look_after(system.table, "default", system.queue)
    assert system.owners() == ["(run-2)"]


@pytest.mark.parametrize("system", [HOLDERS_ASKED + 1], indirect=True)
def test_the_sweep_frees_every_slot_of_an_execution_that_has_ended_and_says_which_it_could_not(
    system: QueueSystem, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queues, "run_table", lambda: system.table)
    for _ in range(HOLDERS_ASKED + 1):
        system.time += 1
        system.take(youngest := system.run())
    system.ended.add(youngest.arn)
    system.time += SWEEP_GRACE

    def describe(arn: str) -> dict[str, Any]:
        ended = {"status": "ABORTED", "stopDate": datetime.fromtimestamp(NOON, UTC)}
        return ended if arn in system.ended else {"status": "RUNNING"}

    with monkeypatch.context() as patch:
        patch.setattr(system, "describe_execution", lambda executionArn: {"status": "RUNNING"})
        (thing,) = queues.free("default", describe)
        assert (thing.left, thing.now) == (True, queues.NOT_FREED)
    (thing,) = queues.free("default", describe)
    assert (thing.left, thing.now) == (False, "free now")
    assert len(system.queue.holders) == HOLDERS_ASKED


def test_a_run_that_has_ended_can_begin_no_attempt_in_the_slot_that_was_taken_from_it(system: QueueSystem) -> None:
    run = system.run()
    system.take(run)
    system.waiting()
    system.ended.add(run.arn)
    look_after(system.table, "default", system.queue)
    late = load_run(system.table, run.arn, 1)
    with pytest.raises(Exception, match="this run is closed"):
        begin_attempt(late)


def test_the_slot_of_a_run_of_which_step_functions_does_not_tell_is_kept(
    system: QueueSystem, monkeypatch: pytest.MonkeyPatch
) -> None:
    owner = system.holding()
    system.waiting()
    system.ended.add(owner.arn)

    def fail(executionArn: str) -> None:
        raise DOWN

    monkeypatch.setattr(system, "describe_execution", fail)
    look_after(system.table, "default", system.queue)
    assert system.owners() == ["run-1"]


def test_tickets_of_runs_that_have_ended_are_removed(system: QueueSystem) -> None:
    system.holding()
    stopped, waiting = system.waiting(), system.waiting()
    system.ended.add(stopped.arn)
    drop_tickets_of_ended(system.table, "default", system.queue)
    assert system.tickets() == system.ids(waiting)


# -- runs that would rather end than wait -----------------------------------------------------------------------------


@two_slots
def test_a_run_that_would_rather_end_is_told_when_its_datamart_begins_to_run(system: QueueSystem) -> None:
    owner = system.holding()
    system.holding()
    system.waiting("City")
    system.waiting("City", onConflict="skip")
    give_back(system.table, owner)
    assert system.owners() == ["(run-3)", "run-2"]
    told = [what for token, what in system.sent if token == "run-4"]
    assert [what.startswith("RunInProgress: another run of this datamart is under way") for what in told][-1:] == [True]


def test_a_token_is_never_shown(system: QueueSystem) -> None:
    system.holding()
    waiting = system.waiting(token="planted")
    (mine,) = system.ids(waiting)
    found = find_waiter(system.table, mine)
    assert found is not None
    assert found.token == "planted"
    assert "planted" not in repr(found)
