"""How a batch ends: the counts, a line an item, and whether too many of its tables were not loaded. Pure."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from functions import clock
from functions.errors import BatchIncomplete
from functions.runs.batches.model import BatchOutcome, BatchPlan, BatchRun, ItemOutcome
from functions.runs.batches.order import FIRST_CAUSES, ItemState, Plan
from functions.text import quoted, shorten

WORDS = {
    ItemState.WAITING: "not started",
    ItemState.RUNNING: "running",
    ItemState.LOADED: "loaded",
    ItemState.FAILED: "failed",
    ItemState.UNKNOWN: "unknown",
    ItemState.SKIPPED: "skipped",
    ItemState.STOPPED: "stopped",
}
"""What people and machines read for a state."""

LARGEST_OUTPUT = 200_000
"""Bytes of a batch's output: a state's data may have 256 KB."""

SUPERSEDED = "its run was skipped in an earlier batch, because a newer upload of its job came (burst)"
"""Why a restart does not run an item; its table has, or will have, what the newer upload brought."""

MOST_NAMED = 20
"""Items that a sentence names."""


def counts_of(states: str) -> dict[str, int]:
    """How many items are in each state, by its word; and ``items``, how many there are."""
    return {"items": len(states)} | {word: states.count(state) for state, word in WORDS.items() if state in states}


def first_cause(
    plan: Plan, states: str, outcomes: Mapping[int, ItemOutcome], item: int, superseded: Sequence[int] = ()
) -> int | None:
    """The item that kept a skipped one from starting: of those before it the first that was not loaded.

    That may be one whose own run was skipped, because a newer one came, also in an earlier batch (``superseded``).
    Where the batch stops at the first failure, it is one that the item does not come after.
    """
    before, seen = list(plan.after[item]), set(plan.after[item])
    for each in before:  # it grows while it is walked through
        new = [earlier for earlier in plan.after[each] if earlier not in seen]
        seen.update(new)
        before += new
    causes = [each for each in before if states[each] in FIRST_CAUSES]
    causes = causes or [
        each for each in before if states[each] == ItemState.SKIPPED and each in {*outcomes, *superseded}
    ]
    causes = causes or [each for each, state in enumerate(states) if state in FIRST_CAUSES]
    ends = {each: outcomes[each].ended_at if each in outcomes else float("inf") for each in causes}
    return min(causes, key=lambda each: (ends[each], each), default=None)


def lines_of(batch: BatchRun, plan: BatchPlan, outcomes: Mapping[int, ItemOutcome]) -> list[dict[str, Any]]:
    """A line for each item, in the order of the file."""
    return [_line(batch, plan, outcomes, index) for index in range(len(batch.states))]


def _line(batch: BatchRun, plan: BatchPlan, outcomes: Mapping[int, ItemOutcome], index: int) -> dict[str, Any]:
    state = ItemState(batch.states[index])
    line: dict[str, Any] = {"name": plan.items[index], "outcome": WORDS[state]}
    outcome = outcomes.get(index)
    if outcome is None:
        line |= {"loaded": "unknown" if state in (ItemState.RUNNING, ItemState.UNKNOWN) else "no"}
        if state == ItemState.LOADED:
            line |= {"loaded": "yes", "earlier": True}
            line |= {"accepted": True} if index in plan.accepted else {}
        if index in plan.superseded:
            return line | {"earlier": True, "cause": SUPERSEDED}
        if state == ItemState.SKIPPED:
            cause = first_cause(plan.plan, batch.states, outcomes, index, plan.superseded)
            line |= {} if cause is None else {"because": plan.items[cause]}
        return line
    line |= {
        "loaded": outcome.loaded,
        "durationSeconds": outcome.seconds,
        "waitSeconds": round(max(0.0, outcome.started_at - batch.started_at) + outcome.queued_seconds, 3),
        "execution": outcome.execution,
    }
    if outcome.error or outcome.status != "SUCCEEDED":
        line |= {"error": outcome.error or outcome.status, "cause": outcome.cause}
    elif outcome.loaded != "yes":
        line |= {"cause": outcome.cause}
    return line


def outcome_of(batch: BatchRun, plan: BatchPlan, outcomes: Mapping[int, ItemOutcome]) -> BatchOutcome:
    """How a batch ends whose items have ended, or that starts nothing more."""
    counts = counts_of(batch.states)
    missing = [index for index, state in enumerate(batch.states) if state != ItemState.LOADED]
    if len(missing) <= plan.tolerated_failures:
        return BatchOutcome(True, counts)
    said = ", ".join(_said(batch, plan, outcomes, index) for index in missing[:MOST_NAMED])
    more = f" and {len(missing) - MOST_NAMED} more" if len(missing) > MOST_NAMED else ""
    allowed = f" ({plan.tolerated_failures} are tolerated)" if plan.tolerated_failures else ""
    reason = f"{len(missing)} of {len(batch.states)} items are not loaded{allowed}: {said}{more}."
    return BatchOutcome(False, counts, BatchIncomplete.name, shorten(reason, 5_000), BatchIncomplete.advice)


def _said(batch: BatchRun, plan: BatchPlan, outcomes: Mapping[int, ItemOutcome], index: int) -> str:
    line = _line(batch, plan, outcomes, index)
    why = line.get("error") or (f"because of {quoted(line['because'], 60)}" if "because" in line else "")
    return f"{quoted(line['name'], 60)} ({' '.join(filter(None, (line['outcome'], why)))})"


def output_of(
    batch: BatchRun, plan: BatchPlan, outcomes: Mapping[int, ItemOutcome], now: float, largest: int = LARGEST_OUTPUT
) -> dict[str, Any]:
    """The output of the execution: the counts, and the lines as far as they fit.

    Without the causes where those are too long; without any where even that is: ``items`` is then None, and the run
    table has them.
    """
    output = {
        "batch": plan.name,
        "counts": counts_of(batch.states),
        "startedAt": clock.timestamp(batch.started_at),
        "finishedAt": clock.timestamp(now),
        "durationSeconds": round(now - batch.started_at, 3),
        "restartOf": plan.restart_of,
    }
    lines = lines_of(batch, plan, outcomes)
    short = [{key: value for key, value in line.items() if key != "cause"} for line in lines]
    for items in (lines, short):
        whole = output | {"items": items}
        if len(json.dumps(whole, ensure_ascii=False).encode()) <= largest:
            return whole
    return output | {"items": None, "itemsAreIn": "the run table"}
