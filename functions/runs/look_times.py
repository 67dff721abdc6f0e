"""Chooses when to look at a job whose duration has a known distribution: the inspection problem.

Of all plans of looks the best minimises ``look_cost`` · E[looks] + E[delay / duration] (Barlow, Hunter and Proschan,
1963). With W(i) as the least cost from time t(i) on, times the probability S that the job still runs::

    W(i) = look_cost · S(i) + min over j > i of { sum over (i, j] of (t(j) − t) / t · dF(t) + W(j) }

over candidate times that are dense where the job is likely to end. The best j falls with i (the costs have the Monge
property), so that each i tries only the few candidates up to the choice of i + 1.
"""

import math
from collections.abc import Sequence

from functions.runs.forecast import TAIL_RATE, Forecast

QUANTILES = (-3.0, -2.2, -1.7, -1.3, -1.0, -0.7, -0.45, -0.2, 0.0, 0.2, 0.45, 0.7, 1.0, 1.3, 1.7, 2.2, 3.0)
"""Candidate times around each kernel, in bandwidths."""

STEP = 0.04
"""Distance of further candidate times, as a share of the time: where nothing is known, this is fine enough."""

STEPS_TO_LONGEST = 3
"""Candidate times within the longest wait, at least: looks that it limits can then be as far apart as it allows."""

FINEST = 0.003
"""Candidate times closer together than this share of the time elapsed make no difference."""

HORIZON = 3.0
"""Up to this multiple of the longest duration known every look is planned; what follows is estimated."""

MOST_CANDIDATES = 400
"""Bounds the time that a plan takes, whatever the durations are."""


def next_look(forecast: Forecast, elapsed: float, longest: int, look_cost: float) -> int:
    """Whole seconds from ``elapsed`` until the first look of the best plan, from 1 to ``longest``."""
    waits = _candidates(forecast, elapsed, longest)
    survival = [forecast.survival(elapsed + wait) for wait in waits]
    # The delay of a job that ends in (i, j], summed: waits[j]·(ended[j] − ended[i]) − (until[j] − until[i]).
    ended, until = [0.0], [0.0]
    for left, right, alive, still_alive in zip(waits, waits[1:], survival, survival[1:], strict=False):
        middle = (left + right) / 2
        weight = (alive - still_alive) / max(elapsed + middle, forecast.shortest)
        ended.append(ended[-1] + weight)
        until.append(until[-1] + weight * middle)
    # Far out, where only the wide distribution is left, the best looks cost this much (Keller 1974).
    cost = survival[-1] * math.sqrt(2 * look_cost / TAIL_RATE)
    choice = len(waits) - 1
    fixed = [0.0] * len(waits)  # what a look then costs that does not depend on the look before it
    for here in range(len(waits) - 2, -1, -1):
        fixed[here + 1] = cost + waits[here + 1] * ended[here + 1] - until[here + 1]
        while waits[choice] - waits[here] > longest:
            choice -= 1
        ended_before, least = ended[here], math.inf
        for later in range(here + 1, choice + 1):
            total = fixed[later] - waits[later] * ended_before
            if total < least:
                least, choice = total, later
        cost = look_cost * survival[here] + least + until[here]
    return waits[choice]


def _candidates(forecast: Forecast, elapsed: float, longest: int) -> Sequence[int]:
    """Whole seconds from ``elapsed``, ascending from 0, no two of them further apart than ``longest``."""
    start = max(elapsed, 1.0)
    last = max(start, math.exp(forecast.centres[-1]) if forecast.centres else 1.0) * HORIZON
    times = [start]
    while times[-1] < last and len(times) < MOST_CANDIDATES:
        times.append(times[-1] + min(STEP * times[-1], longest / STEPS_TO_LONGEST))
    for centre in forecast.centres:
        if centre + QUANTILES[-1] * forecast.bandwidth > math.log(start):
            times += [math.exp(centre + forecast.bandwidth * quantile) for quantile in QUANTILES]
    waits = [0]
    for time in sorted(times):
        wait = round(time - elapsed)
        if wait <= waits[-1] or (len(waits) > 1 and wait - waits[-1] < FINEST * (elapsed + waits[-1])):
            continue
        while wait - waits[-1] > longest and len(waits) < MOST_CANDIDATES:
            waits.append(waits[-1] + longest)
        if len(waits) >= MOST_CANDIDATES:
            break
        if wait > waits[-1]:
            waits.append(wait)
    return waits if len(waits) > 1 else [0, 1]
