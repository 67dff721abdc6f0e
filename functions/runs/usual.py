"""What is usual of a datamart's loads, and from when on one that still runs takes longer than that.

A pure function of the durations that polling learns from (:mod:`functions.runs.polling`).
"""

import math
from collections.abc import Sequence
from typing import NamedTuple, Self

LEAST_RUNS = 5
"""Successful runs that must be known before anything counts as longer than usual."""

LEAST_FACTOR = 1.5
"""A load that takes less than this many times its usual duration is not reported."""

LEAST_SECONDS = 300.0
"""Nor is one that takes less than so much more: nobody does anything about it in that time."""

MARGIN, MARGIN_OF_FEW = 1.25, 2.5
"""By how much a load must exceed the 95th percentile: the first, and the second divided by the number of runs.

Five durations say little of the longest. Of loads whose durations scatter by 50 %, as many as 2 in 100 are then
reported without a reason, after five runs and after twenty; of those that scatter by 15 % none in 1,000
(``tests/unit/runs/test_usual.py``).
"""


class Usual(NamedTuple):
    """What is usual: the median in seconds, the duration above which a load is longer than usual, and of how many runs.

    ``longest`` is infinite where too few runs are known.
    """

    seconds: float
    longest: float
    runs: int

    @classmethod
    def of(cls, history: Sequence[float]) -> Self | None:
        """Of durations in seconds, in any order; None where there are none."""
        if not history:
            return None
        median, runs = median_of(history), len(history)
        if runs < LEAST_RUNS:
            return cls(median, math.inf, runs)
        high = sorted(history)[math.ceil(0.95 * runs) - 1]  # of 20 the second: one that hung hides no other
        longest = max(LEAST_FACTOR * median, median + LEAST_SECONDS, (MARGIN + MARGIN_OF_FEW / runs) * high)
        return cls(median, longest, runs)


def median_of(numbers: Sequence[float]) -> float:
    """The median of at least one number. Importing :mod:`statistics` would take 10 ms of every function's start."""
    ascending, middle = sorted(numbers), len(numbers) // 2
    return (ascending[middle] + ascending[-1 - middle]) / 2
