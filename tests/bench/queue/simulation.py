"""Many runs on one connection, by the rules of functions/runs/queue.py, with the delays of Lambda and DynamoDB.

A write is made on the queue as it is at its moment, and refused where the rules no longer allow it, as the run table's
conditional writes are. Between a look and its write time passes, in which others write.
"""

import random
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace

from functions.lifecycle.hand_over import HOLDERS_ASKED
from functions.limits import FIRST_IN_QUEUE_SECONDS
from functions.runs.queue import (
    Queue,
    SlotHolder,
    Ticket,
    free_slots,
    has_expired,
    looks_after,
    next_ticket,
    not_acted_on,
    oldest_holders,
    unconfirmed,
)
from functions.runs.queue_moves import given_back, handed_over, joined, left, revoked, taken, woken
from tests.bench.queue.events import Events, Process, Token, Wait

CALL = (0.004, 0.02)
"""Seconds of a call to DynamoDB or Step Functions, from and to."""

STATE = (0.02, 0.06)
"""Seconds until a state begins."""

WARM, COLD, COLD_SHARE = (0.08, 0.4), (0.9, 2.2), 0.05
"""Seconds of a function without its calls: warm; cold; how many are cold."""

END_RUN = (1.0, 5.0)
"""Seconds until the end of a stopped run is delivered."""

SWEEP_SECONDS = 300

Change = Callable[[Queue], Queue | None]


@dataclass(frozen=True)
class Faults:
    """Shares of what goes wrong.

    Parameters
    ----------
    lost_hand_overs
        Functions that end between the write of a hand-over and its token.
    stopped_holders, stopped_waiters
        Executions that are stopped while they have a slot, or wait for one.
    unheard_ends
        Stopped executions whose end is never delivered.
    """

    lost_hand_overs: float = 0.0
    stopped_holders: float = 0.0
    stopped_waiters: float = 0.0
    unheard_ends: float = 0.0


@dataclass(eq=False)
class SimulatedRun:
    """A run: its ticket, the seconds for which it holds a slot, and what its waiting costs.

    ``ended`` is "done", "stopped" or "queueMinutes". Transitions and Lambda calls are those of waiting; ``asked`` are
    the times when it asked again after ten minutes as first, each of them one transition and one Lambda call.
    """

    ticket: Ticket
    seconds: float
    token: Token = field(default_factory=Token)
    ended: str | None = None
    began: float | None = None
    stopped_holding: float | None = None
    idle_since: float | None = None
    waited: float = 0.0
    transitions: int = 0
    lambdas: int = 0
    calls: int = 0
    asked: int = 0

    @property
    def id(self) -> str:
        """Of the run and of its ticket."""
        return self.ticket.id


