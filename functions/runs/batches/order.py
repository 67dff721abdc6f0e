"""Decides which items of a batch start now and which are skipped: a pure function of the plan and the items' states.

It is called when a batch starts and at the end of each item. Items are numbers: their places in the batch's file. The
longest remaining chain goes first, which is the usual list scheduling by critical path; no item waits for one that it
does not name while a place is free, and a slot of its connection.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from itertools import islice
from typing import Literal

from functions.runs.forecast import USUAL_DURATION
from functions.runs.usual import median_of


class ItemState(StrEnum):
    """What is known of an item, one character each: a batch's states are stored as one string."""

    WAITING = "w"
    """It has not started."""

    RUNNING = "r"
    """Its run was started, or is about to be."""

    LOADED = "l"
    """Its run ended with ``loaded: yes``, also where it failed afterwards (SaveFailed)."""

    FAILED = "f"
    """Its run ended with ``loaded: no``."""

    UNKNOWN = "u"
    """Its run ended with ``loaded: unknown``."""

    SKIPPED = "s"
    """It was not started, because of another item."""

    STOPPED = "x"
    """A person stopped it, or the batch."""


OnFailure = Literal["continue", "stop"]
"""What happens to the items that have not started when one is not loaded: with "stop", all of them are skipped."""

GOING_ON = frozenset({ItemState.WAITING, ItemState.RUNNING})
"""The states that an item leaves again."""

FIRST_CAUSES = frozenset({ItemState.FAILED, ItemState.UNKNOWN, ItemState.STOPPED})
"""The states for which those that come after an item are skipped."""


@dataclass(frozen=True)
class Plan:
    """What never changes while a batch goes on.

    Parameters
    ----------
    after
        For each item the items that it names: it starts once all of them are loaded. Without a cycle.
    seconds
        For each item its usual duration, None where it is not known.
    on_failure
        Whether items that name no failed one still start.
    connections, slots
        For each item the number of its connection, and for each connection how many items may run on it at once. Both
        are empty where the items have one connection: then the places of the whole batch are its slots.
    """

    after: tuple[tuple[int, ...], ...]
    seconds: tuple[float | None, ...]
    on_failure: OnFailure = "continue"
    connections: tuple[int, ...] = ()
    slots: tuple[int, ...] = ()

    @cached_property
    def expected(self) -> tuple[float, ...]:
        """Seconds of each item, for comparisons: where it has no history, the median of all others.

        Where no item has one, all count alike, and the chain of most items is the longest.
        """
        known = [each for each in self.seconds if each is not None]
        otherwise = median_of(known) if known else USUAL_DURATION
        return tuple(otherwise if each is None else each for each in self.seconds)

    @cached_property
    def chains(self) -> tuple[float, ...]:
        """Seconds of the longest chain that begins with each item: the item, and what comes after it."""
        behind = [0.0] * len(self.after)
        chains = list(self.expected)
        for item in reversed(self.in_order):
            chain = chains[item] = chains[item] + behind[item]
            for earlier in self.after[item]:
                if behind[earlier] < chain:
                    behind[earlier] = chain
        return tuple(chains)

    @cached_property
    def in_order(self) -> tuple[int, ...]:
        """All items, each behind those that it names. ValueError where they name each other in a cycle."""
        missing = [len(named) for named in self.after]
        followers: list[list[int]] = [[] for _ in self.after]
        for item, named in enumerate(self.after):
            for earlier in named:
                followers[earlier].append(item)
        found = [item for item, number in enumerate(missing) if not number]
        for item in found:  # it grows while it is walked through
            for follower in followers[item]:
                missing[follower] -= 1
                if not missing[follower]:
                    found.append(follower)
        if len(found) < len(self.after):
            raise ValueError("the items of a plan name each other in a cycle")
        return tuple(found)

    @cached_property
    def needs(self) -> tuple[int, ...]:
        """What each item names as a set of bits, so that a thousand items are compared at once."""
        return tuple(_bits(named) for named in self.after)


