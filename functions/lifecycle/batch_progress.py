"""Moves a batch on: records the end of an item, starts what may start now, and ends the batch's wait. Idempotent.

Called when a batch starts, at the end of each of its items, and by whatever looks after it. An item is claimed by a
conditional write of the batch's states before its run is started, under a name that is always the same: however often
and by however many functions at once, it starts once. A function that dies between claim and start is made good by the
next call, which starts all that should be running again.
"""

import json
import os
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import TypeVar

from botocore.exceptions import BotoCoreError, ClientError

from functions.names import execution_arn
from functions.requests.batches.membership import BatchMembership
from functions.runs.batches.model import BatchPlan, ItemOutcome, input_of_run, name_of_run
from functions.runs.batches.order import (
    GOING_ON,
    Decision,
    ItemState,
    after_decision,
    decide,
    has_ended,
    with_states,
)
from functions.runs.executions import NotAnswered, end_wait, is_running, start
from functions.runs.store.batches import (
    BatchRecord,
    change_states,
    change_states_of_stopped,
    load_items,
    load_plan,
    record_item_outcome,
    stop_starting,
)
from functions.telemetry import logger

THREADS = 8
"""Threads that start items: fewer than the ten connections that botocore keeps."""

Result = TypeVar("Result")


def record_end_of_item(record: BatchRecord, index: int, outcome: ItemOutcome) -> None:
    """Record how an item's run ended, and move the batch on. Raises what AWS answers: call it again later."""
    if index >= len(record.states):
        return
    outcome = record_item_outcome(record.table, record.arn, index, outcome)
    move_on(record, {index: outcome.state}, may_have_ended=True)


def move_on(record: BatchRecord, ends: Mapping[int, ItemState] | None = None, *, may_have_ended: bool = False) -> bool:
    """Take the ``ends`` of items that were running into the states, and do what follows from them.

    Where nothing changes, all that is running is started again: a function may have died before it had done so. A
    caller that the batch's own execution has not called says that this ``may_have_ended``, and that its end may be
    lost: Step Functions is then asked once before anything starts. Returns whether the batch waited and goes on now.

    Raises NotAnswered where Step Functions does not say whether the batch has ended: the ``ends`` are in the states
    then, and what may start does so at the next call.
    """
    plan = load_plan(record.table, record.arn)
    if plan is None:
        return False
    while True:
        states = with_states(record.states, _new_ends(record, ends or {}))
        decision = Decision() if record.stopped_at else _decision(plan, states)
        after = after_decision(states, decision)
        starting: Collection[int] = decision.start
        if after == record.states and not record.stopped_at:
            starting = record.items_in(ItemState.RUNNING)
        if starting and may_have_ended:
            try:
                has_stopped = not is_running(record.arn, record.started_at)
            except NotAnswered:
                _record_ends(record, ends or {})
                raise
            may_have_ended = False
            if has_stopped:
                stop_starting(record)
                continue
        if after == record.states:
            break
        before = record.version, record.stopped_at
        change = change_states_of_stopped if record.stopped_at else change_states
        if change(record, after):
            break
        if before == (record.version, record.stopped_at):
            return False  # the batch has expired
    if starting:
        start_items(record, plan, starting)
    return has_ended(record.states) and record.token is not None and end_wait(record.token)


def _new_ends(record: BatchRecord, ends: Mapping[int, ItemState]) -> dict[int, ItemState]:
    return {index: state for index, state in ends.items() if record.states[index] in GOING_ON}


def _record_ends(record: BatchRecord, ends: Mapping[int, ItemState]) -> None:
    """Take the ends of items into the states, and do nothing of what follows from them."""
    while new := _new_ends(record, ends):
        before = record.version, record.stopped_at
        change = change_states_of_stopped if record.stopped_at else change_states
        if change(record, with_states(record.states, new)) or before == (record.version, record.stopped_at):
            return  # done, or the batch has expired


def _decision(plan: BatchPlan, states: str) -> Decision:
    return decide(plan.plan, states, plan.places - states.count(ItemState.RUNNING))


def start_items(record: BatchRecord, plan: BatchPlan, indexes: Collection[int]) -> None:
    """Start the runs of items, in this order; one that AWS refuses does not keep the others from starting.

    Many are started by several threads, so that all of a large batch's first items fit into the function's time. Raises
    the first of what AWS answers.
    """
    items = load_items(record.table, record.arn, indexes)

    def start_one(index: int) -> ClientError | BotoCoreError | None:
        name = name_of_run(record.arn, index, plan.items[index])
        given = input_of_run(
            items[index].input, BatchMembership(record.arn, plan.items[index], index), name, record.started
        )
        try:
            start(machine_of_runs(), name, json.dumps(given, ensure_ascii=False))
        except (ClientError, BotoCoreError) as error:
            return error
        return None

    due = [index for index in indexes if index in items and items[index].outcome is None]
    failures = [(index, error) for index, error in zip(due, _each(start_one, due), strict=True) if error is not None]
    for index, error in failures:
        logger.warning("an item could not be started", extra={"item": plan.items[index], "reason": str(error)})
    if failures:
        raise failures[0][1]


def _each(work: Callable[[int], Result], indexes: Sequence[int]) -> list[Result]:
    """What ``work`` returns for each; in threads where there are more indexes than threads."""
    if len(indexes) <= THREADS:
        return [work(index) for index in indexes]
    from concurrent.futures import ThreadPoolExecutor  # most batches start a few items at once

    with ThreadPoolExecutor(THREADS) as pool:
        return list(pool.map(work, indexes))


def machine_of_runs() -> str:
    """ARN of the state machine that runs datamarts (environment variable ``STATE_MACHINE_ARN``)."""
    return os.environ["STATE_MACHINE_ARN"]


def execution_of(record: BatchRecord, plan: BatchPlan, index: int) -> str:
    """ARN of the execution that an item has, or will have."""
    return execution_arn(machine_of_runs(), name_of_run(record.arn, index, plan.items[index]))
