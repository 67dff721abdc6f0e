"""Hands slots over: who gives one back gives it to the next run in the queue (DESIGN.md "The queue").

The new owner is written before its token is sent. What is lost between the two is made good: a run that finds itself
the owner goes on, and each look after the queue tells an owner once more that has not confirmed its slot.
"""

from collections.abc import Callable, Collection
from functools import partial

from botocore.exceptions import BotoCoreError, ClientError

from functions import clock
from functions.runs.concurrency import in_progress, left_by, pending_session
from functions.runs.executions import NotAnswered, end_wait, fail_wait, is_running
from functions.runs.lease import Lease, LeaseHolder
from functions.runs.model import Run
from functions.runs.queue import (
    BurstRun,
    Queue,
    SlotHolder,
    Ticket,
    conflicting,
    free_slots,
    in_the_way,
    looks_after,
    next_ticket,
    not_acted_on,
    oldest_holders,
    overdue,
    superseded,
    unconfirmed,
)
from functions.runs.queue_moves import AT_ONCE, dismissed, given_back, handed_over, left, revoked, woken
from functions.runs.slots import datamart_key, run_id
from functions.runs.store.earlier_slots import release_earlier_slots
from functions.runs.store.queues import Changed, StoredQueue, change_queue, give_back_slot, load_queue
from functions.runs.store.table import RunTable
from functions.runs.store.tickets import Waiter, find_waiter
from functions.runs.waiting import FIRST_IN_QUEUE, SUPERSEDED, TIME_IS_UP, InQueue, first_in_queue, superseded_by
from functions.telemetry import logger

HOLDERS_ASKED = 20
"""Owners of slots that are asked about at a time: those that have one longest."""

TICKETS_ASKED = 100
"""Tickets whose runs the sweep asks about at a time."""

LOST_SECONDS = 900
"""After so many seconds a slot whose run has not confirmed it, and waits for no token that is known, goes on: several
times what a run takes to come back. The run keeps its arrival, and so its place."""

Change = Callable[[Queue], Queue | None]
"""From a queue to the changed one; None where nothing changes."""


def give_back(table: RunTable, run: Run, is_held: bool = True) -> None:
    """Give back the slot of the run's attempt, and the ticket of a run that has ended; the next run gets the slot.

    A slot stays taken while a session that the run left may live. A clean-up that comes late takes nothing from the
    attempt that followed. Where ``is_held`` is False the slot was probably given back already, and where the run has
    waited others probably wait, too: then the queue is read first, which costs less than a write that is refused.
    """
    if run.max_concurrent_runs == 0:
        return
    pending = pending_session(run)
    until = None if pending is None else pending.until
    last_attempt = run.newest_attempt + 1 if run.ended else run.number
    key, me = datamart_key(run), run_id(run.arn)

    def without(queue: Queue) -> Queue:
        after = queue
        for each in (key, me):
            after = given_back(after, each, run.arn, None if run.ended else last_attempt, until, me) or after
        return (left(after, me) if run.ended else None) or after

    queue: StoredQueue | None
    if pending is None and is_held and not run.queued_seconds:
        try:
            give_back_slot(table, run.connection, key, run.arn, last_attempt)
        except Changed as found:
            queue = found.queue
        else:
            return
    else:
        queue = load_queue(table, run.connection)
    if queue is None or clock.now() <= queue.imports_until:
        release_earlier_slots(table, run.connection, LeaseHolder(run.arn, last_attempt), pending)
    if queue is not None:
        serve(table, run.connection, queue, without)


