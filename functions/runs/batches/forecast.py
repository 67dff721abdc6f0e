"""When the items of a batch would run: the deciding function followed through with a duration for each item.

The same decisions as in a real night, so the same order; but each item takes just its duration, and all are loaded.
"""

import heapq
from collections.abc import Sequence
from dataclasses import dataclass

from functions.runs.batches.order import ItemState, Plan, after_decision, decide, has_ended, with_states


@dataclass(frozen=True)
class Schedule:
    """When each item starts and ends, in seconds since the batch's start; and all items as they are started."""

    starts: tuple[float, ...]
    ends: tuple[float, ...]
    order: tuple[int, ...]

    @property
    def makespan(self) -> float:
        """Seconds from the batch's start to the end of its last item."""
        return max(self.ends, default=0.0)


def schedule(plan: Plan, places: int, seconds: Sequence[float] | None = None) -> Schedule:
    """Run a batch through on so many places, at least one.

    Parameters
    ----------
    seconds
        What each item really takes; as the plan expects where it is not given.
    """
    takes = plan.expected if seconds is None else seconds
    number = len(plan.after)
    starts, ends = [0.0] * number, [0.0] * number
    states = ItemState.WAITING * number
    order: list[int] = []
    running: list[tuple[float, int]] = []
    now = 0.0
    while not has_ended(states):
        decision = decide(plan, states, places - len(running))
        states = after_decision(states, decision)
        order += decision.start
        for item in decision.start:
            starts[item], ends[item] = now, now + takes[item]
            heapq.heappush(running, (ends[item], item))
        now, item = heapq.heappop(running)
        states = with_states(states, {item: ItemState.LOADED})
    return Schedule(tuple(starts), tuple(ends), tuple(order))


MOST_FOLLOWED = 300
"""Items of a batch that is followed through for its usual duration: a thousand would take seconds of a function."""


def usual_seconds(plan: Plan, places: int) -> float | None:
    """How long the batch takes where each item takes its usual time; None where that of an item is not known."""
    if not plan.after or None in plan.seconds:
        return None
    if len(plan.after) > MOST_FOLLOWED:
        return shortest_possible(plan, places)
    return schedule(plan, places).makespan


def critical_path(plan: Plan) -> tuple[int, ...]:
    """The longest chain of items, each named by the next: no number of places makes a batch shorter."""
    path: list[int] = []
    followers: list[list[int]] = [[] for _ in plan.after]
    for item, named in enumerate(plan.after):
        for earlier in named:
            followers[earlier].append(item)
    candidates = [item for item, named in enumerate(plan.after) if not named]
    while candidates:
        path.append(max(candidates, key=lambda item: plan.chains[item]))
        candidates = followers[path[-1]]
    return tuple(path)


def shortest_possible(plan: Plan, places: int) -> float:
    """Seconds below which no order can end.

    Those of the longest chain, of all work shared by all places, or of a connection's work shared by its slots.
    """
    work = [0.0] * len(plan.slots)
    for item, connection in enumerate(plan.connections):
        work[connection] += plan.expected[item]
    shared = [seconds / slots for seconds, slots in zip(work, plan.slots, strict=True)]
    return max(max(plan.chains, default=0.0), sum(plan.expected) / places, *shared)
