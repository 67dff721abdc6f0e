"""Scenarios that once let two runs in, or kept one out, move by move (tests/support/interleaving_simulator.py)."""

from collections.abc import Callable, Iterator
from itertools import count
from unittest.mock import ANY

import pytest

from functions.errors import RunAlreadyEnded, ServerBusy
from functions.limits import FIRST_IN_QUEUE_SECONDS, LONGEST_SESSION
from functions.runs.concurrency import LONGEST_JOB
from functions.runs.store.queues import queue_of
from tests.support.interleaving_simulator import PROJECT, InterleavingSimulator, Run, clear_clients
from tests.support.invocations import Invocation
from tests.support.scripted_server import token_of
from tests.unit.runs.tables import new_table

CITY = "A" * 32

NewSystem = Callable[..., InterleavingSimulator]
_scenarios = count(1)


@pytest.fixture(scope="module")
def table() -> Iterator[str]:
    with new_table() as name:
        yield name


@pytest.fixture
def new_system(table: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[NewSystem]:
    systems: list[InterleavingSimulator] = []

    def make(limit: int = 2, longest: int | None = 600, monitor: bool = False) -> InterleavingSimulator:
        systems.append(InterleavingSimulator(table, f"s{next(_scenarios)}", limit, longest, monitor))
        systems[0].patched(monkeypatch)
        return systems[0]

    yield make
    assert [flaw for system in systems for flaw in system.flaws] == []
    for invocation in (invocation for system in systems for invocation in system.invocations):
        invocation.kill()
    clear_clients()


def go_until(system: InterleavingSimulator, run: Run, step: str, fate: str = "accepted") -> None:
    """Let it go on, undisturbed, until it is about to enter a step."""
    for _ in range(20):
        if run.running and run.step != step:
            system.invoke(run, fate).go_on()
            system.settle()
    assert run.step == step, run.failure


def in_the_middle_of_its_login(system: InterleavingSimulator, run: Run) -> Invocation:
    """A function whose new session nobody else knows."""
    logging_in = system.invoke(run)
    while token_of(run.arn, run.attempt) not in system.server.sessions:
        logging_in.go_on(1)
    return logging_in


def slots_of(system: InterleavingSimulator) -> list[str]:
    """Who has the connection's slots."""
    held = queue_of(system.item(f"queue/{system.connection}")).holders
    return sorted(holder.owner for holder in held.values())


def test_a_stopped_run_that_was_about_to_execute_executes_no_more(new_system: NewSystem) -> None:
    system = new_system()
    stopped, other = system.begin(CITY), system.begin(CITY)
    go_until(system, stopped, "execute_datamart")
    executing = system.invoke(stopped)
    executing.go_on(2)  # it has found its run open, and the intent comes next
    system.stop(stopped)
    go_until(system, other, "execute_datamart")
    executing.go_on()
    system.invoke(other).go_on()
    assert [one.run for one in system.server.requests] == [other.arn]


def test_a_late_login_that_cannot_log_out_leaves_its_session_to_the_end_of_the_run(new_system: NewSystem) -> None:
    system = new_system()
    run = system.begin(CITY)
    go_until(system, run, "log_in")
    token, late = token_of(run.arn, run.attempt), system.invoke(run, "logout fails")
    while token not in system.server.sessions:
        late.go_on(1)
    system.stop(run)
    system.end_run(run).go_on()
    late.go_on()
    assert system.server.sessions == {token}
    system.pass_time(700)  # the end of a stopped run is delivered once more when the longest function has ended
    system.end_run(run).go_on()
    assert system.server.sessions == set()


def test_a_stopped_run_that_has_executed_keeps_others_out_before_it_is_cleaned_up(new_system: NewSystem) -> None:
    system = new_system()
    stopped, other = system.begin(CITY), system.begin(CITY)
    go_until(system, stopped, "get_status")
    system.stop(stopped)
    go_until(system, other, "delete_instance")
    assert other.failure is not None
    assert other.failure["Error"] == "RunInProgress"


def test_a_run_that_came_back_to_its_lease_keeps_it_after_its_orphaned_job_must_have_ended(
    new_system: NewSystem,
) -> None:
    system = new_system(longest=600, monitor=True)
    rerun, other = system.begin(CITY), system.begin(CITY)
    go_until(system, rerun, "get_status")
    system.lose_session(rerun)
    go_until(system, rerun, "log_in")
    assert rerun.attempt == 2
    system.server.requests[0].end()
    go_until(system, rerun, "execute_datamart")
    system.pass_time(1_000)
    system.invoke(rerun).go_on()
    system.settle()
    system.pass_time(250)
    go_until(system, other, "delete_instance")
    assert [one.attempt for one in system.server.requests] == [1, 2]


def test_a_clean_up_that_comes_late_frees_nothing_of_the_next_attempt(new_system: NewSystem) -> None:
    system = new_system()
    again, other = system.begin(CITY), system.begin(CITY)
    go_until(system, again, "delete_instance", "refused")
    late = system.invoke(again)
    late.go_on(2)
    system.invoke(again).go_on()
    system.settle()
    go_until(system, again, "execute_datamart")
    assert again.attempt == 2
    late.go_on()
    system.invoke(again).go_on()
    system.settle()
    go_until(system, other, "delete_instance")
    assert [one.run for one in system.server.requests if not one.over] == [again.arn]


def test_the_end_of_a_orphaned_job_lets_nobody_in_once_its_run_has_come_back(new_system: NewSystem) -> None:
    system = new_system(monitor=True)
    rerun, other = system.begin(CITY), system.begin(CITY)
    go_until(system, rerun, "get_status")
    system.lose_session(rerun)
    go_until(system, rerun, "log_in")
    system.server.requests[0].end()
    go_until(system, other, "create_instance")
    asking = system.invoke(other)
    while not system.server.asked:
        asking.go_on(1)  # it learns from the monitor that the pending job has ended
    go_until(system, rerun, "get_status")
    asking.go_on()
    system.settle()
    assert other.step == "delete_instance"


def test_a_job_that_began_late_is_waited_for(new_system: NewSystem) -> None:
    system = new_system(longest=600)
    lost, other = system.begin(CITY), system.begin(CITY)
    go_until(system, lost, "execute_datamart")
    system.invoke(lost, "late").go_on()
    system.stop(lost)
    system.end_run(lost).go_on()
    system.pass_time(59)  # now it begins
    system.pass_time(590)
    assert len(system.server.live()) == 1
    go_until(system, other, "delete_instance")


def test_nobody_logs_in_beside_the_login_of_a_run_that_was_stopped(new_system: NewSystem) -> None:
    system = new_system(limit=1)
    stopped, other = system.begin(CITY), system.begin("B" * 32)
    logging_in = in_the_middle_of_its_login(system, stopped)
    system.stop(stopped)
    system.invoke(other).go_on()
    system.settle()
    assert other.waits
    logging_in.go_on()
    assert isinstance(logging_in.error, RunAlreadyEnded)
    system.pass_time(FIRST_IN_QUEUE_SECONDS)
    go_until(system, other, "execute_datamart")


def test_two_invocations_of_a_login_open_one_session(new_system: NewSystem) -> None:
    system = new_system()
    run = system.begin(CITY)
    first = in_the_middle_of_its_login(system, run)
    second = system.invoke(run)
    second.go_on()
    assert isinstance(second.error, ServerBusy)
    first.go_on()
    system.settle()
    go_until(system, run, "execute_datamart")
    assert run.attempt == 1


def test_a_login_whose_function_died_is_repeated_in_another_attempt(new_system: NewSystem) -> None:
    system = new_system()
    run = system.begin(CITY)
    first = in_the_middle_of_its_login(system, run)
    second = system.invoke(run)
    first.kill()
    second.go_on()
    system.settle()
    go_until(system, run, "execute_datamart")
    assert run.attempt == 2


def test_a_run_that_waits_keeps_nobody_out_although_its_clean_up_broke_down(new_system: NewSystem) -> None:
    system = new_system(limit=1)
    waiting, other = system.begin(CITY), system.begin(CITY)
    go_until(system, waiting, "delete_instance", "refused")
    system.invoke(waiting).kill()
    system.settle()
    go_until(system, waiting, "prepare_run")
    assert system.item(f"lease/{system.connection}/{PROJECT}/{CITY}") == {
        "executionArn": f"lease/{system.connection}/{PROJECT}/{CITY}",
        "expiresAt": ANY,
    }
    system.pass_time(LONGEST_SESSION)
    go_until(system, other, "execute_datamart")


def test_another_attempt_waits_for_a_orphaned_job_that_began_late(new_system: NewSystem) -> None:
    system = new_system(longest=600)
    rerun = system.begin(CITY)
    go_until(system, rerun, "execute_datamart")
    system.invoke(rerun, "late").go_on()
    system.settle()
    system.lose_session(rerun)
    go_until(system, rerun, "log_in")
    system.pass_time(500)  # now it begins
    system.pass_time(590)
    assert len(system.server.live()) == 1
    go_until(system, rerun, "delete_instance")
    assert rerun.failure is not None
    assert rerun.failure["Error"] == "ServerBusy"
    go_until(system, rerun, "log_in")
    system.pass_time(200)
    go_until(system, rerun, "get_status")
    assert [one.attempt for one in system.server.requests] == [1, 3]


def test_a_run_that_takes_its_slot_again_takes_no_second_one(new_system: NewSystem) -> None:
    system = new_system(limit=2)
    first, second = system.begin(CITY, is_old=True), system.begin("B" * 32, is_old=True)
    go_until(system, first, "create_instance")
    killed = system.invoke(second)
    while slots_of(system) != [first.arn, second.arn]:
        killed.go_on(1)
    go_until(system, first, "log_in", "refused")
    system.invoke(second).go_on()
    assert slots_of(system) == [second.arn]


def test_a_datamart_is_free_at_last_although_nobody_cleaned_up(new_system: NewSystem) -> None:
    system = new_system(longest=None)
    crashed = system.begin(CITY)
    go_until(system, crashed, "get_status")
    system.stop(crashed)
    early = system.begin(CITY)
    go_until(system, early, "delete_instance")
    assert early.failure is not None
    assert early.failure["Error"] == "RunInProgress"
    system.pass_time(LONGEST_JOB)
    other = system.begin(CITY)
    system.invoke(other).go_on()  # it finds out that the first one has ended, whose session may live for some time
    system.settle()
    system.pass_time(LONGEST_SESSION + 1)
    go_until(system, other, "get_status")
    assert [request.run for request in system.server.requests] == [crashed.arn, other.arn]
