"""What a run that finds no slot is told, and people with it: its place in the queue, who has the slots, how long.

Three names end no run as a failure and are in no table of errors. Step Functions catches :class:`InQueue` and
:data:`FIRST_IN_QUEUE`, whose texts begin with the seconds after which the waiting state ends by itself. The text of
:data:`SUPERSEDED` begins with the newer run.
"""

import math
from typing import Any, NamedTuple

from functions import clock
from functions.limits import FIRST_IN_QUEUE_SECONDS
from functions.names import name_of_execution
from functions.runs.model import Run
from functions.runs.queue import (
    Queue,
    SlotHolder,
    Ticket,
    counted_wait,
    first_after_pause,
    in_the_way,
    is_paused,
    looks_after,
    paused_until,
    position,
)
from functions.runs.queue_moves import joined
from functions.text import duration

FIRST_IN_QUEUE = "FirstInQueue"
"""The error that wakes the run which looks after the queue: it asks from then on every ten minutes."""

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
    """The cause with which a run is woken that is to look after the queue."""
    seconds = min(seconds_left(queue, ticket, clock.now()), FIRST_IN_QUEUE_SECONDS)
    return f"{seconds} seconds are left until this run, one of the first in the queue, asks again."


def superseded_by(owner: str) -> str:
    """The cause with which a run of a burst stops waiting; ``owner`` is the execution of the newer one."""
    return f"{owner} of the same job is newer"


def newer_run(cause: str) -> str:
    """The execution that a cause of :func:`superseded_by` names."""
    return cause.partition(" ")[0]


def seconds_to_wait(queue: Queue, ticket: Ticket, now: float) -> int:
    """Whole seconds after which the waiting state of a ticket ends by itself, at least one.

    Ten minutes for the one that looks after the queue; until the end of a pause for the first of those whom it keeps
    waiting; else until ``queueMinutes`` are used up.
    """
    left, end = seconds_left(queue, ticket, now), paused_until(queue.pauses, ticket.job, now)
    if end is None:
        looker = looks_after(queue, now)
        return min(left, FIRST_IN_QUEUE_SECONDS) if looker is not None and looker.id == ticket.id else left
    head = first_after_pause(queue, end, now)
    if head is None or head.id != ticket.id:
        return left
    return min(left, math.ceil(end - now) + SECONDS_AFTER_PAUSE)


def waits_wrongly(queue: Queue, ticket: Ticket, seconds: float, now: float) -> bool:
    """Whether a state that ends after ``seconds`` is to be entered anew: a pause has begun since, or has ended.

    Where there is no pause, too long a wait is right: the run that looks after the queue is woken.
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


class Awaited(NamedTuple):
    """Whom or what a ticket waits for: the end of a pause, the run that has its datamart, or one of the slots.

    ``has_datamart`` and ``has_slot`` are owners, the latter the one that has had its slot longest; ``taken`` is the
    number of slots that are taken. Nothing of it is known where others go first.
    """

    paused_until: float | None = None
    has_datamart: SlotHolder | None = None
    has_slot: SlotHolder | None = None
    taken: int = 0


def awaited(queue: Queue, ticket: Ticket, now: float) -> Awaited:
    """Whom a ticket waits for."""
    if (until := paused_until(queue.pauses, ticket.job, now)) is not None:
        return Awaited(paused_until=until)
    if (holder := in_the_way(queue, ticket, now)) is not None:
        return Awaited(has_datamart=holder)
    holders = sorted((each for each in queue.holders.values() if each.keeps(now)), key=lambda each: each.since)
    return Awaited(has_slot=holders[0], taken=len(holders)) if holders else Awaited()


def place_as_json(queue: Queue, ticket: Ticket) -> dict[str, Any]:
    """The same as :func:`place_in_words` for logs: ``position``, ``of``, ``seconds`` since the arrival, and for whom.

    That is ``pausedUntil``, or ``hasDatamart`` or ``hasSlot``, the name of a run; with the latter ``slots``.
    """
    now = clock.now()
    place, found = position(queue, ticket.id, now), awaited(queue, ticket, now)
    known = {
        "position": place,
        "of": len(queue.tickets),
        "seconds": round(now - ticket.arrived),
        "pausedUntil": found.paused_until and clock.timestamp(found.paused_until),
        "hasDatamart": found.has_datamart and name_of_execution(found.has_datamart.owner),
        "hasSlot": found.has_slot and name_of_execution(found.has_slot.owner),
        "slots": queue.most if found.has_slot else None,
    }
    return {name: value for name, value in known.items() if value is not None}


def _whom(queue: Queue, ticket: Ticket, now: float) -> str:
    found = awaited(queue, ticket, now)
    if found.paused_until is not None:
        left = duration(found.paused_until - now)
        return f"it is paused until {clock.timestamp(found.paused_until)} (for another {left})"
    if found.has_datamart is not None:
        return f"{found.has_datamart.owner} has its datamart, {_since(found.has_datamart.since, now)}"
    if found.has_slot is None:
        return "others go first"
    kept = f"{found.has_slot.owner} has had one longest, {_since(found.has_slot.since, now)}"
    return f"of {queue.most} slot(s) (maxConcurrentRuns) {found.taken} are taken; {kept}"
