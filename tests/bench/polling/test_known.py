"""The optimum that the polling policy is judged by, against trying everything; and the policy against it, in small."""

import math
import random

import pytest

from tests.bench.polling.families import normal
from tests.bench.polling.known import Known
from tests.bench.polling.policies import doubling, fixed, learned


@pytest.mark.parametrize("seed", range(8))
def test_the_best_plan_costs_what_trying_every_plan_finds(seed: int) -> None:
    source = random.Random(seed)  # noqa: S311 - repeatable, no secret
    durations = sorted(max(1, source.choice((source.uniform(1, 60), source.gauss(20, 3)))) for _ in range(50))
    known = Known(lambda p: durations[int(p * 50)], points=50)
    look_cost = source.choice((0.002, 0.02, 0.1))
    last = math.ceil(known.longest)
    rest = [0.0] * (last + 1)
    for now in range(last - 1, -1, -1):
        next_looks = (
            rest[look] + known.delay(look, known.ended(now), known.ended(look)) for look in range(now + 1, last + 1)
        )
        rest[now] = look_cost * (50 - known.ended(now)) / 50 + min(next_looks)
    assert known.cost(known.best_plan(look_cost)).at(look_cost) == pytest.approx(rest[0])


def test_what_looks_cost_is_their_number_and_the_mean_delay() -> None:
    known = Known(lambda p: 10 if p < 0.5 else 20, points=2)
    assert known.cost([12, 22]) == pytest.approx((1.5, (0.2 + 0.1) / 2))
    assert known.cost(fixed(10)) == pytest.approx((1.5, 0))
    assert known.cost(doubling(4)) == pytest.approx((5.5, (0.1 + 0.15) / 2))  # at 1, 3, 7, 11, 15, 19, 23


def test_the_policy_that_knows_five_steady_runs_is_near_the_optimum() -> None:
    known = Known(normal(1200, 0.15), points=400)
    history = [1010.0, 1390.0, 1180.0, 1260.0, 1130.0]
    best = known.cost(known.best_plan(0.002)).at(0.002)
    assert best < known.cost(learned(history)).at(0.002) <= 1.3 * best
