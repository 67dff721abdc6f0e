"""The queue of a connection: who holds its slots, and who waits for one, in one item.

``queue/<connection>``, which never expires::

    executionArn: the key, most: the slots there are, highInARow
    executions                                         how the ARNs of all executions begin
    holders {<key of a datamart or run>: {o: owner (the execution's name), s: since, n: attempt, u: until, g: given,
                                          b: of a burst, [job, asOf or arrived, arrived, id of its ticket]}}
    tickets {<id of a run>: {a: arrived, d: datamart, w: seconds that it may wait, where they are not the usual ones,
                             p: of high priority, s: asOf, j: job, b: burst, c: conflict, h: behind, f: first,
                             t: told, m: told_at}}
    pauses [{since, until, job}]                       missing where there is none
    burstRuns [{job, owner (the execution's name), age}]   missing where there is none
    importsUntil                                       until when slots of an earlier release are looked at

Names are short, times are rounded to milliseconds, and what is usual or false is left out: hundreds of holders and
tickets may be in the item, and every write costs by its size.

Taking a slot that is free, and giving one back for which nobody waits, are one write each, however many slots and
tickets there are. Every other change is decided by the rules in ``functions/runs/queue.py`` on the item as it was read
last; its write is conditional on what it replaces, and where that has changed meanwhile, the item as it is now comes
with the refusal (:class:`Changed`), so that the caller decides anew without another read.
"""

from dataclasses import dataclass, replace
from typing import Any

from functions import clock
from functions.names import name_of_execution
from functions.runs.model import Run
from functions.runs.queue import BurstRun, Conflict, Pause, Queue, SlotHolder, Ticket, Told
from functions.runs.store.item_format import Item
from functions.runs.store.table import ConditionFailed, RunTable

QUEUE = "queue"
"""How the keys begin."""

MOST_TICKETS = 1_000
"""Runs that wait at a time: with 200 slots they stay below the 400 KB that DynamoDB allows an item."""


@dataclass(frozen=True)
class StoredQueue(Queue):
    """A queue as it was read.

    ``imports_until`` is when slots of an earlier release are looked at no more, ``executions`` how the ARNs of its
    owners begin: that of the one state machine whose runs are in the table.
    """

    imports_until: float = 0
    executions: str = ""


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
    item = _write(
        table,
        connection,
        f"{{importsUntil}} < :now AND ({{{mine}.o}} = :owner OR (attribute_not_exists({{{mine}}}) AND "
        f"(size({{holders}}) < :most OR {{{left}.o}} = :owner) AND size({{tickets}}) = :none "
        "AND attribute_not_exists({pauses})))",
        {"now": clock.now(), "owner": name_of_execution(holder.owner), "most": most, "none": 0},
        put={mine: _stored_holder(holder), "most": most, "executions": _beginning(holder.owner)},
        remove=(left,),
    )
    return queue_of(item)


def give_back_slot(table: RunTable, connection: str | None, key: str, owner: str, attempt: int) -> None:
    """Give a slot back for which nobody waits, unless a later attempt has it. Raises Changed."""
    mine = f"holders.{key}"
    _write(
        table,
        connection,
        f"{{importsUntil}} < :now AND {{{mine}.o}} = :owner AND {{{mine}.n}} <= :attempt AND size({{tickets}}) = :none",
        {"now": clock.now(), "owner": name_of_execution(owner), "attempt": attempt, "none": 0},
        remove=(mine,),
        returned=False,
    )


def join_queue(
    table: RunTable, connection: str | None, ticket: Ticket, owner: str, most: int | None = None
) -> StoredQueue:
    """Begin to wait, or wait again; the queue with the ticket in it. ``most`` is set where it is given.

    Raises Changed where the run ``owner`` has a slot by now, or the queue is full.
    """
    mine = f"holders.{ticket.datamart}"
    item = _write(
        table,
        connection,
        f"attribute_exists({{tickets}}) AND (attribute_not_exists({{{mine}}}) OR {{{mine}.o}} <> :owner) "
        f"AND (attribute_exists({{tickets.{ticket.id}}}) OR size({{tickets}}) < :full)",
        {"owner": name_of_execution(owner), "full": MOST_TICKETS},
        put={f"tickets.{ticket.id}": _stored_ticket(ticket)} | ({} if most is None else {"most": most}),
    )
    return queue_of(item)


def change_queue(table: RunTable, connection: str | None, before: StoredQueue, after: Queue) -> StoredQueue:
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
            else f"{{{path}.o}} = {bound(name_of_execution(was.owner))} AND {{{path}.s}} = {bound(was.since)}"
            + (f" AND attribute_exists({{{path}.g}})" if was.given else "")
        )
        if becomes is None:
            remove.append(path)
        else:
            put[path] = _stored_holder(becomes)
            if (beginning := _beginning(becomes.owner)) != before.executions:
                put["executions"] = beginning
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
        elif ticket is not None and becomes_ == replace(ticket, told=becomes_.told, told_at=becomes_.told_at):
            told = f"{path}.t"
            conditions.append(
                f"{{{told}}} = {bound(TOLD[ticket.told])}" if ticket.told else f"attribute_not_exists({{{told}}})"
            )
            put |= {told: becomes_.told and TOLD[becomes_.told], f"{path}.m": _rounded(becomes_.told_at)}
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
    return queue_of(_write(table, connection, " AND ".join(conditions), values, put=put, remove=tuple(remove)))


