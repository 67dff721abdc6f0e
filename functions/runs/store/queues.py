"""The queue of a connection: who holds its slots, and who waits for one, in one item.

``queue/<connection>``, which never expires::

    executionArn: the key, most: the slots there are, highInARow
    holders {<key of a datamart or run>: {owner, since, attempt, until, given}}
    tickets {<id of a run>: {arrived, datamart, until, priority, asOf, job, burst, conflict, behind, first}}
    pauses [{since, until, job}]                       missing where there is none
    burstRuns [{job, owner, age}]                      missing where there is none
    importsUntil                                       until when slots of an earlier release are looked at

Taking a slot that is free, and giving one back for which nobody waits, are one write each, however many slots and
tickets there are. Every other change is decided by the rules in ``functions/runs/queue.py`` on the item as it was read
last; its write is conditional on what it replaces, and where that has changed meanwhile, the item as it is now comes
with the refusal (:class:`Changed`), so that the caller decides anew without another read.
"""

from dataclasses import dataclass
from typing import Any

from functions import clock
from functions.runs.queue import BurstRun, Pause, Queue, SlotHolder, Ticket
from functions.runs.store.item_format import Item
from functions.runs.store.table import ConditionFailed, RunTable

QUEUE = "queue"
"""How the keys begin."""

MOST_TICKETS = 1_000
"""Runs that wait at a time: with 200 slots they stay below the 400 KB that DynamoDB allows an item."""


@dataclass(frozen=True)
class StoredQueue(Queue):
    """A queue as it was read; ``imports_until`` is when slots of an earlier release are looked at no more."""

    imports_until: float = 0


class Changed(Exception):
    """The queue is not as the write takes it to be, and nothing was written. ``queue`` is as it is now."""

    def __init__(self, queue: StoredQueue | None) -> None:
        super().__init__("the queue was changed meanwhile")
        self.queue = queue


def queue_key(connection: str | None) -> str:
    """Key of the connection's queue."""
    return f"{QUEUE}/{connection}"


def load_queue(table: RunTable, connection: str | None) -> StoredQueue | None:
    """The queue as it is now; None before its first slot is taken."""
    item = table.load(queue_key(connection))
    return None if item is None else queue_of(item)


def create_queue(table: RunTable, connection: str | None, queue: Queue, imports_until: float) -> StoredQueue:
    """Write a new queue, or read the one that is there by now."""
    stored = {"executionArn": queue_key(connection), "importsUntil": imports_until} | _stored_queue(queue)
    return queue_of(table.create(stored))


def take_free_slot(
    table: RunTable, connection: str | None, datamart: str, run_id: str, holder: SlotHolder, most: int
) -> StoredQueue:
    """Take a free slot, or keep the one that the run has; the queue as it is then. Raises Changed.

    Nobody goes before others: where tickets or pauses are, the rules decide.
    """
    mine, left = f"holders.{datamart}", f"holders.{run_id}"
    return _write(
        table,
        connection,
        f"{{importsUntil}} < :now AND ({{{mine}.owner}} = :owner OR (attribute_not_exists({{{mine}}}) AND "
        f"(size({{holders}}) < :most OR {{{left}.owner}} = :owner) AND size({{tickets}}) = :none "
        "AND attribute_not_exists({pauses})))",
        {"now": clock.now(), "owner": holder.owner, "most": most, "none": 0},
        put={mine: _stored_holder(holder), "most": most},
        remove=(left,),
    )


def give_back_slot(table: RunTable, connection: str | None, key: str, owner: str, attempt: int) -> None:
    """Give a slot back for which nobody waits, unless a later attempt has it. Raises Changed."""
    mine = f"holders.{key}"
    _write(
        table,
        connection,
        f"{{importsUntil}} < :now AND {{{mine}.owner}} = :owner AND {{{mine}.attempt}} <= :attempt "
        "AND size({tickets}) = :none",
        {"now": clock.now(), "owner": owner, "attempt": attempt, "none": 0},
        remove=(mine,),
    )


def join_queue(
    table: RunTable, connection: str | None, ticket: Ticket, owner: str, most: int | None = None
) -> StoredQueue:
    """Begin to wait, or wait again; the queue with the ticket in it. ``most`` is set where it is given.

    Raises Changed where the run ``owner`` has a slot by now, or the queue is full.
    """
    mine = f"holders.{ticket.datamart}"
    return _write(
        table,
        connection,
        f"attribute_exists({{tickets}}) AND (attribute_not_exists({{{mine}}}) OR {{{mine}.owner}} <> :owner) "
        f"AND (attribute_exists({{tickets.{ticket.id}}}) OR size({{tickets}}) < :full)",
        {"owner": owner, "full": MOST_TICKETS},
        put={f"tickets.{ticket.id}": _stored_ticket(ticket)} | ({} if most is None else {"most": most}),
    )


