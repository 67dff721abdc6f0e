"""The policies that are compared: the learning one, fixed intervals, and intervals that double."""

from collections.abc import Iterator, Sequence
from itertools import count

from functions.runs.polling import LOOK_COST, seconds_until_next_look

INTERVALS = (1, 2, 3, 5, 7, 10, 15, 20, 30, 45, 60, 75, 90, 120, 150, 200, 300, 450, 600)
"""Seconds of the fixed intervals; the longest are also the limits of intervals that double from one second."""


def learned(history: Sequence[float], look_cost: float = LOOK_COST) -> Iterator[int]:
    """Times of the looks of the policy that is deployed."""
    seconds = 0
    for looks in count():
        seconds += seconds_until_next_look(seconds, looks, history, look_cost=look_cost)
        yield seconds


def fixed(interval: int) -> Iterator[int]:
    """A look every so many seconds."""
    return count(interval, interval)


def doubling(limit: int) -> Iterator[int]:
    """After 1, 2, 4, 8, … seconds more, and in the end every ``limit`` seconds."""
    seconds, wait = 0, 1
    while True:
        seconds += min(wait, limit)
        wait *= 2
        yield seconds


OTHERS = {
    **{f"fixed {interval} s": (fixed, interval) for interval in INTERVALS},
    **{f"doubling to {limit} s": (doubling, limit) for limit in INTERVALS[9:]},
}
"""By name: the function and its argument."""
