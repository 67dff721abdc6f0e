"""Plays that once let two runs in, or kept one out, move by move (tests/unit/runs/stage.py)."""

from collections.abc import Callable, Iterator
from itertools import count
from unittest.mock import ANY

import pytest

from functions.errors import RunAlreadyEnded, ServerBusy
from functions.limits import LONGEST_LOG_IN, LONGEST_SESSION
from functions.runs.concurrency import LONGEST_JOB
from tests.unit.runs.stage import Execution, Invocation, Stage
from tests.unit.runs.tables import new_table

CITY = "A" * 32

NewStage = Callable[..., Stage]
_plays = count(1)


@pytest.fixture(scope="module")
def table() -> Iterator[str]:
    with new_table() as name:
        yield name


@pytest.fixture
def new_stage(table: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[NewStage]:
    stages: list[Stage] = []

    def make(limit: int = 2, longest: int | None = 600, monitor: bool = False) -> Stage:
        stages.append(Stage(table, f"play{next(_plays)}", limit, longest, monitor))
        stages[0].patched(monkeypatch)
        return stages[0]

    yield make
    assert [flaw for stage in stages for flaw in stage.flaws] == []
    for invocation in (invocation for stage in stages for invocation in stage.invocations):
        invocation.kill()


def go_until(stage: Stage, execution: Execution, step: str, fate: str = "accepted") -> None:
    """Let it go on, undisturbed, until it is about to enter a step."""
    for _ in range(20):
        if execution.running and execution.step != step:
            stage.invoke(execution, fate).go_on()
            stage.settle()
    assert execution.step == step, execution.failure


def in_the_middle_of_its_login(stage: Stage, execution: Execution) -> Invocation:
    """A function for which the server has opened a session of which nobody else knows."""
    logging_in = stage.invoke(execution)
    while (execution.arn, execution.attempt) not in stage.sessions:
        logging_in.go_on(1)
    return logging_in


def slots_of(stage: Stage) -> list[str | None]:
    """Who has the connection's slots."""
    slots = [stage.table.load(f"slot/{stage.connection}/{number}") or {} for number in range(stage.limit)]
    return [slot.get("owner") for slot in slots]


def test_a_stopped_run_whose_order_was_about_to_be_given_gives_it_no_more(new_stage: NewStage) -> None:
    stage = new_stage()
    stopped, other = stage.begin(CITY), stage.begin(CITY)
    go_until(stage, stopped, "execute")
    ordering = stage.invoke(stopped)
    ordering.go_on(2)  # it has found its run open, and the intent comes next
    stage.stop(stopped)
    go_until(stage, other, "execute")
    ordering.go_on()
    stage.invoke(other).go_on()
    assert [order.run for order in stage.orders] == [other.arn]


def test_a_stopped_run_that_has_given_its_order_keeps_others_out_before_it_is_cleaned_up(new_stage: NewStage) -> None:
    stage = new_stage()
    stopped, other = stage.begin(CITY), stage.begin(CITY)
    go_until(stage, stopped, "look")
    stage.stop(stopped)
    go_until(stage, other, "clean_up")
    assert other.failure is not None
    assert other.failure["Error"] == "RunInProgress"


def test_a_run_that_came_back_to_its_lease_keeps_it_after_the_doubt_of_its_lost_job_has_passed(
    new_stage: NewStage,
) -> None:
    stage = new_stage(longest=600, monitor=True)
    rerun, other = stage.begin(CITY), stage.begin(CITY)
    go_until(stage, rerun, "look")
    rerun.session_lost = True
    go_until(stage, rerun, "log_in")
    assert rerun.attempt == 2
    stage.orders[0].end()
    go_until(stage, rerun, "execute")
    stage.pass_time(1_000)
    stage.invoke(rerun).go_on()
    stage.settle()
    stage.pass_time(250)
    go_until(stage, other, "clean_up")
    assert [order.attempt for order in stage.orders] == [1, 2]


def test_a_clean_up_that_comes_late_frees_nothing_of_the_next_attempt(new_stage: NewStage) -> None:
    stage = new_stage()
    again, other = stage.begin(CITY), stage.begin(CITY)
    go_until(stage, again, "clean_up", "refused")
    late = stage.invoke(again)
    late.go_on(2)
    stage.invoke(again).go_on()
    stage.settle()
    go_until(stage, again, "execute")
    assert again.attempt == 2
    late.go_on()
    stage.invoke(again).go_on()
    stage.settle()
    go_until(stage, other, "clean_up")
    assert [order.run for order in stage.orders if not order.over] == [again.arn]


def test_the_end_of_a_lost_job_lets_nobody_in_once_its_run_has_come_back(new_stage: NewStage) -> None:
    stage = new_stage(monitor=True)
    rerun, other = stage.begin(CITY), stage.begin(CITY)
    go_until(stage, rerun, "look")
    rerun.session_lost = True
    go_until(stage, rerun, "log_in")
    stage.orders[0].end()
    go_until(stage, other, "create")
    asking = stage.invoke(other)
    while not stage.asked:
        asking.go_on(1)  # it learns from the monitor that the job of the doubt has ended
    go_until(stage, rerun, "look")
    asking.go_on()
    stage.settle()
    assert other.step == "clean_up"


def test_a_job_that_began_late_is_waited_for(new_stage: NewStage) -> None:
    stage = new_stage(longest=600)
    lost, other = stage.begin(CITY), stage.begin(CITY)
    go_until(stage, lost, "execute")
    stage.invoke(lost, "late").go_on()
    stage.stop(lost)
    stage.end_run(lost).go_on()
    stage.pass_time(59)  # now it begins
    stage.pass_time(590)
    assert len(stage.live()) == 1
    go_until(stage, other, "clean_up")


def test_nobody_logs_in_beside_the_login_of_a_run_that_was_stopped(new_stage: NewStage) -> None:
    stage = new_stage(limit=1)
    stopped, other = stage.begin(CITY), stage.begin("B" * 32)
    logging_in = in_the_middle_of_its_login(stage, stopped)
    stage.stop(stopped)
    go_until(stage, other, "clean_up")
    assert other.failure is not None
    assert other.failure["Error"] == "ServerBusy"
    logging_in.go_on()
    assert isinstance(logging_in.error, RunAlreadyEnded)
    stage.pass_time(LONGEST_LOG_IN)
    go_until(stage, other, "execute")


def test_two_invocations_of_a_login_open_one_session(new_stage: NewStage) -> None:
    stage = new_stage()
    run = stage.begin(CITY)
    first = in_the_middle_of_its_login(stage, run)
    second = stage.invoke(run)
    second.go_on()
    assert isinstance(second.error, ServerBusy)
    first.go_on()
    stage.settle()
    go_until(stage, run, "execute")
    assert run.attempt == 1


def test_a_login_whose_function_died_is_repeated_in_another_attempt(new_stage: NewStage) -> None:
    stage = new_stage()
    run = stage.begin(CITY)
    first = in_the_middle_of_its_login(stage, run)
    second = stage.invoke(run)
    first.kill()
    second.go_on()
    stage.settle()
    go_until(stage, run, "execute")
    assert run.attempt == 2


def test_a_run_that_waits_keeps_nobody_out_although_its_clean_up_broke_down(new_stage: NewStage) -> None:
    stage = new_stage(limit=1)
    waiting, other = stage.begin(CITY), stage.begin(CITY)
    go_until(stage, waiting, "clean_up", "refused")
    stage.invoke(waiting).kill()
    stage.settle()
    go_until(stage, waiting, "log_in")
    assert stage.table.load(f"lease/{stage.connection}/{'P' * 32}/{CITY}") == {
        "executionArn": f"lease/{stage.connection}/{'P' * 32}/{CITY}",
        "expiresAt": ANY,
    }
    stage.pass_time(LONGEST_SESSION)
    go_until(stage, other, "execute")


def test_another_attempt_waits_for_a_lost_job_that_began_late(new_stage: NewStage) -> None:
    stage = new_stage(longest=600)
    rerun = stage.begin(CITY)
    go_until(stage, rerun, "execute")
    stage.invoke(rerun, "late").go_on()
    stage.settle()
    rerun.session_lost = True
    go_until(stage, rerun, "log_in")
    stage.pass_time(500)  # now it begins
    stage.pass_time(590)
    assert len(stage.live()) == 1
    go_until(stage, rerun, "clean_up")
    assert rerun.failure is not None
    assert rerun.failure["Error"] == "ServerBusy"
    go_until(stage, rerun, "log_in")
    stage.pass_time(200)
    go_until(stage, rerun, "look")
    assert [order.attempt for order in stage.orders] == [1, 3]


def test_a_run_that_takes_its_slot_again_takes_no_second_one(new_stage: NewStage) -> None:
    stage = new_stage(limit=2)
    first, second = stage.begin(CITY), stage.begin("B" * 32)
    go_until(stage, first, "create")
    killed = stage.invoke(second)
    while slots_of(stage) != [first.arn, second.arn]:
        killed.go_on(1)
    go_until(stage, first, "log_in", "refused")
    stage.invoke(second).go_on()
    assert slots_of(stage) == [None, second.arn]


def test_a_datamart_is_free_at_last_although_nobody_cleaned_up(new_stage: NewStage) -> None:
    stage = new_stage(longest=None)
    crashed, other = stage.begin(CITY), stage.begin(CITY)
    go_until(stage, crashed, "look")
    stage.stop(crashed)
    stage.pass_time(LONGEST_JOB)
    go_until(stage, other, "look")
