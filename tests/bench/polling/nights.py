"""Families that change from night to night, and first runs: looks and mean delay, night after night."""

import random
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from tests.bench.polling.known import Cost
from tests.bench.polling.policies import learned


class Goal(NamedTuple):
    """A series of nights, and the most looks and the largest mean delay that they may have on average."""

    name: str
    nights: Sequence[tuple[tuple[float, ...], float]]
    looks: float
    delay: float

    def cost(self) -> Cost:
        """What they have on average."""
        costs = [of_night(history, duration) for history, duration in self.nights]
        return Cost(sum(cost.looks for cost in costs) / len(costs), sum(cost.delay for cost in costs) / len(costs))


def of_night(history: Sequence[float], duration: float) -> Cost:
    """Of one run that takes ``duration`` seconds, after runs that took those of ``history``."""
    for looks, seconds in enumerate(learned(history), 1):
        if seconds >= duration:
            return Cost(looks, (seconds - duration) / duration)
    raise AssertionError("looks never end")


def _series(durations: Sequence[float]) -> Iterator[tuple[tuple[float, ...], float]]:
    """Each night from the 21st with the 20 before it."""
    for night in range(20, len(durations)):
        yield tuple(durations[night - 20 : night]), durations[night]


def _scattered(source: random.Random, middle: float) -> float:
    return middle * max(0.5, source.gauss(1, 0.05))


def goals(seeds: Sequence[int]) -> list[Goal]:
    """The goals of the issue; every seed is a series of 60 nights of its own, and nights scatter by 5 %."""
    growing, tripled, first = [], [], []
    for seed in seeds:
        source = random.Random(seed)  # noqa: S311 - repeatable, no secret
        growing += _series([_scattered(source, 1200 * 1.02**night) for night in range(80)])
        tripled += _series([_scattered(source, 1200 if night < 20 else 3600) for night in range(80)])
        first += [((), source.uniform(3300, 3900)) for _ in range(60)]
    return [
        Goal("20 min, growing by 2 % a night", growing, 16, 0.02),
        Goal("20 min, 60 min from one night on", tripled, 16, 0.02),
        Goal("first run, about an hour", first, 60, 0.1),
    ]
