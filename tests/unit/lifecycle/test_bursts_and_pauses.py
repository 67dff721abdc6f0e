"""Bursts, pauses, and runs that wait long, in moto's DynamoDB."""

from collections.abc import Iterator
from typing import Any

import pytest
from moto.dynamodb.models import DynamoDBBackend

from functions.handlers import sweep
from functions.lifecycle.hand_over import give_back, look_after, serve
from functions.lifecycle.sweep import queues
from functions.lifecycle.sweep.queues import QueueLook
from functions.runs.queue import UNCONFIRMED_SECONDS
from functions.runs.queue_moves import AT_ONCE, paused, resumed
from functions.runs.slots import ticket_of
from functions.runs.store.queues import join_queue
from functions.runs.store.table import RunTable
from local.emulator.moto_patches import dynamodb_limits
from tests.support.interleaving_simulator import _Context
from tests.unit.lifecycle.queue_system import QueueSystem
from tests.unit.runs.tables import direct_run_table

HOUR = 3_600


@pytest.fixture
def system(monkeypatch: pytest.MonkeyPatch) -> Iterator[QueueSystem]:
    with direct_run_table() as table:
        monkeypatch.setattr(queues, "run_table", lambda: table)
        yield QueueSystem(table, 1, monkeypatch)


def pause(system: QueueSystem, job: str | None = None, hours: float = 1) -> None:
    until = system.time + hours * HOUR
    serve(system.table, "default", system.queue, lambda queue: paused(queue, job, system.time, until))


def resume(system: QueueSystem, job: str | None = None) -> None:
    serve(system.table, "default", system.queue, lambda queue: resumed(queue, job, system.time))


# -- bursts -----------------------------------------------------------------------------------------------------------


def test_a_run_of_a_burst_is_woken_when_a_newer_one_waits_and_is_given_its_name(system: QueueSystem) -> None:
    system.holding()
    for job in ("uploads", "uploads", "others"):
        newest = system.waiting(job=job, burst=True, first=True)
    serve(system.table, "default", system.queue)
    (dismissed,) = system.sent
    assert dismissed[0] == "run-2"
    assert dismissed[1].startswith(f"Superseded: {newest.arn.replace('run-4', 'run-3')} ")


def test_a_run_of_a_burst_is_told_once_that_it_ends_and_again_by_the_look_after_the_queue(system: QueueSystem) -> None:
    owner = system.holding()
    older, _ = system.waiting(job="uploads", burst=True), system.waiting(job="uploads", burst=True)
    for _ in range(2):
        serve(system.table, "default", system.queue)
    give_back(system.table, owner)
    told = [token for token, what in system.sent if what.startswith("Superseded")]
    assert told == ["run-2"]
    system.time += UNCONFIRMED_SECONDS
    look_after(system.table, "default", system.queue)
    told = [token for token, what in system.sent if what.startswith("Superseded")]
    assert told == ["run-2", "run-2"]
    assert system.tickets() == system.ids(older)


def test_a_run_of_a_burst_that_waits_anew_is_told_again(system: QueueSystem) -> None:
    system.holding()
    older, _ = system.waiting(job="uploads", burst=True), system.waiting(job="uploads", burst=True)
    serve(system.table, "default", system.queue)
    system.sent.clear()
    join_queue(system.table, "default", ticket_of(older), older.arn, 1)
    serve(system.table, "default", system.queue)
    assert [token for token, _ in system.sent][:1] == ["run-2"]


