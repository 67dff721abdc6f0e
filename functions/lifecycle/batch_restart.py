"""The rest of a batch that has ended: its plan, its inputs and the states in which its items begin.

The restart is a batch of its own with the same items: what is loaded stays loaded, and lets others start. So does what
a person has found loaded. An item whose run was skipped for that of a newer upload (``burst``) stays skipped, unless a
person names it: the older upload would replace what the newer one has loaded. A batch has one restart at most: who
restarts it again gets the rest of its newest restart, so that nothing which that one has loaded is loaded twice.
"""

from dataclasses import replace
from typing import Any

from functions.errors import InvalidRequest
from functions.requests.batches.batch_input import BatchRestart
from functions.runs.batches.conclusion import WORDS
from functions.runs.batches.model import BatchPlan
from functions.runs.batches.order import ItemState
from functions.runs.executions import described
from functions.runs.store.batches import BatchRecord, claim_restart, find_batch, load_items, load_plan
from functions.runs.store.table import RunTable
from functions.similar_names import nearest
from functions.text import quoted

RUN_AGAIN = frozenset({ItemState.WAITING, ItemState.FAILED, ItemState.SKIPPED, ItemState.STOPPED})
"""States of items whose tables are certainly not loaded by the batch."""


MOST_RESTARTS = 100
"""Restarts of restarts that are followed; people give up earlier."""


def rest_of(
    table: RunTable, restart: BatchRestart, execution_arn: str
) -> tuple[BatchPlan, tuple[dict[str, Any], ...], str]:
    """Plan, inputs and states of the restart ``execution_arn``, which is from now on the only one of that batch.

    Raises InvalidRequest where there is nothing that may be restarted.
    """
    before = _newest(table, restart.execution, execution_arn)
    plan = load_plan(table, before.arn)
    if plan is None:
        raise _unknown(before.arn)
    if _runs(before.arn):
        which = "that batch" if before.arn == restart.execution else f"its restart {quoted(before.arn, 2000)}"
        raise InvalidRequest(f"restartOf: {which} is still running; stop it, or wait for its end.")
    if going_on := [plan.items[index] for index in before.items_in(ItemState.RUNNING)]:
        raise InvalidRequest(
            f"restartOf: {len(going_on)} items of that batch have not ended yet, {quoted(going_on[0])} among them; "
            "wait for their ends."
        )
    forced, accepted = _named(plan, "force", restart.force), _named(plan, "accept", restart.accept)
    items = load_items(table, before.arn, range(len(before.states)))
    superseded = frozenset(plan.superseded).union(
        index for index, item in items.items() if item.outcome and item.outcome.state == ItemState.SKIPPED
    )
    states = _states(plan, before.states, forced, accepted, superseded)
    if ItemState.WAITING not in states and not accepted:
        raise InvalidRequest(
            "restartOf: nothing of that batch is left to run: each item is loaded, or may be. Look at the tables of "
            "those that may be loaded, and name them in force or accept."
        )
    if len(items) < len(states):
        raise InvalidRequest("restartOf: the items of that batch have expired; start it anew.")
    inputs = tuple(items[index].input for index in range(len(states)))
    restarted = replace(
        plan,
        restart_of=before.arn,
        accepted=tuple(sorted(accepted.union(plan.accepted))),
        superseded=tuple(sorted(superseded - forced - accepted)),
    )
    if not claim_restart(before, execution_arn):
        raise InvalidRequest("restartOf: another batch has begun to restart that one at this moment.")
    return restarted, inputs, states


def _newest(table: RunTable, first: str, execution_arn: str) -> BatchRecord:
    """The batch, or its newest restart that began: what that one has loaded, it has loaded for good.

    A restart that claimed the batch and never began, because its function could not go on, is passed over.
    """
    arn = first
    for _ in range(MOST_RESTARTS):
        found = find_batch(table, arn)
        if found is None or not found.states:
            raise _unknown(arn)
        if found.restarted_by in (None, execution_arn):
            return found
        after = find_batch(table, found.restarted_by)
        if after is not None and after.states:
            arn = after.arn
        elif _runs(found.restarted_by):
            raise InvalidRequest(f"restartOf: {quoted(found.restarted_by, 2000)} has begun to restart that batch.")
        else:
            return found
    raise InvalidRequest(f"restartOf: that batch was restarted {MOST_RESTARTS} times; start it anew.")


def _runs(execution_arn: str) -> bool:
    found = described(execution_arn)
    return found is not None and found["status"] == "RUNNING"


def _unknown(execution_arn: str) -> InvalidRequest:
    return InvalidRequest(f"restartOf: nothing is known of the batch {quoted(execution_arn, 2000)}.")


def _named(plan: BatchPlan, key: str, names: tuple[str, ...]) -> frozenset[int]:
    """The places of items that a person names. Raises InvalidRequest."""
    places = {name: index for index, name in enumerate(plan.items)}
    if unknown := [name for name in names if name not in places]:
        raise InvalidRequest(f"{key}: there is no item {quoted(unknown[0])}{nearest(unknown[0], places)}.")
    return frozenset(places[name] for name in names)


def _states(
    plan: BatchPlan, states: str, forced: frozenset[int], accepted: frozenset[int], superseded: frozenset[int]
) -> str:
    for index in sorted(forced):
        if states[index] == ItemState.LOADED:
            raise InvalidRequest(
                f"force: {quoted(plan.items[index])} is loaded; to load it once more, start a run of it."
            )
    for index in sorted(accepted):
        if states[index] != ItemState.UNKNOWN and index not in superseded:
            raise InvalidRequest(
                f"accept: {quoted(plan.items[index])} is {WORDS[ItemState(states[index])]}; only an item that may be "
                "loaded (unknown) can be accepted. Leave it out."
            )
    begin = dict.fromkeys(superseded, ItemState.SKIPPED)
    begin |= dict.fromkeys(forced, ItemState.WAITING) | dict.fromkeys(accepted, ItemState.LOADED)
    return "".join(
        begin.get(index, ItemState.WAITING if state in RUN_AGAIN else state) for index, state in enumerate(states)
    )
