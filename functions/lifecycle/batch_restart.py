"""The rest of a batch that has ended: its plan, its inputs and the states in which its items begin.

The restart is a batch of its own with the same items: what is loaded stays loaded, and lets others start.
"""

from dataclasses import replace
from typing import Any

from functions.errors import InvalidRequest
from functions.requests.batches.batch_input import BatchRestart
from functions.runs.batches.model import BatchPlan
from functions.runs.batches.order import ItemState
from functions.runs.executions import described
from functions.runs.store.batches import find_batch, load_items, load_plan
from functions.runs.store.table import RunTable
from functions.similar_names import nearest
from functions.text import quoted

RUN_AGAIN = frozenset({ItemState.WAITING, ItemState.FAILED, ItemState.SKIPPED, ItemState.STOPPED})
"""States of items whose tables are certainly not loaded by the batch."""


def rest_of(table: RunTable, restart: BatchRestart) -> tuple[BatchPlan, tuple[dict[str, Any], ...], str]:
    """Plan, inputs and states of the restart. Raises InvalidRequest where there is nothing that may be restarted."""
    before, plan = find_batch(table, restart.execution), load_plan(table, restart.execution)
    if before is None or plan is None or not before.states:
        raise InvalidRequest(f"restartOf: nothing is known of the batch {quoted(restart.execution, 2000)}.")
    found = described(restart.execution)
    if found is not None and found["status"] == "RUNNING":
        raise InvalidRequest("restartOf: that batch is still running; stop it, or wait for its end.")
    if going_on := [plan.items[index] for index in before.items_in(ItemState.RUNNING)]:
        raise InvalidRequest(
            f"restartOf: {len(going_on)} items of that batch have not ended yet, {quoted(going_on[0])} among them; "
            "wait for their ends."
        )
    states = _states(plan, before.states, restart.force)
    if ItemState.WAITING not in states:
        raise InvalidRequest("restartOf: nothing of that batch is left to run: each item is loaded, or may be.")
    items = load_items(table, restart.execution, range(len(states)))
    if len(items) < len(states):
        raise InvalidRequest("restartOf: the items of that batch have expired; start it anew.")
    inputs = tuple(items[index].input for index in range(len(states)))
    return replace(plan, restart_of=restart.execution), inputs, states


def _states(plan: BatchPlan, states: str, force: tuple[str, ...]) -> str:
    places = {name: index for index, name in enumerate(plan.items)}
    if unknown := [name for name in force if name not in places]:
        raise InvalidRequest(f"force: there is no item {quoted(unknown[0])}{nearest(unknown[0], places)}.")
    forced = {places[name] for name in force}
    for index in forced:
        if states[index] == ItemState.LOADED:
            raise InvalidRequest(
                f"force: {quoted(plan.items[index])} is loaded; to load it once more, start a run of it."
            )
    return "".join(
        ItemState.WAITING if state in RUN_AGAIN or index in forced else state for index, state in enumerate(states)
    )
