"""Batches: three kinds of items, so that what changes often is small.

The batch, its key the ARN of its execution::

    executionArn, states, version, startedAt, expiresAt (TTL)
    name, asOf                                  of a named batch
    started {by, trigger, reason, rerunOf}      who or what started it
    waits {token, entered, retry}               which task token the execution waits for, and how new it is
    restartedBy                                 ARN of the batch that runs its rest
    stoppedAt, endedAt, outcome {succeeded, counts, error, reason, advice}
    claimed {event, notice}, told {event, notice}

``states`` has a character for each item, and every write of them names the ``version`` that it replaces: the ends of
two items at once cannot start the same item twice. What never changes is JSON, ``batch-plan/<ARN>/<part>``; nearly
every plan is one part::

    executionArn: the key, plan, parts, expiresAt (TTL)

and each item has one of its own, ``batch-item/<ARN>/<index>``::

    executionArn: the key, input (JSON), expiresAt (TTL)
    outcome {state, loaded, status, startedAt, endedAt, seconds, queued, error, cause, execution}

How long each item took is kept by :mod:`functions.runs.store.batch_durations`.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from functions import clock
from functions.limits import LONGEST_BATCH
from functions.requests.started import Started
from functions.runs.batches.model import BatchOutcome, BatchPlan, BatchRun, ItemOutcome
from functions.runs.batches.order import ItemState, Plan, with_states
from functions.runs.store.item_format import Item
from functions.runs.store.record import NotifiedRecord
from functions.runs.store.table import ConditionFailed, RunTable, expiry

PLAN, ITEM = "batch-plan", "batch-item"
"""How the keys begin."""

LONGEST_PART = 100_000
"""Characters of a part of a plan: with four bytes each they fit into an item."""


class BatchRecord(NotifiedRecord, BatchRun):
    """A batch, kept current by every write of this invocation."""

    def __init__(self, table: RunTable, item: Item) -> None:
        super().__init__(table, item["executionArn"])
        self.know(item)

    def know(self, item: Item) -> None:
        """Take the item as it is now."""
        vars(self).update(vars(batch_of(item)))


def batch_of(item: Item) -> BatchRun:
    """The batch of an item; a scan may have read only some of its fields."""
    get = item.get
    outcome = get("outcome")
    return BatchRun(
        arn=item["executionArn"],
        states=get("states", ""),
        version=get("version", 0),
        started_at=get("startedAt", 0),
        name=get("name"),
        as_of=get("asOf"),
        started=Started.from_json(item["started"]) if "started" in item else None,
        token=(get("waits") or {}).get("token"),
        stopped_at=get("stoppedAt"),
        restarted_by=get("restartedBy"),
        ended_at=get("endedAt"),
        outcome=None if outcome is None else BatchOutcome(**outcome),
        claimed=get("claimed") or {},
        notified=get("told") or {},
    )


# -- its start ----------------------------------------------------------------------------------------------------


def begin_batch(
    table: RunTable,
    execution_arn: str,
    plan: BatchPlan,
    inputs: Sequence[Mapping[str, Any]],
    states: str,
    started: Started | None = None,
) -> BatchRecord:
    """Write a new batch, or read the one that an earlier invocation wrote: what it starts from is there before it.

    ``inputs`` are those of the items' executions; ``states`` those that they begin in; ``started`` is
    who started the batch.
    """
    item = table.load(execution_arn)
    if item is None:
        now = clock.now()
        expires = {"expiresAt": expiry(now + LONGEST_BATCH)}
        written = json.dumps(_stored_plan(plan), ensure_ascii=False, separators=(",", ":"))
        parts = [written[at : at + LONGEST_PART] for at in range(0, len(written), LONGEST_PART)]
        table.put_all(
            {"executionArn": _item_key(execution_arn, index), "input": json.dumps(each, ensure_ascii=False)} | expires
            for index, each in enumerate(inputs)
        )
        table.put_all(
            {"executionArn": _plan_key(execution_arn, number), "plan": part, "parts": len(parts)} | expires
            for number, part in enumerate(parts)
        )
        item = table.create(_new(execution_arn, states, plan.name, plan.as_of, now, started) | expires)
    return BatchRecord(table, item)


def refuse_batch(
    table: RunTable,
    execution_arn: str,
    name: str | None,
    as_of: str | None,
    outcome: BatchOutcome | None,
    started: Started | None = None,
) -> BatchRecord:
    """Write a batch that never began, so that its end, too, is notified once.

    ``outcome`` is None where nothing is known but that it failed.
    """
    now = clock.now()
    refused = {} if outcome is None else {"outcome": outcome._asdict()}
    ended = {"endedAt": now, "expiresAt": expiry(now)} | refused
    return BatchRecord(table, table.create(_new(execution_arn, "", name, as_of, now, started) | ended))


def _new(
    execution_arn: str, states: str, name: str | None, as_of: str | None, now: float, started: Started | None
) -> Item:
    return {
        "executionArn": execution_arn,
        "states": states,
        "version": 0,
        "startedAt": now,
        "name": name,
        "asOf": as_of,
        "claimed": {},
        "told": {},
    } | ({} if started is None else {"started": started.as_input()})


def find_batch(table: RunTable, execution_arn: str) -> BatchRecord | None:
    """Read the batch; None if there is no item of it."""
    item = table.load(execution_arn)
    return None if item is None or "states" not in item else BatchRecord(table, item)


def claim_restart(record: BatchRecord, execution_arn: str) -> bool:
    """Record which batch runs the rest of this one; False if meanwhile another one does.

    A claim that was read with the record is replaced: its batch never began.
    """
    seen = record.restarted_by or execution_arn
    try:
        record.table.change(
            record.arn,
            put={"restartedBy": execution_arn},
            condition="attribute_not_exists({restartedBy}) OR {restartedBy} IN (:seen, :ours)",
            condition_values={"seen": seen, "ours": execution_arn},
            returned=False,
        )
    except ConditionFailed:
        return False
    return True


# -- its plan -----------------------------------------------------------------------------------------------------


def load_plan(table: RunTable, execution_arn: str) -> BatchPlan | None:
    """What was decided when the batch started; None where that has expired."""
    try:
        return _plan(table, execution_arn)
    except KeyError:
        return None


@lru_cache(maxsize=4)
def _plan(table: RunTable, execution_arn: str) -> BatchPlan:
    first = table.load(_plan_key(execution_arn, 0))
    if first is None:
        raise KeyError(execution_arn)
    keys = [_plan_key(execution_arn, number) for number in range(1, first["parts"])]
    others = table.load_all(keys) if keys else {}
    stored = json.loads(first["plan"] + "".join(others[key]["plan"] for key in keys))
    return BatchPlan(
        items=tuple(stored["items"]),
        plan=Plan(
            after=tuple(map(tuple, stored["after"])),
            seconds=tuple(stored["seconds"]),
            on_failure=stored["onFailure"],
            connections=tuple(stored.get("connections", ())),
            slots=tuple(stored.get("slots", ())),
        ),
        places=stored["places"],
        tolerated_failures=stored["tolerated"],
        name=stored.get("name"),
        as_of=stored.get("asOf"),
        restart_of=stored.get("restartOf"),
        accepted=tuple(stored.get("accepted", ())),
        superseded=tuple(stored.get("superseded", ())),
    )


def _plan_key(execution_arn: str, part: int) -> str:
    return f"{PLAN}/{execution_arn}/{part}"


def _stored_plan(plan: BatchPlan) -> Item:
    connections = {"connections": plan.plan.connections, "slots": plan.plan.slots} if plan.plan.slots else {}
    of_a_restart = {"accepted": plan.accepted, "superseded": plan.superseded}
    return {
        "items": plan.items,
        "after": plan.plan.after,
        "seconds": plan.plan.seconds,
        "onFailure": plan.plan.on_failure,
        "places": plan.places,
        "tolerated": plan.tolerated_failures,
        "name": plan.name,
        "asOf": plan.as_of,
        "restartOf": plan.restart_of,
        **connections,
        **{key: items for key, items in of_a_restart.items() if items},
    }


# -- its items ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class StoredItem:
    """The input of an item's execution; and how that ended, None before."""

    input: dict[str, Any]
    outcome: ItemOutcome | None


