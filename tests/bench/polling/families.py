"""Families of durations: how long the runs of a datamart take, and how near to the optimum a policy must come."""

import math
import random
from collections.abc import Callable
from dataclasses import dataclass
from statistics import NormalDist

Quantile = Callable[[float], float]
"""From a probability between 0 and 1 to seconds."""

ONE_HUMP, MIXTURE, CAPPED = 1.25, 1.6, 2.5
"""Goals: cost of the policy by that of the optimum."""

_DRAWN = 20_000


@dataclass(frozen=True)
class Family:
    """A distribution of durations; ``held_back`` is whether no constant of the policy was chosen by looking at it."""

    name: str
    quantile: Quantile
    goal: float
    held_back: bool = False

    def draw(self, source: random.Random) -> float:
        """A duration in seconds."""
        return self.quantile(min(max(source.random(), 1e-6), 1 - 1e-6))


def normal(mean: float, spread: float) -> Quantile:
    """``spread`` is the standard deviation as a share of the mean."""
    standard = NormalDist()
    return lambda p: max(mean / 10, mean * (1 + spread * standard.inv_cdf(p)))


def lognormal(mean: float, spread: float) -> Quantile:
    """``spread`` is the coefficient of variation."""
    sigma = math.sqrt(math.log(1 + spread**2))
    middle, standard = math.log(mean) - sigma**2 / 2, NormalDist()
    return lambda p: math.exp(middle + sigma * standard.inv_cdf(p))


def uniform(least: float, most: float) -> Quantile:
    """Every duration between the two."""
    return lambda p: least + (most - least) * p


def gamma(mean: float, spread: float) -> Quantile:
    """``spread`` is the coefficient of variation."""
    shape = 1 / spread**2
    return _of_draws(lambda source: source.gammavariate(shape, mean / shape))


def weibull(scale: float, shape: float) -> Quantile:
    """By scale (seconds) and shape."""
    return lambda p: scale * (-math.log(1 - p)) ** (1 / shape)


def triangular(least: float, usual: float, most: float) -> Quantile:
    """From ``least`` to ``most``, with ``usual`` as the likeliest."""
    return _of_draws(lambda source: source.triangular(least, most, usual))


def mixture(*parts: tuple[float, Quantile]) -> Quantile:
    """One of several distributions; each part is its share and its quantiles."""

    def drawn(source: random.Random) -> float:
        (chosen,) = source.choices([quantile for _, quantile in parts], [share for share, _ in parts])
        return chosen(min(max(source.random(), 1e-6), 1 - 1e-6))

    return _of_draws(drawn)


def _of_draws(drawn: Callable[[random.Random], float]) -> Quantile:
    source = random.Random(99)  # noqa: S311 - repeatable, no secret
    ascending = sorted(drawn(source) for _ in range(_DRAWN))
    return lambda p: ascending[min(_DRAWN - 1, int(p * _DRAWN))]


FAMILIES = (
    Family("normal 20 min, σ 15 %", normal(1200, 0.15), ONE_HUMP),
    Family("lognormal 20 min, CV 30 %", lognormal(1200, 0.3), ONE_HUMP),
    Family("lognormal 20 min, CV 50 %", lognormal(1200, 0.5), ONE_HUMP),
    Family("lognormal 20 min, CV 80 %", lognormal(1200, 0.8), ONE_HUMP),
    Family("gamma 8 min, CV 60 %", gamma(480, 0.6), ONE_HUMP),
    Family("uniform 1 to 10 min", uniform(60, 600), ONE_HUMP),
    Family("normal 3 h, σ 15 %", normal(10_800, 0.15), CAPPED),
    Family("5 or 60 min", mixture((1, normal(300, 0.05)), (1, normal(3600, 0.05))), MIXTURE),
    Family("2, 10 or 30 min", mixture((1, normal(120, 0.1)), (1, normal(600, 0.1)), (1, normal(1800, 0.1))), MIXTURE),
    Family("20 min, 5 % of them 60", mixture((95, normal(1200, 0.1)), (5, normal(3600, 0.1))), MIXTURE),
    Family("weibull 12 min, shape 1.5", weibull(720, 1.5), ONE_HUMP, held_back=True),
    Family("triangular 3 to 20 min", triangular(180, 420, 1200), ONE_HUMP, held_back=True),
    Family("normal 8 min, σ 10 %", normal(480, 0.1), ONE_HUMP, held_back=True),
    Family("lognormal 4 min, CV 40 %", lognormal(240, 0.4), ONE_HUMP, held_back=True),
    Family("10 min, a quarter of them 40", mixture((3, normal(600, 0.08)), (1, normal(2400, 0.08))), MIXTURE, True),
    Family("15 min, 10 % of them 30", mixture((9, normal(900, 0.1)), (1, normal(1800, 0.1))), MIXTURE, True),
)
