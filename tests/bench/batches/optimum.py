"""The shortest makespan of a small batch, by search; and that of first-come."""

import heapq

from functions.runs.batches.forecast import schedule, shortest_possible
from tests.bench.batches.graphs import After, RandomBatch

CLOSE = 0.999
"""No better makespan is searched for than one that is shorter by so much."""


def optimum(batch: RandomBatch) -> float:
    """The shortest makespan that any order reaches, 0.1 % too long at most; exponential, so for about ten items.

    Branch and bound: items are placed by ascending start, each as early as it can; a branch ends where the work left,
    or the longest chain left, cannot beat the best, or where the same items were placed at the same times before.
    """
    seconds, after, plan = batch.seconds, batch.after, batch.real_plan
    least = shortest_possible(plan, batch.places)
    best = schedule(plan, batch.places).makespan
    seen = set()

    def place(ends: tuple[float, ...], free: tuple[float, ...], last_start: float, left: float) -> None:
        nonlocal best
        waiting = sorted((item for item, end in enumerate(ends) if not end), key=lambda item: -plan.chains[item])
        if not waiting:
            best = min(best, max(ends))
            return
        earliest = max(free[0], last_start)
        work = (sum(max(each, last_start) for each in free) + left) / len(free)
        if (ends, last_start) in seen or max(work, earliest + plan.chains[waiting[0]]) >= best * CLOSE:
            return
        seen.add((ends, last_start))
        for item in waiting:
            if least >= best * CLOSE:
                return
            if not all(ends[earlier] for earlier in after[item]):
                continue
            start = max((earliest, *(ends[earlier] for earlier in after[item])))
            if start + plan.chains[item] < best * CLOSE:
                end = start + seconds[item]
                placed = (*ends[:item], end, *ends[item + 1 :])
                place(placed, tuple(sorted((*free[1:], end))), start, left - seconds[item])

    place((0.0,) * len(after), (0.0,) * batch.places, 0.0, sum(seconds))
    return best


def first_come(after: After, seconds: tuple[float, ...], places: int) -> float:
    """The makespan where the item goes next that could start first; of equal ones the first in the file."""
    missing = [len(named) for named in after]
    followers: list[list[int]] = [[] for _ in after]
    for item, named in enumerate(after):
        for earlier in named:
            followers[earlier].append(item)
    ready = [(0.0, item) for item, number in enumerate(missing) if not number]
    running: list[tuple[float, int]] = []
    now = 0.0
    while ready or running:
        while ready and len(running) < places:
            _, item = heapq.heappop(ready)
            heapq.heappush(running, (now + seconds[item], item))
        now, ended = heapq.heappop(running)
        for item in followers[ended]:
            missing[item] -= 1
            if not missing[item]:
                heapq.heappush(ready, (now, item))
    return now