def load_items(table: RunTable, execution_arn: str, indexes: Iterable[int]) -> dict[int, StoredItem]:
    """Items of a batch by their places; those that have expired are missing."""
    keys = {_item_key(execution_arn, index): index for index in indexes}
    found = table.load_all(list(keys)) if keys else {}
    return {
        keys[key]: StoredItem(json.loads(item["input"]), _outcome(item.get("outcome"))) for key, item in found.items()
    }


def record_item_outcome(table: RunTable, execution_arn: str, index: int, outcome: ItemOutcome) -> ItemOutcome:
    """Record how the run of an item ended, once; returns what is recorded, perhaps by an earlier delivery of its end.

    Raises ConditionFailed where the batch has expired.
    """
    stored = {
        "state": outcome.state.value,
        "loaded": outcome.loaded,
        "status": outcome.status,
        "startedAt": outcome.started_at,
        "endedAt": outcome.ended_at,
        "seconds": outcome.seconds,
        "queued": outcome.queued_seconds,
        "error": outcome.error,
        "cause": outcome.cause,
        "execution": outcome.execution,
    }
    try:
        table.change(
            _item_key(execution_arn, index),
            put={"outcome": stored},
            condition="attribute_exists({input}) AND attribute_not_exists({outcome})",
        )
    except ConditionFailed as refused:
        earlier = None if refused.item is None else _outcome(refused.item.get("outcome"))
        if earlier is None:
            raise
        return earlier
    return outcome


