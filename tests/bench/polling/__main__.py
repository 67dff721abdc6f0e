"""``python -m tests.bench.polling``: judges the polling policy, draws looks against delay, exits with 1 if it fails.

For each family and each of 300 histories of 20 durations (5 seeds) the policy plans its looks, which are then judged by
the whole true distribution. Nothing is measured in seconds of a machine, so the figures are the same everywhere.
"""

import random
import sys
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from statistics import fmean
from typing import NamedTuple

from functions.runs.polling import LOOK_COST, MOST_DURATIONS
from tests.bench.polling.families import FAMILIES, Family
from tests.bench.polling.known import Cost, Known
from tests.bench.polling.nights import goals
from tests.bench.polling.picture import draw
from tests.bench.polling.policies import OTHERS, learned

SEEDS = (1, 2, 3, 4, 5)
HISTORIES = 60
"""Histories for each seed."""

IN_THE_PICTURE = 2
"""Histories for each seed from which the picture is drawn, for each cost of a look."""

LOOK_COSTS = (0.0005, 0.001, LOOK_COST, 0.004, 0.008)

DEARER_THAN_FIXED = 1.15
"""Goal: cost by that of the fixed interval that is best for the family."""

PICTURE = Path(__file__).parents[3] / "decisions" / "0009-looks-and-delay.svg"


class Judged(NamedTuple):
    """What the policies cost in a family: the optimum and ``drawn`` by the cost of a look, the others by name."""

    number: int
    optimum: dict[float, Cost]
    policy: Cost
    drawn: dict[float, Cost]
    others: dict[str, Cost]

    @property
    def family(self) -> Family:
        """The family, which one process does not send to another."""
        return FAMILIES[self.number]

    @property
    def ratio(self) -> float:
        """Cost of the policy by that of the optimum."""
        return self.policy.at(LOOK_COST) / self.optimum[LOOK_COST].at(LOOK_COST)

    @property
    def by_best_fixed(self) -> float:
        """Cost of the policy by that of the best fixed interval."""
        best = min(cost.at(LOOK_COST) for name, cost in self.others.items() if name.startswith("fixed"))
        return self.policy.at(LOOK_COST) / best


def judge(number: int) -> Judged:
    """The family of that number."""
    family = FAMILIES[number]
    known = Known(family.quantile)
    return Judged(
        number,
        {look_cost: known.cost(known.best_plan(look_cost)) for look_cost in LOOK_COSTS},
        _policy(family, known, LOOK_COST, HISTORIES),
        {look_cost: _policy(family, known, look_cost, IN_THE_PICTURE) for look_cost in LOOK_COSTS},
        {name: known.cost(looks(argument)) for name, (looks, argument) in OTHERS.items()},
    )


def _policy(family: Family, known: Known, look_cost: float, histories: int) -> Cost:
    costs = []
    for seed in SEEDS:
        source = random.Random(f"{family.name}, seed {seed}")  # noqa: S311 - repeatable, no secret
        for _ in range(histories):
            history = [family.draw(source) for _ in range(MOST_DURATIONS)]
            costs.append(known.cost(learned(history, look_cost)))
    return mean(costs)


def mean(costs: list[Cost]) -> Cost:
    """Of several runs or families."""
    return Cost(fmean(cost.looks for cost in costs), fmean(cost.delay for cost in costs))


def main() -> int:
    """Print the table, draw the picture, and compare with the goals."""
    with ProcessPoolExecutor() as pool:
        judged = list(pool.map(judge, range(len(FAMILIES))))
    missed = 0
    print(f"{'family':34} {'optimum':>14} {'policy':>14} {'cost':>6} {'goal':>5} {'by best fixed':>14}")
    for one in judged:
        passed = one.ratio <= one.family.goal and one.by_best_fixed <= DEARER_THAN_FIXED
        missed += not passed
        name = one.family.name + (" *" if one.family.held_back else "")
        best, policy = one.optimum[LOOK_COST], one.policy
        print(
            f"{name:34} {_shown(best):>14} {_shown(policy):>14} {one.ratio:6.2f} {one.family.goal:5.2f}"
            f" {one.by_best_fixed:14.2f}{'' if passed else '  MISSED'}"
        )
    print("* no constant of the policy was chosen by looking at it. Looks / mean delay; costs as ratios.\n")
    missed += _against_one_for_all(judged)
    for goal in goals(SEEDS):
        cost = goal.cost()
        passed = cost.looks <= goal.looks and cost.delay <= goal.delay
        missed += not passed
        wanted = f"at most {goal.looks:g} / {goal.delay:.0%}"
        print(f"{goal.name:34} {_shown(cost):>14}   {wanted}{'' if passed else '  MISSED'}")
    lines = {
        "optimum, durations known": [mean([one.optimum[cost] for one in judged]) for cost in LOOK_COSTS],
        "this policy, 20 runs known": [mean([one.drawn[cost] for one in judged]) for cost in LOOK_COSTS],
    }
    others = {name: mean([one.others[name] for one in judged]) for name in OTHERS}
    PICTURE.write_text(draw(lines, others), "utf-8")
    print(f"\n{PICTURE.name}: the averages of all families")
    return 1 if missed else 0


def _against_one_for_all(judged: list[Judged]) -> bool:
    """Print what the best of the other policies costs over all families; whether the policy costs more."""
    costs = {name: fmean(one.others[name].at(LOOK_COST) for one in judged) for name in OTHERS}
    best = min(costs, key=costs.__getitem__)
    ours = fmean(one.policy.at(LOOK_COST) for one in judged)
    print(f"over all families: {ours / costs[best]:.2f} of the cost of {best}, the best of {len(OTHERS)} others\n")
    return ours >= costs[best]


def _shown(cost: Cost) -> str:
    return f"{cost.looks:.1f} / {cost.delay:.1%}"


if __name__ == "__main__":
    sys.exit(main())
