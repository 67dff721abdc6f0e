"""What a run that finds no slot is told, and people with it: its place in the queue, who has the slots, how long.

Three names end no run as a failure and are in no table of errors. Step Functions catches :class:`InQueue` and
:data:`FIRST_IN_QUEUE`, whose texts begin with the seconds after which the waiting state ends. The text of
:data:`SUPERSEDED` begins with the newer run.
"""

import math

from functions import clock
from functions.limits import FIRST_IN_QUEUE_SECONDS
from functions.runs.model import Run
from functions.runs.queue import Queue, Ticket, counted_wait, in_the_way, next_first, paused_until, position
from functions.runs.queue_moves import joined

FIRST_IN_QUEUE = "FirstInQueue"
"""The error that wakes the run at the head of the queue: it asks from then on every ten minutes."""


SUPERSEDED = "Superseded"
"""The error of a run of a burst that need not wait any longer, because of a newer one of its job."""


class InQueue(Exception):
    """There is no slot for the run: it waits in the queue."""


def in_queue(run: Run, queue: Queue, ticket: Ticket) -> InQueue:
    """The error of a run that does not wait yet."""
    now = clock.now()
    asked = joined(queue, ticket, queue.most)
    head = next_first(asked, now)
    left = seconds_left(asked, ticket, now)
    seconds = min(left, FIRST_IN_QUEUE_SECONDS) if head is not None and head.id == ticket.id else left
    return InQueue(f"{seconds} seconds are left to wait in {place_in_words(run, asked, ticket)}.")


def first_in_queue(queue: Queue, ticket: Ticket) -> str:
    """The cause with which the head of the queue is woken."""
    seconds = min(seconds_left(queue, ticket, clock.now()), FIRST_IN_QUEUE_SECONDS)
    return f"{seconds} seconds are left until this run, the first in the queue, asks again."


def superseded_by(owner: str) -> str:
    """The cause with which a run of a burst stops waiting; ``owner`` is the execution of the newer one."""
    return f"{owner} of the same job is newer"


def newer_run(cause: str) -> str:
    """The execution that a cause of :func:`superseded_by` names."""
    return cause.partition(" ")[0]


def seconds_left(queue: Queue, ticket: Ticket, now: float) -> int:
    """Whole seconds of ``queueMinutes`` that are left to a ticket, at least one."""
    counted = counted_wait(queue.pauses, ticket.job, ticket.arrived, now)
    return max(1, math.ceil(ticket.until - ticket.arrived - counted))


def place_in_words(run: Run, queue: Queue, ticket: Ticket) -> str:
    """The queue, the ticket's position in it, whom it waits for, and how long it has waited."""
    now = clock.now()
    place = position(queue, ticket.id, now)
    where = f'the queue of connection "{run.connection}"'
    if place is not None:
        where += f" (position {place} of {len(queue.tickets)})"
    return f"{where}, since {clock.timestamp(ticket.arrived)}: {_whom(queue, ticket, now)}"


def _whom(queue: Queue, ticket: Ticket, now: float) -> str:
    until = paused_until(queue.pauses, ticket.job, now)
    if until is not None:
        return f"it is paused until {clock.timestamp(until)}"
    holder = in_the_way(queue, ticket, now)
    if holder is not None:
        return f"{holder.owner} has its datamart, since {clock.timestamp(holder.since)}"
    holders = sorted((each for each in queue.holders.values() if each.keeps(now)), key=lambda each: each.since)
    if not holders:
        return "others go first"
    kept = f"{holders[0].owner} has had one longest, since {clock.timestamp(holders[0].since)}"
    return f"of {queue.most} slot(s) (maxConcurrentRuns) {len(holders)} are taken; {kept}"