def _outcome(stored: Item | None) -> ItemOutcome | None:
    if stored is None:
        return None
    return ItemOutcome(
        state=ItemState(stored["state"]),
        loaded=stored["loaded"],
        status=stored["status"],
        started_at=stored["startedAt"],
        ended_at=stored["endedAt"],
        seconds=stored["seconds"],
        queued_seconds=stored["queued"],
        error=stored.get("error"),
        cause=stored.get("cause"),
        execution=stored["execution"],
    )


def _item_key(execution_arn: str, index: int) -> str:
    return f"{ITEM}/{execution_arn}/{index}"


# -- while it goes on ---------------------------------------------------------------------------------------------


def change_states(record: BatchRecord, states: str) -> bool:
    """Replace the states that were read last; False where another function has changed them, which are then known."""
    return record.write_if(
        "{version} = :version AND attribute_not_exists({stoppedAt})",
        {"version": record.version},
        put={"states": states, "version": record.version + 1},
    )


def change_states_of_stopped(record: BatchRecord, states: str) -> bool:
    """As :func:`change_states`, of a batch that starts nothing more; from then on it is such a batch."""
    return record.write_if(
        "{version} = :version",
        {"version": record.version},
        put={
            "states": states,
            "version": record.version + 1,
            "stoppedAt": record.stopped_at or clock.now(),
        },
    )


def stop_starting(record: BatchRecord) -> None:
    """Start nothing more of the batch: what waits is stopped; what runs goes on, unless somebody stops it too."""
    while record.stopped_at is None or ItemState.WAITING in record.states:
        before = record.version
        waiting = dict.fromkeys(record.items_in(ItemState.WAITING), ItemState.STOPPED)
        if change_states_of_stopped(record, with_states(record.states, waiting)) or record.version == before:
            return  # done, or there is no item any more


def set_token(record: BatchRecord, token: str, entered: float, retry: int) -> bool:
    """Keep the task token that the execution waits for.

    False where a later invocation was faster, or the batch was closed meanwhile, which nothing waits for any more.
    """
    order = {"entered": entered, "retry": retry}
    return record.write_if(
        "attribute_not_exists({endedAt}) AND (attribute_not_exists({waits}) OR {waits.entered} < :entered OR "
        "({waits.entered} = :entered AND {waits.retry} <= :retry))",
        order,
        put={"waits": {"token": token} | order},
    )


def end_batch(record: BatchRecord, outcome: BatchOutcome) -> bool:
    """Close the batch with its outcome; False if it was closed before (the first outcome stays)."""
    return record.write_if(
        "attribute_not_exists({endedAt})",
        put={"endedAt": clock.now(), "outcome": outcome._asdict()},
        remove=("waits",),
    )