def _write(table: RunTable, connection: str | None, condition: str, values: Item, **change: Any) -> Item:
    try:
        return table.change(queue_key(connection), condition=condition, condition_values=values, **change)
    except ConditionFailed as refused:
        raise Changed(queue_of(refused.item) if refused.item else None) from None


# -- the stored form ----------------------------------------------------------------------------------------------


def queue_of(item: Item) -> StoredQueue:
    """The queue of an item."""
    executions = item.get("executions", "")
    return StoredQueue(
        most=item["most"],
        holders={key: _holder(stored, executions) for key, stored in item["holders"].items()},
        tickets={key: _ticket(key, stored) for key, stored in item["tickets"].items()},
        high_in_a_row=item.get("highInARow", 0),
        pauses=tuple(Pause(each["since"], each["until"], each.get("job")) for each in item.get("pauses", ())),
        burst_runs=tuple(
            BurstRun(each["job"], executions + each["owner"], tuple(each["age"])) for each in item.get("burstRuns", ())
        ),
        imports_until=item.get("importsUntil", 0),
        executions=executions,
    )


def _stored_queue(queue: Queue) -> Item:
    item: Item = {
        "most": queue.most,
        "holders": {key: _stored_holder(holder) for key, holder in queue.holders.items()},
        "tickets": {key: _stored_ticket(ticket) for key, ticket in queue.tickets.items()},
        "highInARow": queue.high_in_a_row,
    }
    if queue.holders:
        item["executions"] = _beginning(next(iter(queue.holders.values())).owner)
    return item | _lists(queue)


def _beginning(execution_arn: str) -> str:
    return execution_arn[: len(execution_arn) - len(name_of_execution(execution_arn))]


def _holder(stored: Item, executions: str) -> SlotHolder:
    get = stored.get
    owner, burst = executions + stored["o"], get("b")
    burst_run = None if burst is None else BurstRun(burst[0], owner, tuple(burst[1:]))
    return SlotHolder(owner, stored["s"], get("n"), get("u"), bool(get("g")), burst_run)


def _stored_holder(holder: SlotHolder) -> Item:
    return _short(
        {
            **{"o": name_of_execution(holder.owner), "s": holder.since, "n": holder.attempt},
            **{"u": holder.until, "g": holder.given, "b": holder.burst and _stored_burst(holder.burst)},
        }
    )


def _stored_burst(burst: BurstRun) -> list[str | float | None]:
    return [burst.job, *map(_rounded, burst.age)]


USUAL_WAIT = 60 * Run.queue_minutes
"""Seconds that a ticket may wait whose item does not say how long."""

CONFLICTS: dict[Conflict, str] = {"skip": "s", "fail": "f"}

TOLD: dict[Told, str] = {"first": "f", "end": "e"}

_CONFLICT_OF: dict[Any, Conflict] = {short: conflict for conflict, short in CONFLICTS.items()}

_TOLD_OF: dict[Any, Told] = {short: told for told, short in TOLD.items()}


def _ticket(ticket_id: str, stored: Item) -> Ticket:
    get = stored.get
    return Ticket(
        id=ticket_id,
        arrived=stored["a"],
        datamart=stored["d"],
        until=stored["a"] + get("w", USUAL_WAIT),
        priority="high" if get("p") else "normal",
        as_of=get("s"),
        job=get("j"),
        burst=bool(get("b")),
        conflict=_CONFLICT_OF.get(get("c")),
        behind=get("h"),
        first=bool(get("f")),
        told=_TOLD_OF.get(get("t")),
        told_at=get("m"),
    )


def _stored_ticket(ticket: Ticket) -> Item:
    wait = _rounded(ticket.until - ticket.arrived)
    return _short(
        {
            **{"a": ticket.arrived, "d": ticket.datamart, "w": None if wait == USUAL_WAIT else wait},
            **{"p": ticket.priority == "high", "s": ticket.as_of, "j": ticket.job, "b": ticket.burst},
            **{"c": ticket.conflict and CONFLICTS[ticket.conflict], "h": ticket.behind, "f": ticket.first},
            **{"t": ticket.told and TOLD[ticket.told], "m": ticket.told_at},
        }
    )


def _lists(queue: Queue) -> Item:
    """The lists that are not empty, by the field that stores them."""
    pauses = [
        {"since": each.since, "until": each.until} | ({} if each.job is None else {"job": each.job})
        for each in queue.pauses
    ]
    burst_runs = [
        {"job": each.job, "owner": name_of_execution(each.owner), "age": list(each.age)} for each in queue.burst_runs
    ]
    return {name: stored for name, stored in (("pauses", pauses), ("burstRuns", burst_runs)) if stored}


def _short(values: Item) -> Item:
    """What is not usual of a holder or a ticket, with its times to the millisecond: each write costs by the bytes."""
    return {name: _rounded(value) for name, value in values.items() if value is not None and value is not False}


def _rounded(value: Any) -> Any:
    return round(value, 3) if isinstance(value, float) else value
