"""Plans of batches for tests, written as people read them, and what hypothesis makes of them."""

from dataclasses import dataclass
from typing import Any

from hypothesis import strategies as st

from functions.runs.batches.order import ItemState, OnFailure, Plan, after_decision, decide, has_ended, with_states

ENDS = (ItemState.LOADED, ItemState.FAILED, ItemState.UNKNOWN, ItemState.STOPPED)


def plan(*after: str, seconds: tuple[float | None, ...] | None = None, on_failure: OnFailure = "continue") -> Plan:
    """Item 0 names the items whose numbers are the digits of the first text, and so on."""
    named = tuple(tuple(map(int, digits)) for digits in after)
    return Plan(named, seconds or (None,) * len(named), on_failure)


@st.composite
def plans(draw: st.DrawFn) -> Plan:
    """Graphs without cycles, in a file of any order, with durations known of some items."""
    number = draw(st.integers(1, 12))
    places = draw(st.permutations(range(number)))
    after: list[tuple[int, ...]] = [()] * number
    for item in range(number):
        named = draw(st.sets(st.integers(0, item - 1), max_size=3)) if item else set()
        after[places[item]] = tuple(places[earlier] for earlier in named)
    seconds = draw(st.lists(st.none() | st.floats(0, 1e6), min_size=number, max_size=number))
    slots = draw(st.just(()) | st.lists(st.integers(1, 3), min_size=2, max_size=3).map(tuple))
    of_item = st.integers(0, len(slots) - 1) if slots else st.nothing()
    connections = draw(st.lists(of_item, min_size=number, max_size=number)) if slots else []
    on_failure: OnFailure = draw(st.sampled_from(["continue", "stop"]))
    return Plan(tuple(after), tuple(seconds), on_failure, tuple(connections), slots)


def running_on(of: Plan, states: str) -> list[int]:
    """How many items of a batch of several connections run on each of them."""
    used = [of.connections[item] for item, state in enumerate(states) if of.slots and state == ItemState.RUNNING]
    return [used.count(connection) for connection in range(len(of.slots))]


@dataclass(frozen=True)
class Night:
    """A batch played to its end: its states after each decision, and the decisions."""

    states: tuple[str, ...]
    decisions: tuple[Any, ...]


def night(of: Plan, outcomes: tuple[ItemState, ...], places: int, draw: Any) -> Night:
    """Start what is decided and end one running item at a time, in any order, each with its outcome."""
    states = ItemState.WAITING * len(of.after)
    seen, decisions = [], []
    while not has_ended(states):
        decision = decide(of, states, places - states.count(ItemState.RUNNING))
        states = after_decision(states, decision)
        seen.append(states)
        decisions.append(decision)
        running = [item for item, state in enumerate(states) if state == ItemState.RUNNING]
        if running:
            item = draw(st.sampled_from(running))
            states = with_states(states, {item: outcomes[item]})
            seen.append(states)
    return Night(tuple(seen), tuple(decisions))
