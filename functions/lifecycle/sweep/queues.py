"""Queues of connections: hand-overs that were lost, and slots and tickets of runs whose execution has ended."""

from functions import clock
from functions.lifecycle.hand_over import drop_tickets_of_ended, free_slots_of_ended, look_after
from functions.lifecycle.sweep.has_ended import Describe, has_ended
from functions.notifications.sweep_notice import Thing
from functions.runs.queue import waiting_long
from functions.runs.store.queues import StoredQueue, load_queue
from functions.runs.store.runs import find_run
from functions.runs.store.table import run_table

WHAT = "its slot of the connection was kept from other runs"
KEPT = "its session may still be open, until {until} at the latest; then the slot is free by itself"

NOT_FREED = "it could not be freed; the next sweep tries it again"


def look(connection: str) -> int | None:
    """Look after the queue, if a run waits in it. Returns how many of them wait long; None where nobody waits."""
    queue = load_queue(run_table(), connection)
    if queue is None or not (queue.tickets or any(holder.given for holder in queue.holders.values())):
        return None
    return len(waiting_long(_look_after(connection, queue), clock.now()))


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
