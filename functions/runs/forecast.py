"""Predicts how long a job takes, as a distribution, from the durations of the datamart's last successful runs.

All in the logarithm of seconds, where runs of any length scatter alike: a normal kernel around each duration, and one
wide logistic distribution around their mean for what has never been seen. Newer durations weigh more. Without a
history only the wide one is left, under which the best waits are nearly proportional to the time elapsed: one formula
serves both.
"""

import math
from collections.abc import Sequence
from typing import NamedTuple, Self

HALF_LIFE = 8.0
"""Runs after which a duration weighs half."""

TAIL_RATE = 0.7
"""Of the wide distribution: far behind its centre the time that a job still takes grows with the time it has run."""

USUAL_DURATION = 600.0
"""Seconds around which a datamart is expected that never ran before."""

FIRST_BANDWIDTH = 0.2
"""Of the only kernel after one run: the next differs by about 20 %."""

BANDWIDTHS = tuple(0.012 * 1.4**step for step in range(13))
"""Standard deviations that are tried, in ln(seconds): 1.2 % to 68 %."""

LEAST_FOR_TREND = 6
"""Durations that it takes to recognise growth."""

TREND_GAIN = 7.0
"""By how much the log likelihood must grow for a trend to be believed: chance alone does that about never."""

SURPRISE = 0.1
"""Density of the wide distribution, about, where the last durations are: keeps a single outlier from deciding."""

LONGEST_DURATION = 1e9
"""Seconds above which durations do not differ any more."""


class Forecast(NamedTuple):
    """A distribution of durations.

    Parameters
    ----------
    centres, weights
        Of the kernels: ln(seconds) in ascending order, and weights whose sum is 1.
    bandwidth
        Standard deviation of the kernels.
    tail_share, tail_centre
        Weight of the wide distribution from 0 to 1, and its median in ln(seconds).
    shortest
        Seconds of the shortest duration known: a delay is never weighed as if a job took less.
    """

    centres: tuple[float, ...]
    weights: tuple[float, ...]
    bandwidth: float
    tail_share: float
    tail_centre: float
    shortest: float

    @classmethod
    def of(cls, history: Sequence[float]) -> Self:
        """The forecast from durations in seconds, oldest first."""
        number = len(history)
        if number == 0:
            return cls((), (), FIRST_BANDWIDTH, 1.0, math.log(USUAL_DURATION), 1.0)
        seconds = [min(LONGEST_DURATION, max(1.0, duration)) for duration in history]
        centres = list(map(math.log, seconds))
        weights = _weights(number)
        tail_share = 1 / (1 + number)
        bandwidth = FIRST_BANDWIDTH
        if number > 1:
            gain, bandwidth = _bandwidth(centres, weights, tail_share)
            levelled = _without_trend(centres, weights) if number >= LEAST_FOR_TREND else None
            if levelled is not None:
                gain_of_trend, bandwidth_with_trend = _bandwidth(levelled, weights, tail_share)
                if gain_of_trend - gain > TREND_GAIN:
                    centres, bandwidth = levelled, bandwidth_with_trend
        mean = sum(weight * centre for weight, centre in zip(weights, centres, strict=True))
        kernels = sorted(zip(centres, weights, strict=True))
        return cls(
            tuple(centre for centre, _ in kernels),
            tuple(weight for _, weight in kernels),
            bandwidth,
            tail_share,
            mean,
            min(seconds),
        )

    def survival(self, seconds: float) -> float:
        """Probability that a job takes longer than that."""
        if seconds <= 0:
            return 1.0
        at = math.log(seconds)
        tail = 1 / (1 + math.exp(min(700.0, TAIL_RATE * (at - self.tail_centre))))
        kernels, reach, scale = 0.0, 5 * self.bandwidth, self.bandwidth * math.sqrt(2)
        for centre, weight in zip(self.centres, self.weights, strict=True):
            beyond = at - centre
            if beyond < -reach:
                kernels += weight
            elif beyond < reach:
                kernels += weight * 0.5 * math.erfc(beyond / scale)
        return (1 - self.tail_share) * kernels + self.tail_share * tail


def _weights(number: int) -> list[float]:
    """The newest is last, and weighs most."""
    raw = [0.5 ** ((number - 1 - position) / HALF_LIFE) for position in range(number)]
    return [weight / sum(raw) for weight in raw]


def _without_trend(centres: Sequence[float], weights: Sequence[float]) -> list[float] | None:
    """The durations as they would be tomorrow if their logarithms grow along a straight line.

    None where a line explains less than half of how they scatter: it cannot be believed then.
    """
    number = len(centres)
    days = [position - number for position in range(number)]
    mean_day = sum(weight * day for weight, day in zip(weights, days, strict=True))
    mean = sum(weight * centre for weight, centre in zip(weights, centres, strict=True))
    triples = list(zip(weights, days, centres, strict=True))
    spread = sum(weight * (day - mean_day) ** 2 for weight, day, _ in triples)
    scatter = sum(weight * (centre - mean) ** 2 for weight, _, centre in triples)
    slope = sum(weight * (day - mean_day) * (centre - mean) for weight, day, centre in triples) / spread
    if slope**2 * spread < scatter / 2 or scatter == 0:
        return None
    return [centre - slope * day for _, day, centre in triples]


def _bandwidth(centres: Sequence[float], weights: Sequence[float], tail_share: float) -> tuple[float, float]:
    """How likely each duration is by all others under the best bandwidth (log), and the mean of those that fit.

    The best alone would follow the accident that two durations are alike.
    """
    likelihoods = [_left_out(centres, weights, tail_share, bandwidth) for bandwidth in BANDWIDTHS]
    best = max(likelihoods)
    fits = [math.exp(likelihood - best) for likelihood in likelihoods]
    mean = sum(fit * math.log(bandwidth) for fit, bandwidth in zip(fits, BANDWIDTHS, strict=True)) / sum(fits)
    return best, math.exp(mean)


def _left_out(centres: Sequence[float], weights: Sequence[float], tail_share: float, bandwidth: float) -> float:
    """Log likelihood of the durations, each by the kernels around the others, in the size of equally weighted ones."""
    others = [0.0] * len(centres)
    scale = -0.5 / bandwidth**2
    for right, centre in enumerate(centres):
        for left in range(right):
            density = math.exp(scale * (centre - centres[left]) ** 2)
            others[right] += weights[left] * density
            others[left] += weights[right] * density
    height = (1 - tail_share) / (bandwidth * math.sqrt(2 * math.pi))
    floor = tail_share * SURPRISE
    total = sum(
        weight * math.log(height * other / (1 - weight) + floor) for weight, other in zip(weights, others, strict=True)
    )
    return total / sum(weight**2 for weight in weights)
