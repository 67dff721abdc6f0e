"""The queue of a connection as pure rules: who holds a slot, who waits, who goes next, and what a pause changes.

No clock, no storage: callers pass the time, and :mod:`functions.runs.queue_moves` gives the changed queue. Times are
seconds since the epoch, durations are seconds (DESIGN.md "One run of a datamart at a time").

A *key* names a datamart within the connection. Tickets of one datamart form a group: one of them goes at a time.
"""

import heapq
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice
from typing import Literal

HIGH_IN_A_ROW = 4
"""After so many tickets of high priority a normal one goes."""

LONG_SHARE = 0.8
"""A run waits long once it has used up so much of its ``queueMinutes``."""

OVERDUE_SECONDS = 60
"""So long after its ``queueMinutes`` are used up a run has ended by itself, but where a pause ended early."""

UNCONFIRMED_SECONDS = 60
"""After so many seconds what a run was told and has not acted on is told again, that it has a slot for example."""

Priority = Literal["high", "normal"]

Conflict = Literal["skip", "fail"]
"""What a run does that finds its datamart taken, other than to wait (``onConflict``)."""

Told = Literal["first", "end"]
"""What a run that waits is told, beside that it has a slot: that it looks after the queue, or that it ends."""


Age = tuple[float, float, str]
"""Sorts the runs of one datamart or one job: by ``asOf``, then by arrival, then by id."""


@dataclass(frozen=True)
class BurstRun:
    """A run of a job's burst that got a slot: older ones that have tickets, or come while it has its slot, end.

    ``age`` is that of its ticket.
    """

    job: str
    owner: str
    age: Age

    def supersedes(self, ticket: "Ticket") -> bool:
        """Whether the ticket is an older one of the same burst."""
        return ticket.burst and ticket.job == self.job and ticket.age < self.age


@dataclass(frozen=True)
class SlotHolder:
    """A run (the ARN of its execution) that has a slot, since when, and the attempt that it was last taken in.

    ``until`` is when the last session that the run left has ended; None while the run goes on. ``given`` is whether the
    slot was handed over and its new owner has not confirmed that yet. ``burst`` is of a run that supersedes older ones.
    """

    owner: str
    since: float
    attempt: int | None = None
    until: float | None = None
    given: bool = False
    burst: BurstRun | None = None

    def keeps(self, now: float) -> bool:
        """Whether the slot is still taken."""
        return self.until is None or now < self.until


@dataclass(frozen=True)
class Ticket:
    """A run that waits.

    Parameters
    ----------
    id
        Of the run; short, and the same each time the run waits.
    arrived
        When it began to wait.
    datamart
        Key of its datamart.
    until
        When its ``queueMinutes`` are used up, had there been no pause.
    as_of
        Of the trigger; the arrival where there is none.
    job
        The named job, if any; a paused job's tickets are passed over.
    burst
        Whether of the job's runs that wait, or have a slot, only the newest is wanted (``"burst": "latest"``).
    conflict
        What the run does when its datamart is taken, other than to wait.
    behind
        Key of a run of the same datamart that names it differently; found out after a login.
    first
        Whether the run looks after the queue: its waiting state ends by itself after ten minutes at most.
    told
        What the run was told since it began to wait this time, and has not acted on: that it looks after the queue, or
        that it ends. A run that waits anew has been told nothing.
    told_at
        When it was told.
    """

    id: str
    arrived: float
    datamart: str
    until: float
    priority: Priority = "normal"
    as_of: float | None = None
    job: str | None = None
    burst: bool = False
    conflict: Conflict | None = None
    behind: str | None = None
    first: bool = False
    told: Told | None = None
    told_at: float | None = None

    @property
    def group(self) -> str:
        """Key under which tickets of one datamart come together, however they name it."""
        return self.behind or self.datamart

    @property
    def age(self) -> Age:
        """The arrival stands for ``asOf`` where there is none."""
        return (self.arrived if self.as_of is None else self.as_of, self.arrived, self.id)

    def held_by(self, owner: str, since: float, attempt: int | None = None, given: bool = False) -> SlotHolder:
        """The slot that the ticket's run gets."""
        burst = BurstRun(self.job, owner, self.age) if self.burst and self.job else None
        return SlotHolder(owner, since, attempt, given=given, burst=burst)


@dataclass(frozen=True)
class Pause:
    """A time in which nobody goes: of the connection (``job`` is None) or of a named job.

    Kept for a while after its end, because it does not count against ``queueMinutes``.
    """

    since: float
    until: float
    job: str | None = None

    def concerns(self, job: str | None) -> bool:
        """Whether it keeps a run of this job waiting."""
        return self.job is None or self.job == job

    def is_on(self, now: float) -> bool:
        """Whether it has begun and not ended."""
        return self.since <= now < self.until