@dataclass(frozen=True)
class Decision:
    """What happens now.

    Parameters
    ----------
    start
        Items whose runs start, in this order.
    skip
        Items that will never start, each with the item that is the first cause: one that is not loaded, or whose run
        was stopped.
    """

    start: tuple[int, ...] = ()
    skip: Mapping[int, int] = field(default_factory=dict)


def decide(plan: Plan, states: str, free_places: int) -> Decision:
    """What starts and what is skipped, given one character of :class:`ItemState` for each item.

    Waiting items that name an item that is not loaded are skipped, and so are those that name a skipped one. Of the
    others those whose named items are all loaded may start: as many as places are free, and on each connection as many
    as it has slots left, the longest chain first, and of equal ones the first in the file. An item whose connection has
    no slot left keeps no item of another connection waiting. ValueError where the states are not those of this plan.
    """
    if len(states) != len(plan.after) or not set(states) <= set(ItemState):
        raise ValueError(f"{len(plan.after)} states of {'/'.join(ItemState)} are expected, not {states!r}")
    skip = _skipped(plan, states)
    loaded = _bits(_items(states, ItemState.LOADED))
    ready = [
        item
        for item in _items(states, ItemState.WAITING)
        if item not in skip and plan.needs[item] & loaded == plan.needs[item]
    ]
    ready.sort(key=lambda item: -plan.chains[item])  # stable: equal chains go in the order of the file
    return Decision(tuple(islice(_with_slots(plan, states, ready), max(0, free_places))), skip)


def has_ended(states: str) -> bool:
    """Whether no item runs and none waits."""
    return not GOING_ON & set(states)


def with_states(states: str, changes: Mapping[int, ItemState]) -> str:
    """The states after those of some items have changed."""
    return "".join(changes.get(item, state) for item, state in enumerate(states))


def after_decision(states: str, decision: Decision) -> str:
    """The states once a decision is carried out: what starts runs, what is skipped has ended."""
    starts = dict.fromkeys(decision.start, ItemState.RUNNING)
    return with_states(states, starts | dict.fromkeys(decision.skip, ItemState.SKIPPED))


def waits_for(plan: Plan, states: str, item: int) -> tuple[int, ...]:
    """The items that a waiting one names and that are not loaded yet; none where it waits only for a place."""
    return tuple(earlier for earlier in plan.after[item] if states[earlier] != ItemState.LOADED)


def _skipped(plan: Plan, states: str) -> dict[int, int]:
    """The waiting items that cannot start any more, each with its first cause; in the order of the plan."""
    failed = [item for item, state in enumerate(states) if state in FIRST_CAUSES]
    if not failed and ItemState.SKIPPED not in states:
        return {}
    causes = {item: item for item in failed}
    stops = plan.on_failure == "stop" and bool(failed)
    skip = {}
    for item in plan.in_order:
        state = states[item]
        if state not in (ItemState.WAITING, ItemState.SKIPPED):
            continue
        cause = next((causes[earlier] for earlier in plan.after[item] if earlier in causes), None)
        if cause is None and stops:
            cause = failed[0]
        if cause is None and state == ItemState.SKIPPED:
            cause = item  # skipped for a reason outside the batch
        if cause is not None:
            causes[item] = cause
            if state == ItemState.WAITING:
                skip[item] = cause
    return skip


def _with_slots(plan: Plan, states: str, ready: Iterable[int]) -> Iterator[int]:
    """Those of the ready items for which their connection has a slot, in their order."""
    free = list(plan.slots)
    if not free:
        yield from ready
        return
    for item in _items(states, ItemState.RUNNING):
        free[plan.connections[item]] -= 1
    for item in ready:
        if free[plan.connections[item]] > 0:
            free[plan.connections[item]] -= 1
            yield item


def _items(states: str, wanted: ItemState) -> list[int]:
    return [item for item, state in enumerate(states) if state == wanted]


def _bits(items: Sequence[int]) -> int:
    """A number whose bits of these places are set."""
    found = 0
    for item in items:
        found |= 1 << item
    return found