class Simulation:
    """One connection with ``most`` slots; runs start when their tickets say that they arrive."""

    def __init__(self, runs: list[SimulatedRun], most: int, seed: int, faults: Faults | None = None) -> None:
        self.random = random.Random(seed)  # noqa: S311
        self.events = Events()
        self.faults = faults or Faults()
        self.queue = Queue(most)
        self.most = most
        self.runs = {run.id: run for run in runs}
        self.overtaken: list[str] = []

    def run(self) -> list[SimulatedRun]:
        """All runs, to their end."""
        for run in self.runs.values():
            self.events.start(self._execution(run), run.ticket.arrived)
            if self._happens(self.faults.stopped_waiters):
                self.events.start(self._stop_waiting(run), run.ticket.arrived + self.random.uniform(1, 3_600))
        self.events.start(self._sweep(), SWEEP_SECONDS)
        self.events.run()
        return list(self.runs.values())

    def _happens(self, share: float) -> bool:
        return self.random.random() < share

    # -- states ---------------------------------------------------------------------------------------------------

    def _execution(self, run: SimulatedRun) -> Process:
        """PrepareRun, and WaitInQueue until there is a slot; the first PrepareRun does not count as waiting."""
        begin = self.events.now
        yield from self._function()
        while run.ended is None:
            yield self._call(run)
            if run.ended is not None:
                return
            if self._take(run):
                run.waited = self.events.now - begin
                yield from self._hold(run)
                return
            seconds = float(run.ticket.until - begin)
            while (outcome := (yield from self._wait_in_queue(run, seconds))) == "first":
                seconds = FIRST_IN_QUEUE_SECONDS
            if outcome != "slot":
                run.ended, run.waited = outcome, self.events.now - begin
                return
            run.transitions, run.lambdas = run.transitions + 1, run.lambdas + 1
            yield from self._function()

    def _function(self) -> Iterator[float]:
        """A state and its function begin."""
        yield self.random.uniform(*STATE)
        yield self.random.uniform(*(COLD if self._happens(COLD_SHARE) else WARM))

    def _take(self, run: SimulatedRun) -> bool:
        before, holder = self.queue, SlotHolder(run.id, self.events.now, 1)
        if not self._write(lambda queue: taken(queue, run.ticket, holder, self.most, self.events.now)):
            return False
        if len(self.queue.holders) > len(before.holders):
            self.overtaken += overtaken_by(run.ticket, before)
        return True

    def _wait_in_queue(self, run: SimulatedRun, seconds: float) -> Iterator[float | Wait]:
        """The waiting state, once: what its token brings, or "first" where it has timed out."""
        token = run.token = Token()
        run.transitions, run.lambdas = run.transitions + 1, run.lambdas + 1
        self.events.start(self._begin_to_wait(run, token, seconds))
        outcome = yield Wait(token, seconds)
        run.asked += outcome == Token.TIMED_OUT
        return "first" if outcome == Token.TIMED_OUT else outcome

    def _begin_to_wait(self, run: SimulatedRun, token: Token, seconds: float) -> Process:
        """The function of the waiting state: leaves the ticket, and makes good what was lost if it is the first."""
        yield from self._function()
        yield self._call(run)  # the ticket's item, with the token
        yield self._call(run)
        holder = self.queue.holders.get(run.ticket.datamart)
        if holder is not None and holder.owner == run.id:
            token.send("slot")
            return
        if run.ended is not None:
            return
        if has_expired(self.queue, run.ticket, self.events.now):
            self._write(lambda queue: left(queue, run.id))
            token.send("queueMinutes")
            return
        if run.transitions == 1:
            run.ticket = replace(run.ticket, arrived=self.events.now)
        self._write(lambda queue: _waiting(joined(queue, run.ticket, self.most), run.id, seconds))
        if self.queue.tickets[run.id].first:
            yield from self._look_after(run)
        yield from self._serve(run)

    def _hold(self, run: SimulatedRun) -> Process:
        """The attempt, and the step that gives the slot back."""
        run.began = self.events.now
        is_stopped = self._happens(self.faults.stopped_holders)
        yield run.seconds * (self.random.random() if is_stopped else 1)
        run.ended, run.stopped_holding = "stopped" if is_stopped else "done", self.events.now
        if is_stopped and self._happens(self.faults.unheard_ends):
            return
        if is_stopped:
            yield self.random.uniform(*END_RUN)
        yield self._call(run)
        yield from self._serve(run, lambda queue: given_back(queue, run.ticket.datamart, run.id))

    def _stop_waiting(self, run: SimulatedRun) -> Process:
        """A run is stopped while it waits: its token is gone, its ticket stays until the end is delivered."""
        if run.began is not None or run.ended is not None:
            return
        run.ended = "stopped"
        run.token.send("stopped")
        if self._happens(self.faults.unheard_ends):
            return
        yield self.random.uniform(*END_RUN)
        yield self._call(run)
        yield from self._serve(run, lambda queue: given_back(queue, run.ticket.datamart, run.id) or left(queue, run.id))

    def _sweep(self) -> Process:
        while any(run.ended is None for run in self.runs.values()) or self.queue.holders or self.queue.tickets:
            yield from self._look_after(None)
            yield from self._serve(None)
            yield SWEEP_SECONDS

    # -- the run table --------------------------------------------------------------------------------------------

    def _call(self, run: SimulatedRun | None) -> float:
        if run is not None:
            run.calls += 1
        return self.random.uniform(*CALL)

    def _write(self, change: Change) -> bool:
        """Whether the rules allow the change of the queue as it is now."""
        after = change(self.queue)
        if after is None:
            return False
        self.queue = after
        return True

    def _serve(self, run: SimulatedRun | None, change: Change | None = None) -> Process:
        """Make a change together with the first hand-over, hand over all free slots, and wake the new first."""
        freed_at = self.events.now if run is None or run.stopped_holding is None else run.stopped_holding
        while (chosen := self._chosen(change)) is not None:
            yield self._call(run)  # the ticket's item
            yield self._call(run)
            holder = SlotHolder(chosen.id, self.events.now, given=True)
            if self._write(_both(change, lambda queue: handed_over(queue, chosen.id, holder, self.events.now))):  # noqa: B023
                change = None
                if self._happens(self.faults.lost_hand_overs):
                    return
                self.runs[chosen.id].idle_since = freed_at
                yield from self._send(run, chosen.id)
            elif change is not None and change(self.queue) is None:
                change = None
        if change is not None:
            self._write(change)
        looker = looks_after(self.queue, self.events.now)
        if looker is not None and self._write(lambda queue: woken(queue, looker.id, self.events.now)):
            yield self._call(run)
            self.runs[looker.id].token.send("first")

    def _chosen(self, change: Change | None) -> Ticket | None:
        """The ticket that is next after the change."""
        after = (change and change(self.queue)) or self.queue
        if not free_slots(after, self.events.now):
            return None
        chosen = next_ticket(after, self.events.now)
        if chosen is not None:
            self.overtaken += overtaken_by(chosen, after)
        return chosen

    def _send(self, run: SimulatedRun | None, owner: str) -> Process:
        """Send the token of a new owner; where its execution has ended, the slot is free again."""
        yield self._call(run)
        given = self.runs[owner]
        if not given.token.send("slot") and given.ended is not None:
            yield self._call(run)
            self._write(lambda queue: revoked(queue, given.ticket.datamart, owner))

    def _look_after(self, run: SimulatedRun | None) -> Process:
        """Frees the slots of executions that have ended, and sends tokens again that reached nobody."""
        for holder in oldest_holders(self.queue, HOLDERS_ASKED):
            yield self._call(None)
            owner = self.runs[holder.owner]
            if owner.ended is not None:
                self._write(lambda queue, owner=owner: given_back(queue, owner.ticket.datamart, owner.id))  # type: ignore[misc]
        for holder in unconfirmed(self.queue, self.events.now).values():
            yield from self._send(run, holder.owner)
        for ticket in not_acted_on(self.queue, self.events.now):
            yield self._call(run)
            self.runs[ticket.id].token.send("first")


