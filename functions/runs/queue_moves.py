"""How a connection's queue changes: taking a slot, waiting, handing over, giving back, pausing. Pure functions.

Each returns the changed queue, or None where the queue as it is does not allow the change: the condition of the write
that stores it (:mod:`functions.runs.store`). A caller whose write fails reads the queue again and decides anew.
"""

import heapq
from dataclasses import replace

from functions.runs.queue import (
    BurstRun,
    Pause,
    Queue,
    SlotHolder,
    Ticket,
    Told,
    eligible,
    free_slots,
    goes_as_high,
    in_the_way,
    row_after,
)

LONGEST_PAUSE = 72 * 3_600
"""Seconds that a pause lasts at most: where it was forgotten, runs go on by themselves."""

AT_ONCE = 20
"""Slots whose time has passed, and runs that are told to end, which one change takes along at most: the condition of
its write names each, and has 4,096 bytes."""


def taken(queue: Queue, ticket: Ticket, holder: SlotHolder, most: int, now: float) -> Queue | None:
    """A run takes a slot without waiting; None where it has to wait. ``ticket`` is the one that it would leave.

    It goes before tickets that are passed over, and before no other. A run that has a slot already, by a hand-over or
    for a session that an earlier attempt left, confirms it.
    """
    current, left_session = queue.holders.get(ticket.datamart), queue.holders.get(ticket.id)
    if left_session is not None and in_the_way(queue, ticket, now) is None:
        queue = replace(queue, holders={key: each for key, each in queue.holders.items() if key != ticket.id})
    elif current is None or current.owner != holder.owner:
        queue = joined(queue, ticket, most)
        if free_slots(queue, now) == 0 or [each.id for each in eligible(queue, now)] != [ticket.id]:
            return None
    return replace(_with_holder(queue, ticket, holder, now), most=most, pauses=_still_needed(queue, now))


def joined(queue: Queue, ticket: Ticket, most: int) -> Queue:
    """A run begins to wait. One that waits already keeps its place; a login may have found what it waits behind."""
    known = queue.tickets.get(ticket.id)
    if known is not None:
        ticket = replace(known, behind=ticket.behind or known.behind)
    return replace(queue, most=most, tickets={**queue.tickets, ticket.id: ticket})


def handed_over(queue: Queue, ticket_id: str, holder: SlotHolder, now: float) -> Queue | None:
    """A free slot goes to a ticket, in one change: there is no moment in which the run is in neither place, or both."""
    ticket = queue.tickets.get(ticket_id)
    if ticket is None or free_slots(queue, now) == 0 or ticket not in eligible(queue, now):
        return None
    row = row_after(queue.high_in_a_row, goes_as_high(queue, ticket, now))
    return replace(_with_holder(queue, ticket, holder, now), high_in_a_row=row)


def _with_holder(queue: Queue, ticket: Ticket, holder: SlotHolder, now: float) -> Queue:
    """The longest passed of the slots whose time has passed go at the same time."""
    passed = [(each.until or 0, key) for key, each in queue.holders.items() if not each.keeps(now)]
    gone = {key for _, key in heapq.nsmallest(AT_ONCE, passed)}
    holders = {key: each for key, each in queue.holders.items() if key not in gone}
    return replace(_without(queue, ticket.id), holders=holders | {ticket.datamart: holder})


def left(queue: Queue, ticket_id: str) -> Queue | None:
    """A run waits no longer: it has ended, or will."""
    return _without(queue, ticket_id) if ticket_id in queue.tickets else None


def given_back(
    queue: Queue,
    key: str,
    owner: str,
    attempt: int | None = None,
    until: float | None = None,
    run_id: str | None = None,
) -> Queue | None:
    """An attempt gives its slot back, or its run (``attempt`` None) when it has ended.

    At ``until`` where a session that it left may live so long. Such a slot is kept under the run's id (``run_id``): no
    other run of the datamart has to wait for it. A clean-up that comes late takes nothing from a later attempt, nor
    what was handed over for one.
    """
    current = queue.holders.get(key)
    if current is None or current.owner != owner:
        return None
    if attempt is not None and (current.given or (current.attempt or 0) > attempt):
        return None
    holders = {each: holder for each, holder in queue.holders.items() if each != key}
    if until is not None:  # rounded as it is stored: so once is all
        holders[run_id or key] = replace(current, until=round(until, 3), given=False, burst=None)
    return _with_burst_run(replace(queue, holders=holders), current.burst)