@dataclass(frozen=True)
class Queue:
    """All of a connection: holders by the key of their datamart, tickets by their id, and what decides their order.

    ``most`` is how many slots there are (``maxConcurrentRuns``), ``high_in_a_row`` how many tickets of high priority
    went since the last normal one. ``burst_runs`` are those that have given their slots back while older ones had
    tickets, as long as there is such a ticket.
    """

    most: int = 1
    holders: Mapping[str, SlotHolder] = field(default_factory=dict)
    tickets: Mapping[str, Ticket] = field(default_factory=dict)
    high_in_a_row: int = 0
    pauses: tuple[Pause, ...] = ()
    burst_runs: tuple[BurstRun, ...] = ()


def next_ticket(queue: Queue, now: float) -> Ticket | None:
    """The ticket that gets the next free slot; None where none may go."""
    return next(order(eligible(queue, now), queue.high_in_a_row), None)


def looks_after(queue: Queue, now: float) -> Ticket | None:
    """The ticket whose run looks after the queue, or is to from now on; None where all are paused.

    One of the first in the queue, as many as there are slots, whether or not their datamarts are taken: the one that
    does already, so that few are told; else the last of them, which will do it longest.
    """
    waiting = [ticket for ticket in _in_line(queue, now) if not is_paused(queue.pauses, ticket.job, now)]
    near = list(islice(order(waiting, queue.high_in_a_row), max(1, queue.most)))
    able = [ticket for ticket in near if ticket.told != "end"] or near
    return next((ticket for ticket in able if ticket.first or ticket.told == "first"), able[-1] if able else None)


def first_after_pause(queue: Queue, until: float, now: float) -> Ticket | None:
    """The first of those that a pause keeps waiting until then: it looks after the queue when the pause ends."""
    waiting = [ticket for ticket in _in_line(queue, now) if paused_until(queue.pauses, ticket.job, now) == until]
    return next(order(waiting, queue.high_in_a_row), None)


def position(queue: Queue, ticket_id: str, now: float) -> int | None:
    """Place in the queue, from 1, if all went in order; None for a ticket that does not wait or is superseded.

    A ticket whose ``queueMinutes`` are used up is told the place that it had until now.
    """
    for place, ticket in enumerate(order(_in_line(queue, now, also=ticket_id), queue.high_in_a_row), 1):
        if ticket.id == ticket_id:
            return place
    return None


def free_slots(queue: Queue, now: float) -> int:
    """How many slots nobody has; 0 also where more are taken than there are now."""
    return max(0, queue.most - sum(holder.keeps(now) for holder in queue.holders.values()))


def in_the_way(queue: Queue, ticket: Ticket, now: float) -> SlotHolder | None:
    """The holder of the same datamart, which a ticket waits for whatever slots are free."""
    for key in (ticket.datamart, ticket.behind):
        holder = queue.holders.get(key) if key else None
        if holder is not None and holder.keeps(now):
            return holder
    return None


def eligible(queue: Queue, now: float) -> list[Ticket]:
    """The tickets that may go once there is a slot: their datamart is free, and no pause concerns them."""
    return [
        ticket
        for ticket in _in_line(queue, now)
        if not is_paused(queue.pauses, ticket.job, now) and in_the_way(queue, ticket, now) is None
    ]


def _in_line(queue: Queue, now: float, also: str | None = None) -> list[Ticket]:
    """All tickets but those that are about to end without a run; ``also`` is in line however long it has waited."""
    newest = _newest_of_bursts(queue)
    return [
        ticket
        for ticket in queue.tickets.values()
        if (ticket.id == also or not has_expired(queue, ticket, now)) and _newer(newest, ticket) is None
    ]


def order(tickets: Collection[Ticket], high_in_a_row: int) -> Iterator[Ticket]:
    """The order in which tickets go.

    By arrival within a priority, high before normal, one normal after four of high priority. A datamart's group stands
    where its earliest member stands, with the highest priority of its members; its oldest (by ``asOf``) goes.
    """
    groups: dict[str, list[Ticket]] = {}
    for ticket in sorted(tickets, key=lambda ticket: ticket.age, reverse=True):
        groups.setdefault(ticket.group, []).append(ticket)  # the one that goes is the last
    high: list[tuple[float, str]] = []
    normal: list[tuple[float, str]] = []

    def line_up(key: str) -> None:
        members = groups[key]
        if members:
            heapq.heappush(high if _is_high(members) else normal, (min(each.arrived for each in members), key))

    for key in groups:
        line_up(key)
    while high or normal:
        is_high = bool(high) and (high_in_a_row < HIGH_IN_A_ROW or not normal)
        _, key = heapq.heappop(high if is_high else normal)
        high_in_a_row = row_after(high_in_a_row, is_high)
        yield groups[key].pop()
        line_up(key)


def goes_as_high(queue: Queue, ticket: Ticket, now: float) -> bool:
    """Whether a ticket has high priority by itself, or by another one of its datamart that could go in its place."""
    return _is_high([each for each in eligible(queue, now) if each.group == ticket.group])


def row_after(high_in_a_row: int, is_high: bool) -> int:
    """How many of high priority went in a row, after one more ticket went."""
    return min(high_in_a_row + 1, HIGH_IN_A_ROW) if is_high else 0