def serve(
    table: RunTable, connection: str | None, queue: StoredQueue, change: Change = lambda queue: None
) -> StoredQueue:
    """Make a change, give every free slot to the ticket that is next, and let one of the runs that wait look after it.

    Runs that need not wait any longer are told to end. Each is told once: a mark in its ticket says so, and a write
    that sets a mark which is there already is refused. ``change`` is made anew on the queue as it is, where another
    function was faster. Returns the queue as it is then.
    """
    while True:
        now = clock.now()
        after = change(queue) or queue
        ticket = _next(after, now)
        waiter = None if ticket is None else find_waiter(table, ticket.id)
        if ticket is not None:
            after = _moved(after, ticket, waiter, now)
        ending = [each for each in _reasons_to_end(after, now) if after.tickets[each].told != "end"][:AT_ONCE]
        for each in ending:
            after = dismissed(after, each, now) or after
        looker = None if _next(after, now) else looks_after(after, now)
        with_looker = None if looker is None else woken(after, looker.id, now)
        after = with_looker or after
        if after == queue:
            return queue
        try:
            queue = change_queue(table, connection, queue, after)
        except Changed as found:
            if found.queue is None:
                raise
            queue = found.queue
            continue
        if ticket is not None and waiter is not None:
            queue = _tell(table, connection, queue, ticket.datamart, ticket.id, waiter)
        _dismiss(table, queue, ending)
        if looker is not None and with_looker is not None:
            _fail(table, looker.id, FIRST_IN_QUEUE, first_in_queue(queue, looker))


def _next(queue: Queue, now: float) -> Ticket | None:
    return next_ticket(queue, now) if free_slots(queue, now) else None


def _moved(queue: Queue, ticket: Ticket, waiter: Waiter | None, now: float) -> Queue:
    """The slot goes to the ticket; a ticket whose run is not known any more leaves the queue."""
    if waiter is None:
        return left(queue, ticket.id) or queue
    return handed_over(queue, ticket.id, ticket.held_by(waiter.owner, now, given=True), now) or queue


def _tell(
    table: RunTable, connection: str | None, queue: StoredQueue, key: str, ticket_id: str, waiter: Waiter
) -> StoredQueue:
    """Let the new owner of the slot ``key`` go on; where its execution has ended, the slot is free again.

    An execution that runs and does not wait for its token any more comes back, and finds its slot: it was woken, or its
    waiting state has timed out. One that has not come back for long loses the slot. A run that never had a token, under
    the definition of an earlier release, asks again by itself.
    """
    if waiter.token is None or _reached(waiter.token):
        return queue
    newer = find_waiter(table, ticket_id)
    if newer is not None and newer.token is not None and newer.token != waiter.token and _reached(newer.token):
        return queue
    now, holder = clock.now(), queue.holders.get(key)
    is_lost = holder is not None and now - holder.since >= LOST_SECONDS
    if not is_lost and not _has_ended(waiter.owner, now):
        return queue
    logger.info("the slot goes on to the next run: its owner does not come", extra={"owner": waiter.owner})
    return _changed(table, connection, queue, lambda queue: revoked(queue, key, waiter.owner))


def _reached(token: str) -> bool:
    """Whether the execution goes on, or may: what is not known, the next look after the queue finds out."""
    try:
        return end_wait(token)
    except (ClientError, BotoCoreError) as error:
        logger.warning("a slot was handed over, and its run could not be told", extra={"reason": str(error)})
        return True


def _fail(table: RunTable, ticket_id: str, error: str, cause: str) -> None:
    """Let the wait of a ticket fail; a run that is not reached learns it from the next look after the queue."""
    waiter = find_waiter(table, ticket_id)
    if waiter is None or waiter.token is None:
        return
    try:
        fail_wait(waiter.token, error, cause)
    except (ClientError, BotoCoreError) as refused:
        logger.warning("a run that waits could not be told", extra={"error": error, "reason": str(refused)})


def _reasons_to_end(queue: Queue, now: float) -> dict[str, SlotHolder | Ticket | BurstRun]:
    """Why runs need not wait any longer, by their tickets: a holder of their datamart, or a newer run of the burst."""
    taken = ((ticket.id, in_the_way(queue, ticket, now)) for ticket in conflicting(queue, now))
    return {key: holder for key, holder in taken if holder} | {ticket.id: newer for ticket, newer in superseded(queue)}