def _with_burst_run(queue: Queue, ended: BurstRun | None) -> Queue:
    """A run of a burst gives its slot back: older ones that still have tickets are not to go after it."""
    if ended is None or not any(map(ended.supersedes, queue.tickets.values())):
        return queue
    return replace(queue, burst_runs=(*(each for each in queue.burst_runs if each.job != ended.job), ended))


def revoked(queue: Queue, key: str, owner: str) -> Queue | None:
    """A slot that was handed over to a run which no longer waits is free again; None where the run has confirmed it."""
    current = queue.holders.get(key)
    return given_back(queue, key, owner) if current is not None and current.given else None


def woken(queue: Queue, ticket_id: str, now: float) -> Queue | None:
    """The run of a ticket is told to look after the queue; None where it does, or was told anything."""
    ticket = queue.tickets.get(ticket_id)
    return None if ticket is None or ticket.first or ticket.told is not None else _told(queue, ticket, "first", now)


def dismissed(queue: Queue, ticket_id: str, now: float) -> Queue | None:
    """The run of a ticket is told that it ends; None where it was told before, so that it is told once."""
    ticket = queue.tickets.get(ticket_id)
    return None if ticket is None or ticket.told == "end" else _told(queue, ticket, "end", now)


def _told(queue: Queue, ticket: Ticket, what: Told, now: float) -> Queue:
    return replace(queue, tickets={**queue.tickets, ticket.id: replace(ticket, told=what, told_at=now)})


def paused(queue: Queue, job: str | None, now: float, until: float) -> Queue | None:
    """Nobody goes until then (``job`` None), or no run of a job. Pausing again moves the end; None where it is so.

    Raises ValueError for an end that has passed or is more than :data:`LONGEST_PAUSE` away.
    """
    if not now < until <= now + LONGEST_PAUSE:
        raise ValueError(f"a pause ends in the future, and lasts at most {LONGEST_PAUSE // 3_600} hours")
    current = _pause_of(queue, job, now)
    if current is not None and current.until == until:
        return None
    return replace(queue, pauses=(*_ended(queue, job, now), Pause(now, until, job)))


def resumed(queue: Queue, job: str | None, now: float) -> Queue | None:
    """The pause of the connection (``job`` None) or of a job ends; None where there is none."""
    return None if _pause_of(queue, job, now) is None else replace(queue, pauses=_ended(queue, job, now))


def _pause_of(queue: Queue, job: str | None, now: float) -> Pause | None:
    return next((pause for pause in queue.pauses if pause.job == job and pause.is_on(now)), None)


def _ended(queue: Queue, job: str | None, now: float) -> tuple[Pause, ...]:
    """The pauses after that of ``job`` has ended, without those that are needed no more."""
    found = (replace(pause, until=now) if pause.job == job and pause.is_on(now) else pause for pause in queue.pauses)
    return _still_needed(replace(queue, pauses=tuple(found)), now)


def _still_needed(queue: Queue, now: float) -> tuple[Pause, ...]:
    """The pauses without those that ended before anybody began to wait.

    All stay while a run that was handed a slot has not confirmed it: it is about to count its wait without them.
    """
    if any(holder.given for holder in queue.holders.values()):
        return queue.pauses
    earliest = min((now, *(ticket.arrived for ticket in queue.tickets.values())))
    return tuple(pause for pause in queue.pauses if pause.until > max(earliest, pause.since))


def _without(queue: Queue, ticket_id: str) -> Queue:
    tickets = {key: ticket for key, ticket in queue.tickets.items() if key != ticket_id}
    needed = (each for each in queue.burst_runs if any(map(each.supersedes, tickets.values())))
    return replace(queue, tickets=tickets, burst_runs=tuple(needed))
