"""The slots of a connection: takes one for a run, or says what it waits for in the queue (DESIGN.md "The queue").

A run takes its slot before it logs in, under the key of its datamart: so no two runs of one datamart have one, as far
as their requests name it alike.
"""

import base64
import hashlib
import json
from dataclasses import replace
from datetime import datetime
from typing import NamedTuple

from functions import clock
from functions.object_ids import is_id
from functions.runs.concurrency import in_progress, lease_of
from functions.runs.lease import Lease, PendingJob
from functions.runs.model import Reference, Run
from functions.runs.queue import Queue, SlotHolder, Ticket, oldest_holders
from functions.runs.queue_moves import taken
from functions.runs.same_datamart import is_same_datamart
from functions.runs.store.earlier_slots import earlier_slots, were_used
from functions.runs.store.leases import load_lease
from functions.runs.store.queues import Changed, StoredQueue, change_queue, create_queue, load_queue, take_free_slot
from functions.runs.store.runs import find_run
from functions.runs.store.table import RunTable
from functions.similar_names import composed

SECONDS_OF_IMPORT = 600
"""For which slots of an earlier release are looked at after the first of today's was taken: by then the functions of a
stage are all of one release, and none of the earlier ones is at work."""


HOLDERS_COMPARED = 20
"""Runs whose datamart is compared with that of a run which would rather end than wait."""


def run_id(execution_arn: str) -> str:
    """The id of a run in its queue: short, because hundreds of tickets may be in one item."""
    return _short(execution_arn)


def datamart_key(run: Run) -> str:
    """The key of a run's datamart in its queue: the same for all requests that name project and datamart alike.

    It does not change when their IDs are found out, so that a run finds its slot again.
    """
    asked = run.requested
    names = (None, None) if asked is None else (_named(asked.project), _named(asked.datamart))
    return _short(json.dumps(names))


def _named(reference: Reference) -> list[str]:
    if isinstance(reference, dict):
        return [composed(reference["name"]), composed(reference.get("path", ""))]
    return [reference.upper() if is_id(reference) else composed(reference)]


def _short(text: str) -> str:
    """64 bits of a digest in 11 characters that may stand in an expression of DynamoDB."""
    return base64.b64encode(hashlib.sha256(text.encode()).digest()[:8], b"__")[:11].decode()


def ticket_of(run: Run, *, first: bool = False, behind: str | None = None) -> Ticket:
    """The ticket with which a run waits.

    ``first`` is whether it asks again every ten minutes, ``behind`` the key of a run of the same datamart that names it
    differently.
    """
    arrived = round(clock.now() if run.queued_since is None else run.queued_since, 3)
    return Ticket(
        id=run_id(run.arn),
        arrived=arrived,
        datamart=datamart_key(run),
        until=arrived + 60 * run.queue_minutes - (run.queued_seconds - run.paused_seconds),
        priority=run.priority,
        as_of=datetime.fromisoformat(run.as_of).timestamp() if run.as_of else None,
        job=run.job_name,
        burst=run.burst and run.loaded == "no",
        conflict=run.on_conflict if run.on_conflict in ("skip", "fail") else None,  # type: ignore[arg-type]
        behind=behind,
        first=first,
    )


class Taking(NamedTuple):
    """Whether a run has a slot now, and the queue that it was taken from, or in which there is none for it.

    The ticket with which the run would wait need not be in it.
    """

    is_taken: bool
    queue: StoredQueue


def take_slot(table: RunTable, run: Run, attempt: int, ticket: Ticket, most: int) -> Taking:
    """Take one of the connection's slots for an attempt of the run, which may be about to begin. Idempotent.

    ``ticket`` is the one with which the run would wait.
    """
    holder = ticket.held_by(run.arn, clock.now(), attempt)
    queue: StoredQueue | None
    if ticket.behind is None:
        try:
            return Taking(True, take_free_slot(table, run.connection, ticket.datamart, ticket.id, holder, most))
        except Changed as found:
            queue = found.queue
    else:
        queue = load_queue(table, run.connection)
    while True:
        if queue is None:
            before = _with_earlier_slots(table, run.connection, _new_queue(table, run.connection, most))
            first = taken(before, ticket, holder, most, holder.since) or before
            queue = create_queue(table, run.connection, first, before.imports_until)
            if holder_of(queue, run.arn) is not None:
                return Taking(True, queue)
        before = _with_earlier_slots(table, run.connection, queue)
        after = taken(before, ticket, holder, most, holder.since)
        if after is None and before == queue:
            return Taking(False, queue)
        try:
            queue = change_queue(table, run.connection, queue, after or before)
        except Changed as found:
            queue = found.queue
        else:
            if after is not None:
                return Taking(True, before)


def open_queue(table: RunTable, connection: str, most: int) -> StoredQueue:
    """The queue of a connection; a new one where nothing has run on it yet."""
    found = load_queue(table, connection)
    if found is not None:
        return found
    new = _with_earlier_slots(table, connection, _new_queue(table, connection, most))
    return create_queue(table, connection, new, new.imports_until)


def _new_queue(table: RunTable, connection: str | None, most: int) -> StoredQueue:
    return StoredQueue(most=most, imports_until=clock.now() + SECONDS_OF_IMPORT if were_used(table, connection) else 0)


def _with_earlier_slots(table: RunTable, connection: str | None, queue: StoredQueue) -> StoredQueue:
    """The queue with the slots that runs of an earlier release have taken, as long as there may be new ones."""
    if queue.imports_until < clock.now():
        return queue
    holders = dict(queue.holders)
    for slot in earlier_slots(table, connection):
        if not any(holder.owner == slot.owner for holder in holders.values()):
            key, holder = _holder_of(table, slot.owner, slot.since, slot.pending)
            holders[run_id(slot.owner) if key in holders else key] = holder
    return replace(queue, holders=holders)


def _holder_of(table: RunTable, owner: str, since: float, pending: PendingJob | None) -> tuple[str, SlotHolder]:
    run = find_run(table, owner)
    until = None if pending is None else pending.until
    key = run_id(owner) if run is None or until is not None else datamart_key(run)
    return key, SlotHolder(owner, since, run.newest_attempt if run else 0, until)


def check_datamart_free(table: RunTable, run: Run, queue: Queue) -> None:
    """Raises RunInProgress where a run of the same datamart has a slot, and not only for a session that it left.

    Its request may name the datamart differently: the items of the runs tell.
    """
    key = datamart_key(run)
    for holder in oldest_holders(queue, HOLDERS_COMPARED):
        if holder is queue.holders.get(key) or is_same_datamart(run, find_run(table, holder.owner)):
            raise in_progress(Lease(key, holder.owner, holder.since))


def taken_under_another_name(table: RunTable, run: Run) -> str | None:
    """Key of the run that has the datamart's lease, where this run knows the datamart's ID from an earlier attempt.

    The other run may name the datamart differently: then the queue does not know that it is the same one.
    """
    key = lease_of(run)
    lease = None if key is None else load_lease(table, key)
    if lease is None or lease.owner == run.arn or lease.pending is not None:
        return None
    owner = find_run(table, lease.owner)
    return None if owner is None else datamart_key(owner)


def holder_of(queue: Queue, owner: str) -> str | None:
    """Key of the slot that a run has; None where it has none."""
    return next((key for key, holder in queue.holders.items() if holder.owner == owner), None)