def _dismiss(table: RunTable, queue: Queue, ticket_ids: Collection[str]) -> None:
    """Tell runs that they end, as far as there still is a reason."""
    reasons = _reasons_to_end(queue, clock.now()) if ticket_ids else {}
    for ticket_id in ticket_ids:
        reason = reasons.get(ticket_id)
        if isinstance(reason, SlotHolder):
            error = in_progress(Lease(queue.tickets[ticket_id].datamart, reason.owner, reason.since))
            _fail(table, ticket_id, error.name, str(error))
        elif reason is not None:
            newer = reason if isinstance(reason, BurstRun) else find_waiter(table, reason.id)
            if newer is not None:
                _fail(table, ticket_id, SUPERSEDED, superseded_by(newer.owner))


def look_after(table: RunTable, connection: str | None, queue: StoredQueue) -> StoredQueue:
    """Make good what was lost: one of the first in the queue does it every ten minutes, and the sweep.

    Frees slots of executions that have ended, tells again what was told and not acted on, lets runs come back whose
    ``queueMinutes`` are used up, and serves.
    """
    queue = free_slots_of_ended(table, connection, queue)
    for key, holder in unconfirmed(queue, clock.now()).items():
        waiter = find_waiter(table, run_id(holder.owner))
        if waiter is not None:
            queue = _tell(table, connection, queue, key, run_id(holder.owner), waiter)
    _tell_again(table, queue)
    return serve(table, connection, queue)


def _tell_again(table: RunTable, queue: Queue) -> None:
    now = clock.now()
    told = not_acted_on(queue, now)
    for ticket in told:
        if ticket.told == "first":
            _fail(table, ticket.id, FIRST_IN_QUEUE, first_in_queue(queue, ticket))
    _dismiss(table, queue, [ticket.id for ticket in told if ticket.told == "end"])
    for ticket in overdue(queue, now):
        _fail(table, ticket.id, InQueue.__name__, TIME_IS_UP)


def drop_tickets_of_ended(table: RunTable, connection: str | None, queue: StoredQueue) -> StoredQueue:
    """Remove the tickets of runs whose execution has ended, of the oldest ones."""
    for ticket in sorted(queue.tickets.values(), key=lambda ticket: ticket.arrived)[:TICKETS_ASKED]:
        waiter = find_waiter(table, ticket.id)
        if waiter is None or _has_ended(waiter.owner, ticket.arrived):
            queue = _changed(table, connection, queue, partial(left, ticket_id=ticket.id))
    return queue


def free_slots_of_ended(
    table: RunTable, connection: str | None, queue: StoredQueue, asked: Collection[SlotHolder] | None = None
) -> StoredQueue:
    """Take away the slots of runs whose execution has ended, but for those of sessions that they may have left.

    It asks about the owners of the slots ``asked``; by default about those that have one longest.
    """
    for holder in oldest_holders(queue, HOLDERS_ASKED) if asked is None else asked:
        if _has_ended(holder.owner, holder.since):
            queue = _without_run(table, connection, queue, holder)
    return queue


def _without_run(table: RunTable, connection: str | None, queue: StoredQueue, ended: SlotHolder) -> StoredQueue:
    pending, me = left_by(table, pending_session, ended.owner, ended.attempt), run_id(ended.owner)
    until = None if pending is None else pending.until

    def without(queue: Queue) -> Queue | None:
        after = queue
        for key in queue.holders:
            after = given_back(after, key, ended.owner, until=until, run_id=me) or after
        return left(after, me) or after

    return _changed(table, connection, queue, without)


def _has_ended(owner: str, since: float) -> bool:
    try:
        return not is_running(owner, since)
    except NotAnswered as error:
        logger.info("whether an execution runs is not known: it counts as running", extra={"reason": str(error)})
        return False


def _changed(table: RunTable, connection: str | None, queue: StoredQueue, change: Change) -> StoredQueue:
    """The queue after a change, made anew on the queue as it is where another function was faster."""
    while (after := change(queue)) is not None and after != queue:
        try:
            return change_queue(table, connection, queue, after)
        except Changed as found:
            if found.queue is None:
                raise
            queue = found.queue
    return queue
