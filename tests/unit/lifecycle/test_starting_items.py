"""The first items of a large batch: started by several threads, and safe to die in between."""

import threading
from collections.abc import Callable, Iterator
from typing import Any

import botocore.client
import pytest
from moto.core import DEFAULT_ACCOUNT_ID

from functions.lifecycle import batch_progress
from functions.lifecycle.batch_progress import THREADS, move_on
from functions.runs import executions
from functions.runs.batches.model import BatchPlan
from functions.runs.batches.order import ItemState, Plan
from functions.runs.executions import NotAnswered
from functions.runs.store.batches import BatchRecord, begin_batch, find_batch, stop_starting
from functions.runs.store.table import RunTable
from local.emulator.clients import client
from tests.unit.runs.tables import REGION, new_table

ARN = f"arn:aws:states:{REGION}:{DEFAULT_ACCOUNT_ID}:execution:datamart-runner-dev_batches:night"
MACHINE = f"arn:aws:states:{REGION}:{DEFAULT_ACCOUNT_ID}:stateMachine:datamart-runner-dev"


class Killed(BaseException):
    """The function is no more."""


@pytest.fixture
def table(monkeypatch: pytest.MonkeyPatch) -> Iterator[RunTable]:
    monkeypatch.setenv("STATE_MACHINE_ARN", MACHINE)
    executions.step_functions.cache_clear()
    with new_table() as name:
        yield RunTable(name)
    executions.step_functions.cache_clear()


def begun(table: RunTable, items: int) -> BatchRecord:
    seconds = tuple(map(float, range(items)))  # the last one goes first
    plan = BatchPlan(tuple(f"item-{number}" for number in range(items)), Plan(((),) * items, seconds), places=items)
    return begin_batch(table, ARN, plan, [{"project": "P"}] * items, "w" * items)


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[[int], None]], dict[str, str]]:
    """Lets a hook run before each StartExecution, given its number; the calls are answered as Step Functions does."""
    lock, call = threading.Lock(), botocore.client.BaseClient._make_api_call

    def watched(before: Callable[[int], None]) -> dict[str, str]:
        started: dict[str, str] = {}
        count = iter(range(1_000_000))

        def called(self: Any, operation: str, parameters: Any) -> Any:
            if operation != "StartExecution":
                return call(self, operation, parameters)
            before(next(count))
            with lock:
                given = started.setdefault(parameters["name"], parameters["input"])
            assert given == parameters["input"], "the same start twice is one only with the same input"
            return {}

        monkeypatch.setattr(botocore.client.BaseClient, "_make_api_call", called)
        return started

    return watched


def test_many_items_are_started_several_at_a_time_and_each_of_them_once(table: RunTable, calls: Any) -> None:
    meeting = threading.Barrier(THREADS, timeout=30)
    record = begun(table, 10 * THREADS)
    started = calls(lambda number: meeting.wait())  # passes only where so many are at work at once
    move_on(record)
    assert record.states == "r" * 10 * THREADS
    assert len(started) == 10 * THREADS


def test_few_items_are_started_one_after_the_other_in_the_order_of_the_decision(table: RunTable, calls: Any) -> None:
    record = begun(table, THREADS)
    here = set()
    started = calls(lambda number: here.add(threading.get_ident()))
    move_on(record)
    assert here == {threading.get_ident()}
    assert [name.rpartition("-")[0] for name in started] == [f"item-{number}" for number in reversed(range(THREADS))]


def test_what_a_function_that_died_had_not_started_is_started_by_the_next_call(table: RunTable, calls: Any) -> None:
    def dies(number: int) -> None:
        if number >= 3 * THREADS:
            raise Killed

    record = begun(table, 10 * THREADS)
    started = calls(dies)
    with pytest.raises(Killed):
        move_on(record)
    assert len(started) == 3 * THREADS
    again = calls(lambda number: None)
    move_on(record)
    assert again.keys() > started.keys()
    assert len(again) == 10 * THREADS


def test_an_item_that_aws_refuses_keeps_no_other_from_starting(table: RunTable, calls: Any) -> None:
    def throttled(number: int) -> None:
        if number == 5:
            code = {"Error": {"Code": "ThrottlingException", "Message": "Rate exceeded"}}
            raise client("stepfunctions").exceptions.ClientError(code, "StartExecution")

    record = begun(table, 10 * THREADS)
    started = calls(throttled)
    with pytest.raises(Exception, match="Rate exceeded"):
        move_on(record)
    assert len(started) == 10 * THREADS - 1


def unanswered(monkeypatch: pytest.MonkeyPatch) -> None:
    def asked(execution_arn: str, since: float) -> bool:
        raise NotAnswered("Rate exceeded")

    monkeypatch.setattr(batch_progress, "is_running", asked)


def test_nothing_starts_while_nobody_knows_whether_the_batch_has_been_stopped_and_no_end_is_lost(
    table: RunTable, calls: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan = BatchPlan(("a", "b", "c"), Plan(((), (0,), (1,)), (None,) * 3), places=1)
    record = begin_batch(table, ARN, plan, [{"project": "P"}] * 3, "rww")
    started = calls(lambda number: None)
    with monkeypatch.context() as patch:
        unanswered(patch)
        with pytest.raises(NotAnswered):
            move_on(record, {0: ItemState.LOADED}, may_have_ended=True)
    assert (record.states, started) == ("lww", {})
    monkeypatch.setattr(batch_progress, "is_running", lambda execution_arn, since: True)
    move_on(record, {0: ItemState.LOADED}, may_have_ended=True)  # the end is delivered again
    assert (record.states, [name.partition("-")[0] for name in started]) == ("lrw", ["b"])


def test_an_end_after_which_nothing_starts_needs_no_answer(
    table: RunTable, calls: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan = BatchPlan(("a", "b"), Plan(((), ()), (None, None)), places=2)
    record = begin_batch(table, ARN, plan, [{"project": "P"}] * 2, "rr")
    unanswered(monkeypatch)
    move_on(record, {0: ItemState.LOADED}, may_have_ended=True)
    assert record.states == "lr"


def test_a_batch_that_was_stopped_meanwhile_takes_the_end_and_starts_nothing(
    table: RunTable, calls: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan = BatchPlan(("a", "b"), Plan(((), (0,)), (None, None)), places=1)
    record = begin_batch(table, ARN, plan, [{"project": "P"}] * 2, "rw")
    started = calls(lambda number: None)
    stopped = find_batch(table, ARN)
    assert stopped is not None
    stop_starting(stopped)
    unanswered(monkeypatch)
    with pytest.raises(NotAnswered):
        move_on(record, {0: ItemState.LOADED}, may_have_ended=True)
    assert (record.states, record.stopped_at is not None, started) == ("lx", True, {})