def _is_high(members: Collection[Ticket]) -> bool:
    return any(ticket.priority == "high" for ticket in members)


def superseded(queue: Queue) -> list[tuple[Ticket, Ticket | BurstRun]]:
    """The tickets of bursts that need not wait any longer, each with the newest of its job, for which they end.

    The newest waits, has a slot, or had one while they waited: an older one must not load the table after it.
    """
    newest = _newest_of_bursts(queue)
    found = ((ticket, _newer(newest, ticket)) for ticket in queue.tickets.values())
    return [(ticket, newer) for ticket, newer in found if newer is not None]


def _newest_of_bursts(queue: Queue) -> dict[str, Ticket | BurstRun]:
    newest: dict[str, Ticket | BurstRun] = {}
    holding = (holder.burst for holder in queue.holders.values())
    waiting = (ticket for ticket in queue.tickets.values() if ticket.burst)
    for each in (*queue.burst_runs, *holding, *waiting):
        if each is not None and each.job and (each.job not in newest or newest[each.job].age < each.age):
            newest[each.job] = each
    return newest


def _newer(newest: Mapping[str, Ticket | BurstRun], ticket: Ticket) -> Ticket | BurstRun | None:
    found = newest.get(ticket.job) if ticket.burst and ticket.job else None
    return found if found is not None and found.age > ticket.age else None


def conflicting(queue: Queue, now: float) -> list[Ticket]:
    """The tickets that need not wait any longer: their datamart runs, and their run would rather end."""
    found = []
    for ticket in queue.tickets.values():
        holder = in_the_way(queue, ticket, now) if ticket.conflict else None
        if holder is not None and holder.until is None:
            found.append(ticket)
    return found


def has_expired(queue: Queue, ticket: Ticket, now: float) -> bool:
    """Whether its ``queueMinutes`` are used up; a pause does not count."""
    return counted_wait(queue.pauses, ticket.job, ticket.arrived, now) >= ticket.until - ticket.arrived


def overdue(queue: Queue, now: float) -> list[Ticket]:
    """The tickets whose ``queueMinutes`` are used up, and whose waiting state has not ended by itself.

    It was to end after a pause that was ended early, or its run has not come back yet.
    """
    return [ticket for ticket in queue.tickets.values() if has_expired(queue, ticket, now - OVERDUE_SECONDS)]


def waiting_long(queue: Queue, now: float) -> list[Ticket]:
    """The tickets whose ``queueMinutes`` are used up soon, but for those that a pause keeps waiting: that is meant."""
    return [
        ticket
        for ticket in queue.tickets.values()
        if not is_paused(queue.pauses, ticket.job, now)
        and counted_wait(queue.pauses, ticket.job, ticket.arrived, now) >= LONG_SHARE * (ticket.until - ticket.arrived)
    ]


def longest_wait(queue: Queue, now: float) -> float:
    """Seconds of the longest wait in the queue, without pauses and without the runs that a pause keeps waiting."""
    waits = (
        counted_wait(queue.pauses, ticket.job, ticket.arrived, now)
        for ticket in queue.tickets.values()
        if not is_paused(queue.pauses, ticket.job, now)
    )
    return max(waits, default=0.0)


def counted_wait(pauses: Collection[Pause], job: str | None, since: float, now: float) -> float:
    """Seconds of a wait that count against ``queueMinutes``: all but those within a pause that concerns the job."""
    waited, counted_to = 0.0, since
    for pause in sorted(pauses, key=lambda pause: pause.since):
        if pause.concerns(job):
            waited += max(0.0, min(pause.since, now) - counted_to)
            counted_to = max(counted_to, pause.until)
    return waited + max(0.0, now - counted_to)


def is_paused(pauses: Collection[Pause], job: str | None, now: float) -> bool:
    """Whether a pause of the connection or of the job goes on."""
    return paused_until(pauses, job, now) is not None


def paused_until(pauses: Collection[Pause], job: str | None, now: float) -> float | None:
    """When the last pause ends that keeps a run of this job waiting now; None where none does."""
    return max((pause.until for pause in pauses if pause.concerns(job) and pause.is_on(now)), default=None)


def oldest_holders(queue: Queue, count: int) -> list[SlotHolder]:
    """The holders that a run asks Step Functions about first: those that took their slot longest ago, and go on."""
    going_on = [holder for holder in queue.holders.values() if holder.until is None]
    return heapq.nsmallest(count, going_on, key=lambda holder: holder.since)


def unconfirmed(queue: Queue, now: float) -> dict[str, SlotHolder]:
    """The holders, by key, that a hand-over may not have reached: their token is sent again."""
    return {
        key: holder
        for key, holder in queue.holders.items()
        if holder.given and now - holder.since >= UNCONFIRMED_SECONDS
    }


def not_acted_on(queue: Queue, now: float) -> list[Ticket]:
    """The tickets of runs that may not have heard what they were told."""
    waiting = queue.tickets.values()
    return [each for each in waiting if each.told_at is not None and now - each.told_at >= UNCONFIRMED_SECONDS]
