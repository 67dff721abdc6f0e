"""What a run that finds no slot is told, and people with it: its place in the queue, who has the slots, how long.

Three names end no run as a failure and are in no table of errors. Step Functions catches :class:`InQueue` and
:data:`FIRST_IN_QUEUE`, whose texts begin with the seconds after which the waiting state ends by itself. The text of
:data:`SUPERSEDED` begins with the newer run.
"""

import math

from functions import clock
from functions.limits import FIRST_IN_QUEUE_SECONDS
from functions.runs.model import Run
from functions.runs.queue import (
    Queue,
    Ticket,
    counted_wait,
    first_after_pause,
    in_the_way,
    is_paused,
    next_first,
    paused_until,
    position,
)
from functions.runs.queue_moves import joined
from functions.text import duration

FIRST_IN_QUEUE = "FirstInQueue"
"""The error that wakes the run at the head of the queue: it asks from then on every ten minutes."""

SUPERSEDED = "Superseded"
"""The error of a run of a burst that need not wait any longer, because of a newer one of its job."""

TIME_IS_UP = f"{FIRST_IN_QUEUE_SECONDS} seconds are left to end: the run has waited for its queueMinutes."
"""The cause with which a run is woken whose time has passed, and which a pause was to keep waiting for longer."""

SECONDS_AFTER_PAUSE = 1
"""Added to a wait until the end of a pause, so that the pause has ended when the run comes back."""

TOLERANCE = 60
"""Seconds by which the waiting state may end too early or too late before the run enters it anew."""


class InQueue(Exception):
    """There is no slot for the run: it waits in the queue."""


def in_queue(run: Run, queue: Queue, ticket: Ticket) -> InQueue:
    """The error of a run that does not wait yet, or enters its waiting state anew."""
    asked = joined(queue, ticket, queue.most)
    seconds = seconds_to_wait(asked, ticket, clock.now())
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


def seconds_to_wait(queue: Queue, ticket: Ticket, now: float) -> int:
    """Whole seconds after which the waiting state of a ticket ends by itself, at least one.

    Ten minutes for the first in the queue; until the end of a pause for the first of those whom it keeps waiting; else
    until ``queueMinutes`` are used up.
    """
    left, end = seconds_left(queue, ticket, now), paused_until(queue.pauses, ticket.job, now)
    if end is None:
        head = next_first(queue, now)
        return min(left, FIRST_IN_QUEUE_SECONDS) if head is not None and head.id == ticket.id else left
    head = first_after_pause(queue, end, now)
    if head is None or head.id != ticket.id:
        return left
    return min(left, math.ceil(end - now) + SECONDS_AFTER_PAUSE)


def waits_wrongly(queue: Queue, ticket: Ticket, seconds: float, now: float) -> bool:
    """Whether a state that ends after ``seconds`` is to be entered anew: a pause has begun since, or has ended.

    Where there is no pause, too long a wait is right: the run at the head of the queue is woken.
    """
    difference = seconds_to_wait(queue, ticket, now) - seconds
    return difference > TOLERANCE or (difference < -TOLERANCE and is_paused(queue.pauses, ticket.job, now))


def seconds_left(queue: Queue, ticket: Ticket, now: float) -> int:
    """Whole seconds until ``queueMinutes`` are used up, at least one; the rest of a pause does not count."""
    counted = counted_wait(queue.pauses, ticket.job, ticket.arrived, now)
    pause = (paused_until(queue.pauses, ticket.job, now) or now) - now
    return max(1, math.ceil(ticket.until - ticket.arrived - counted + pause))


def place_in_words(run: Run, queue: Queue, ticket: Ticket) -> str:
    """The queue, the ticket's position in it, how long it has waited, whom it waits for, and how long that one runs."""
    now = clock.now()
    place = position(queue, ticket.id, now)
    where = f'the queue of connection "{run.connection}"'
    if place is not None:
        where += f" (position {place} of {len(queue.tickets)})"
    return f"{where}, {_since(ticket.arrived, now)}: {_whom(queue, ticket, now)}"


def _since(moment: float, now: float) -> str:
    return f"since {clock.timestamp(moment)} ({duration(now - moment)})"


def _whom(queue: Queue, ticket: Ticket, now: float) -> str:
    until = paused_until(queue.pauses, ticket.job, now)
    if until is not None:
        return f"it is paused until {clock.timestamp(until)} (for another {duration(until - now)})"
    holder = in_the_way(queue, ticket, now)
    if holder is not None:
        return f"{holder.owner} has its datamart, {_since(holder.since, now)}"
    holders = sorted((each for each in queue.holders.values() if each.keeps(now)), key=lambda each: each.since)
    if not holders:
        return "others go first"
    kept = f"{holders[0].owner} has had one longest, {_since(holders[0].since, now)}"
    return f"of {queue.most} slot(s) (maxConcurrentRuns) {len(holders)} are taken; {kept}"
