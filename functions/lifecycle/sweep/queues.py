"""Queues of connections: hand-overs that were lost, and slots and tickets of runs whose execution has ended."""

from typing import NamedTuple

from functions import clock
from functions.lifecycle.hand_over import drop_tickets_of_ended, free_slots_of_ended, look_after
from functions.lifecycle.sweep.has_ended import Describe, has_ended
from functions.notifications.sweep_notice import Thing
from functions.runs.queue import longest_wait, waiting_long
from functions.runs.store.queues import StoredQueue, load_queue
from functions.runs.store.runs import find_run
from functions.runs.store.table import run_table

WHAT = "its slot of the connection was kept from other runs"
KEPT = "its session may still be open, until {until} at the latest; then the slot is free by itself"

NOT_FREED = "it could not be freed; the next sweep tries it again"


class QueueLook(NamedTuple):
    """What a look at a queue found.

    ``going_on`` is whether a run waits in it, or is being given a slot, so that it was looked after; ``slots_taken``,
    ``waiting`` and ``waiting_long`` are numbers of runs, ``longest_wait`` is in seconds.
    """

    going_on: bool = False
    slots_taken: int = 0
    waiting: int = 0
    waiting_long: int = 0
    longest_wait: float = 0.0


def look(connection: str) -> QueueLook:
    """Look after the queue, if a run waits in it."""
    queue = load_queue(run_table(), connection)
    if queue is None:
        return QueueLook()
    going_on = bool(queue.tickets or any(holder.given for holder in queue.holders.values()))
    after = _look_after(connection, queue) if going_on else queue
    now = clock.now()
    taken = sum(holder.keeps(now) for holder in after.holders.values())
    return QueueLook(going_on, taken, len(after.tickets), len(waiting_long(after, now)), longest_wait(after, now))


def free(connection: str, describe: Describe) -> list[Thing]:
    """Free the slots that executions have which have ended, unless a session of them could meet another run."""
    queue = load_queue(run_table(), connection)
    if queue is None:
        return []
    overdue = [holder for holder in queue.holders.values() if _is_overdue(holder.owner, describe)]
    going_on = [holder for holder in overdue if holder.until is None]
    after = _look_after(connection, free_slots_of_ended(run_table(), connection, queue, going_on))
    return [_thing(owner, after) for owner in sorted({holder.owner for holder in overdue})]


def _look_after(connection: str, queue: StoredQueue) -> StoredQueue:
    table = run_table()
    return look_after(table, connection, drop_tickets_of_ended(table, connection, queue))


def _is_overdue(owner: str, describe: Describe) -> bool:
    described = describe(owner)
    return described is None or has_ended(described, find_run(run_table(), owner))


def _thing(owner: str, queue: StoredQueue) -> Thing:
    run = find_run(run_table(), owner)
    name = (run and (run.datamart_in_words or run.job_name)) or "unknown"
    kept = [holder for holder in queue.holders.values() if holder.owner == owner and holder.keeps(clock.now())]
    if not kept:
        return Thing(owner, name, WHAT, "free now")
    until = max((holder.until for holder in kept if holder.until is not None), default=None)
    now = NOT_FREED if until is None else KEPT.format(until=clock.timestamp(until))
    return Thing(owner, name, WHAT, now, left=True)
