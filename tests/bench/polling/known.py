"""A distribution that is known: what a plan of looks costs under it, and which plan is best.

Not by the code that is judged: this one tries every whole second, and knows the truth.
"""

import math
from bisect import bisect_right
from collections.abc import Callable, Iterable
from typing import NamedTuple

from tests.bench.polling.families import Quantile

POINTS = 1_000
"""A distribution is taken as so many equally likely durations."""


class Cost(NamedTuple):
    """Looks that a run takes on average, and its mean delay as a share of its duration."""

    looks: float
    delay: float

    def at(self, look_cost: float) -> float:
        """Both as one number."""
        return look_cost * self.looks + self.delay


class Known:
    """Equally likely durations, from the quantiles of a distribution."""

    def __init__(self, quantile: Quantile, points: int = POINTS) -> None:
        self.points = points
        self.durations = sorted(quantile((point + 0.5) / points) for point in range(points))
        self.longest = self.durations[-1]
        self._inverse = [0.0]  # sums of 1 / duration, by the number of durations
        for duration in self.durations:
            self._inverse.append(self._inverse[-1] + 1 / duration / self.points)

    def ended(self, seconds: float) -> int:
        """How many of the durations are over by then."""
        return bisect_right(self.durations, seconds)

    def delay(self, seconds: float, after: int, before: int) -> float:
        """Mean delay, times their share, of the durations number ``after`` to ``before`` if seen at ``seconds``."""
        return seconds * (self._inverse[before] - self._inverse[after]) - (before - after) / self.points

    def cost(self, looks: Iterable[float]) -> Cost:
        """Of looks at these times, ascending until every duration is over."""
        taken = delay = 0.0
        over = 0
        for seconds in looks:
            taken += (self.points - over) / self.points
            now_over = self.ended(seconds)
            delay += self.delay(seconds, over, now_over)
            over = now_over
            if over == self.points:
                return Cost(taken, delay)
        raise ValueError("the looks end before the durations do")

    def best_plan(self, look_cost: float) -> list[int]:
        """Times of the looks of the cheapest plan, on whole seconds and without a longest wait.

        Dynamic programming from the end; where a later look is the better next one for some time, it is for every
        later time (Monge), so that each look is the best next one for one range of times.
        """
        last = math.ceil(self.longest)
        over = [self.ended(second) for second in range(last + 1)]
        rest = [0.0] * (last + 1)
        following = [last] * (last + 1)

        def total(now: int, look: int) -> float:
            return rest[look] + self.delay(look, over[now], over[look])

        ranges = [(last, last - 1)]  # next looks, each with the latest time for which it is the best, times descending
        begin = 0
        for now in range(last - 1, -1, -1):
            while begin + 1 < len(ranges) and ranges[begin + 1][1] >= now:
                begin += 1
            following[now] = ranges[begin][0]
            rest[now] = look_cost * (self.points - over[now]) / self.points + total(now, following[now])
            self._insert(ranges, begin, now, total)
        plan = [following[0]]
        while plan[-1] < last:
            plan.append(following[plan[-1]])
        return plan

    @staticmethod
    def _insert(ranges: list[tuple[int, int]], begin: int, look: int, total: Callable[[int, int], float]) -> None:
        """Let ``look`` be the next one for the times before it for which it is the best: those up to some time."""
        best_until = -1
        while len(ranges) > begin:
            other, latest = ranges[-1]
            latest = min(latest, look - 1)
            if total(latest, look) <= total(latest, other):
                ranges.pop()
                best_until = latest
                continue
            high = latest - 1
            while best_until < high:
                middle = (best_until + high + 1) // 2
                if total(middle, look) <= total(middle, other):
                    best_until = middle
                else:
                    high = middle - 1
            break
        if best_until >= 0:
            ranges.append((look, best_until))