def change_queue(table: RunTable, connection: str | None, before: Queue, after: Queue) -> StoredQueue:
    """Write a change that the rules decided on; the queue as it is then.

    Raises Changed where a holder or ticket that it replaces is not as it was, or another one took the free slot.
    """
    put: Item = {}
    remove: list[str] = []
    conditions = ["attribute_exists({holders})"]
    values: Item = {}

    def bound(value: Any) -> str:
        values[name := f"c{len(values)}"] = value
        return f":{name}"

    for key in before.holders.keys() | after.holders.keys():
        was, becomes, path = before.holders.get(key), after.holders.get(key), f"holders.{key}"
        if was == becomes:
            continue
        conditions.append(
            f"attribute_not_exists({{{path}}})"
            if was is None
            else f"{{{path}.owner}} = {bound(was.owner)} AND {{{path}.since}} = {bound(was.since)}"
            + (f" AND attribute_exists({{{path}.given}})" if was.given else "")
        )
        if becomes is None:
            remove.append(path)
        else:
            put[path] = _stored_holder(becomes)
    if len(after.holders) > len(before.holders):
        conditions.append(f"size({{holders}}) = {bound(len(before.holders))}")
    for key in before.tickets.keys() | after.tickets.keys():
        ticket, becomes_, path = before.tickets.get(key), after.tickets.get(key), f"tickets.{key}"
        if ticket == becomes_:
            continue
        if ticket is not None:
            conditions.append(f"attribute_exists({{{path}}})")
        if becomes_ is None:
            remove.append(path)
        else:
            put[path] = _stored_ticket(becomes_)
    for name in ("pauses", "burstRuns"):
        were, become = _lists(before).get(name), _lists(after).get(name)
        if were == become:
            continue
        conditions.append(f"{{{name}}} = {bound(were)}" if were else f"attribute_not_exists({{{name}}})")
        if become:
            put[name] = become
        else:
            remove.append(name)
    if before.most != after.most:
        put["most"] = after.most
    if before.high_in_a_row != after.high_in_a_row:
        put["highInARow"] = after.high_in_a_row
    return _write(table, connection, " AND ".join(conditions), values, put=put, remove=tuple(remove))


def _write(table: RunTable, connection: str | None, condition: str, values: Item, **change: Any) -> StoredQueue:
    try:
        item = table.change(queue_key(connection), condition=condition, condition_values=values, **change)
    except ConditionFailed as refused:
        raise Changed(queue_of(refused.item) if refused.item else None) from None
    return queue_of(item)


# -- the stored form ----------------------------------------------------------------------------------------------


def queue_of(item: Item) -> StoredQueue:
    """The queue of an item."""
    return StoredQueue(
        most=item["most"],
        holders={key: _holder(stored) for key, stored in item["holders"].items()},
        tickets={key: _ticket(key, stored) for key, stored in item["tickets"].items()},
        high_in_a_row=item.get("highInARow", 0),
        pauses=tuple(Pause(each["since"], each["until"], each.get("job")) for each in item.get("pauses", ())),
        burst_runs=tuple(
            BurstRun(each["job"], each["owner"], tuple(each["age"])) for each in item.get("burstRuns", ())
        ),
        imports_until=item.get("importsUntil", 0),
    )


def _stored_queue(queue: Queue) -> Item:
    item: Item = {
        "most": queue.most,
        "holders": {key: _stored_holder(holder) for key, holder in queue.holders.items()},
        "tickets": {key: _stored_ticket(ticket) for key, ticket in queue.tickets.items()},
        "highInARow": queue.high_in_a_row,
    }
    return item | _lists(queue)


def _holder(stored: Item) -> SlotHolder:
    return SlotHolder(
        stored["owner"], stored["since"], stored.get("attempt"), stored.get("until"), bool(stored.get("given"))
    )


def _stored_holder(holder: SlotHolder) -> Item:
    return _without_defaults(
        {
            **{"owner": holder.owner, "since": holder.since, "attempt": holder.attempt},
            **{"until": holder.until, "given": holder.given},
        }
    )


def _ticket(ticket_id: str, stored: Item) -> Ticket:
    get = stored.get
    return Ticket(
        id=ticket_id,
        arrived=stored["arrived"],
        datamart=stored["datamart"],
        until=stored["until"],
        priority=get("priority", "normal"),
        as_of=get("asOf"),
        job=get("job"),
        burst=bool(get("burst")),
        conflict=get("conflict"),
        behind=get("behind"),
        first=bool(get("first")),
    )


def _stored_ticket(ticket: Ticket) -> Item:
    """No default is stored: hundreds of tickets may be in one item, and each write costs by its size."""
    return _without_defaults(
        {
            **{"arrived": ticket.arrived, "datamart": ticket.datamart, "until": ticket.until},
            **{"priority": None if ticket.priority == "normal" else ticket.priority, "asOf": ticket.as_of},
            **{"job": ticket.job, "burst": ticket.burst, "conflict": ticket.conflict},
            **{"behind": ticket.behind, "first": ticket.first},
        }
    )


def _lists(queue: Queue) -> Item:
    """The lists that are not empty, by the field that stores them."""
    pauses = [_without_defaults({"since": each.since, "until": each.until, "job": each.job}) for each in queue.pauses]
    burst_runs = [{"job": each.job, "owner": each.owner, "age": list(each.age)} for each in queue.burst_runs]
    return {name: stored for name, stored in (("pauses", pauses), ("burstRuns", burst_runs)) if stored}


def _without_defaults(values: Item) -> Item:
    return {name: value for name, value in values.items() if value is not None and value is not False}