def overtaken_by(chosen: Ticket, queue: Queue) -> list[str]:
    """Who waits and could go in the place of ``chosen``, and should: found without the rules' own order.

    Of one datamart the oldest goes. Others are compared where they are the only ones of their datamart.
    """
    waiting = [ticket for ticket in queue.tickets.values() if ticket.id != chosen.id]
    group = Counter(ticket.datamart for ticket in waiting)

    def should(other: Ticket) -> bool:
        if other.datamart == chosen.datamart:
            return (other.as_of or other.arrived, other.arrived) < (chosen.as_of or chosen.arrived, chosen.arrived)
        are_alone = group[other.datamart] == 1 and group[chosen.datamart] == 0
        are_equal = are_alone and other.priority == chosen.priority
        return are_equal and other.datamart not in queue.holders and other.arrived < chosen.arrived

    return [other.id for other in waiting if should(other)]


def _waiting(queue: Queue, ticket_id: str, seconds: float) -> Queue:
    """The run waits anew, under a token by which it was told nothing yet."""
    ticket = replace(queue.tickets[ticket_id], first=seconds <= FIRST_IN_QUEUE_SECONDS, told=None, told_at=None)
    return replace(queue, tickets={**queue.tickets, ticket_id: ticket})


def _both(first: Change | None, second: Change) -> Change:
    """Two changes in one write; refused where either is not allowed."""

    def change(queue: Queue) -> Queue | None:
        after = queue if first is None else first(queue)
        return None if after is None else second(after)

    return change