def test_a_long_burst_is_dismissed_in_changes_that_dynamodb_takes(
    system: QueueSystem, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(DynamoDBBackend, "update_item", dynamodb_limits._update_item)
    system.holding()
    for _ in range(2 * AT_ONCE + 1):
        system.waiting(job="uploads", burst=True)
    serve(system.table, "default", system.queue)
    told = [token for token, what in system.sent if what.startswith("Superseded")]
    assert len(told) == len(set(told)) == 2 * AT_ONCE


def test_two_functions_that_see_the_same_run_of_a_burst_tell_it_once(system: QueueSystem) -> None:
    system.holding()
    for _ in range(2):
        system.waiting(job="uploads", burst=True)
    as_both_saw_it = system.queue
    for _ in range(2):
        serve(system.table, "default", as_both_saw_it)
    assert [token for token, what in system.sent if what.startswith("Superseded")] == ["run-2"]


def test_the_slot_goes_to_the_newest_of_a_burst_although_an_older_one_still_has_its_ticket(system: QueueSystem) -> None:
    owner = system.holding()
    for _ in range(2):
        system.waiting(job="uploads", burst=True)
    give_back(system.table, owner)
    assert system.owners() == ["(run-3)"]


def upload(minute: int) -> dict[str, Any]:
    """Of a run: the job of the uploads, its datamart, and when the file came."""
    return {"datamart": "Mart", "job": "uploads", "burst": True, "as_of": f"2027-01-15T07:{minute:02}:00Z"}


def test_an_older_run_of_a_burst_that_comes_while_the_newer_has_its_slot_ends_and_names_it(system: QueueSystem) -> None:
    newer = system.run(**upload(2))
    assert system.take(newer) is None
    newer = system.begin(newer)
    late = system.waiting(**upload(1))
    serve(system.table, "default", system.queue)
    ((token, said),) = system.sent
    assert token == "run-2"
    assert said.startswith(f"Superseded: {newer.arn} ")
    give_back(system.table, newer)
    assert system.owners() == []
    give_back(system.table, system.end(late))
    assert system.queue.burst_runs == ()


def test_a_newer_run_of_a_burst_waits_for_the_one_that_has_the_slot_and_goes_after_it(system: QueueSystem) -> None:
    older = system.run(**upload(1))
    assert system.take(older) is None
    system.waiting(**upload(2))
    serve(system.table, "default", system.queue)
    give_back(system.table, system.begin(older))
    assert system.sent[-1] == ("run-2", "slot")
    assert system.owners() == ["(run-2)"]


def test_an_older_run_of_a_burst_that_comes_when_the_newer_has_given_its_slot_back_takes_one(
    system: QueueSystem,
) -> None:
    """Between two attempts of the newer one, say, which is loaded after it then."""
    newer = system.run(**upload(2))
    assert system.take(newer) is None
    give_back(system.table, system.begin(newer))
    assert system.take(system.run(**upload(1))) is None


def test_taking_and_giving_back_a_slot_is_one_write_each_for_a_run_of_a_burst_too(
    system: QueueSystem, monkeypatch: pytest.MonkeyPatch
) -> None:
    give_back(system.table, system.holding())
    run, calls = system.run(**upload(1)), []
    make = RunTable.change
    monkeypatch.setattr(RunTable, "change", lambda *given, **named: calls.append(given[1]) or make(*given, **named))
    assert system.take(run) is None
    assert calls == ["queue/default"]
    run = system.begin(run)
    calls.clear()
    give_back(system.table, run)
    assert calls == ["queue/default"]


@pytest.mark.parametrize("is_handed_over", [True, False])
def test_an_older_run_of_a_burst_that_was_not_reached_never_goes_after_the_newer(
    system: QueueSystem, is_handed_over: bool
) -> None:
    owner = system.holding()
    older = system.waiting(job="uploads", burst=True)
    system.gone.add("run-2")
    if is_handed_over:
        newer = system.waiting(job="uploads", burst=True)
        give_back(system.table, owner)
    else:  # nobody served after a pause, until the newer one asked for a slot
        pause(system)
        give_back(system.table, owner)
        system.time += HOUR
        newer = system.run(job="uploads", burst=True)
    assert system.take(newer) is None
    assert system.tickets() == system.ids(older)
    system.gone.clear()
    give_back(system.table, system.begin(newer))
    assert system.owners() == []
    assert system.take(older) is not None
    system.time += UNCONFIRMED_SECONDS
    look_after(system.table, "default", system.queue)
    assert system.sent[-1][0] == "run-2"
    assert system.sent[-1][1].startswith(f"Superseded: {newer.arn} ")
    give_back(system.table, system.end(older))
    assert system.queue.burst_runs == ()


# -- pauses -----------------------------------------------------------------------------------------------------------


def test_no_slot_is_handed_over_during_a_pause_and_nobody_is_woken(system: QueueSystem) -> None:
    owner = system.holding()
    system.waiting()
    pause(system)
    give_back(system.table, owner)
    assert (system.owners(), system.sent) == ([], [])
    resume(system)
    assert (system.owners(), system.sent) == (["(run-2)"], [("run-2", "slot")])


def test_a_run_that_comes_during_a_pause_waits(system: QueueSystem) -> None:
    give_back(system.table, system.holding())
    pause(system)
    assert system.take(system.run()) is not None
    system.time += HOUR
    assert system.take(system.run()) is None


def test_a_pause_of_a_job_keeps_only_its_runs_waiting(system: QueueSystem) -> None:
    owner = system.holding()
    system.waiting(job="nightly")
    system.waiting(job="hourly")
    pause(system, "nightly")
    give_back(system.table, owner)
    assert system.owners() == ["(run-3)"]


def test_a_pause_that_has_ended_by_itself_is_noticed_by_the_look_after_the_queues(system: QueueSystem) -> None:
    give_back(system.table, system.holding())
    pause(system)
    system.waiting()
    queues.look("default")
    assert system.owners() == []
    system.time += HOUR
    queues.look("default")
    assert system.owners() == ["(run-2)"]


def test_a_queue_that_cannot_be_looked_at_keeps_no_other_from_it(
    system: QueueSystem, monkeypatch: pytest.MonkeyPatch
) -> None:
    system.table.create({"executionArn": "queue/broken", "tickets": {"nobody": {}}})
    system.holding()
    system.waiting()
    monkeypatch.setenv("CONNECTIONS", '["broken", "default"]')
    assert sweep.handler({"look": "queues"}, _Context()) == {"looked": 1}


# -- runs that wait long ----------------------------------------------------------------------------------------------


def test_the_look_after_the_queues_counts_runs_that_wait_long_but_not_those_that_are_paused(
    system: QueueSystem,
) -> None:
    system.holding()
    assert queues.look("default") == QueueLook(slots_taken=1)
    system.waiting(job="nightly", queueMinutes=60)
    system.waiting()
    assert queues.look("default").waiting_long == 0
    system.time += 50 * 60
    assert queues.look("default") == QueueLook(True, 1, 2, 1, 3_002)
    pause(system, "nightly")
    assert queues.look("default").waiting_long == 0
