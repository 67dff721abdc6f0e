"""Queues of connections: hand-overs that were lost, and slots and tickets of runs whose execution has ended."""

from functions import clock
from functions.lifecycle.hand_over import drop_tickets_of_ended, look_after
from functions.lifecycle.sweep.has_ended import Describe, has_ended
from functions.notifications.sweep_notice import Thing
from functions.runs.queue import waiting_long
from functions.runs.slots import run_id
from functions.runs.store.queues import StoredQueue, load_queue
from functions.runs.store.runs import find_run
from functions.runs.store.table import run_table

WHAT = "its slot of the connection was kept from other runs"
KEPT = "its session may still be open, until {until} at the latest; then the slot is free by itself"


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
    owners = {holder.owner for holder in queue.holders.values() if _is_overdue(holder.owner, describe)}
    after = _look_after(connection, queue)
    return [_thing(owner, after) for owner in sorted(owners)]


def _look_after(connection: str, queue: StoredQueue) -> StoredQueue:
    table = run_table()
    return look_after(table, connection, drop_tickets_of_ended(table, connection, queue))


def _is_overdue(owner: str, describe: Describe) -> bool:
    described = describe(owner)
    return described is None or has_ended(described, find_run(run_table(), owner))


def _thing(owner: str, queue: StoredQueue) -> Thing:
    run, kept = find_run(run_table(), owner), queue.holders.get(run_id(owner))
    name = (run and (run.datamart_in_words or run.job_name)) or "unknown"
    if kept is None or kept.until is None or kept.until <= clock.now():
        return Thing(owner, name, WHAT, "free now")
    return Thing(owner, name, WHAT, KEPT.format(until=clock.timestamp(kept.until)), left=True)
