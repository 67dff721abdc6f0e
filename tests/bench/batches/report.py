"""How long batches take in the order of the deciding function, as ratios, each checked against its limit."""

import sys
from dataclasses import dataclass
from statistics import mean

from functions.runs.batches.forecast import schedule, shortest_possible
from tests.bench.batches.graphs import SHAPES, RandomBatch, on_several_connections, random_batch
from tests.bench.batches.optimum import first_come, optimum

GRAPHS, SMALL_GRAPHS = 400, 100

SMALL = 10
"""Items of a batch whose optimum is searched."""

MEAN, IN_MOST = 1.03, 1.10
"""Limits of makespan ÷ lower bound: on average, and in 95 % of all batches."""

MEAN_OF_OPTIMUM = 1.03

AS_GOOD = 1.0
"""Limit of the makespan without a history ÷ that of first-come, on average."""


@dataclass(frozen=True)
class Ratio:
    """The mean of a ratio over some batches, the value that 95 % of them keep, and the largest one."""

    mean: float
    in_most: float
    largest: float

    @classmethod
    def of(cls, values: list[float]) -> "Ratio":
        """Of at least one value."""
        ascending = sorted(values)
        return cls(mean(ascending), ascending[(95 * len(ascending) + 99) // 100 - 1], ascending[-1])


def by_bound(batch: RandomBatch) -> float:
    """Makespan, with roughly known durations, ÷ the better lower bound."""
    taken = schedule(batch.plan, batch.places, batch.seconds).makespan
    return taken / shortest_possible(batch.real_plan, batch.places)


def by_optimum(batch: RandomBatch) -> float:
    """Makespan, with roughly known durations, ÷ the shortest that any order reaches."""
    return schedule(batch.plan, batch.places, batch.seconds).makespan / optimum(batch)


def by_first_come(batch: RandomBatch) -> float:
    """Makespan without any history ÷ that of first-come."""
    taken = schedule(batch.plan_without_history, batch.places, batch.seconds).makespan
    return taken / first_come(batch.after, batch.seconds, batch.places)


def wrong(bound: Ratio, best: Ratio, come: Ratio, several: Ratio) -> list[str]:
    """The limits that are not kept; ``several`` is of batches of several connections, which keep the bound's."""
    limits = {
        f"on several connections the mean is {several.mean:.4f}, above {MEAN}": several.mean <= MEAN,
        f"on several connections 5 % are above {several.in_most:.3f}, not {IN_MOST}": several.in_most <= IN_MOST,
        f"the mean by the lower bound is {bound.mean:.4f}, above {MEAN}": bound.mean <= MEAN,
        f"5 % of all batches are above {bound.in_most:.3f} lower bounds, not {IN_MOST}": bound.in_most <= IN_MOST,
        f"the mean by the optimum is {best.mean:.4f}, above {MEAN_OF_OPTIMUM}": best.mean <= MEAN_OF_OPTIMUM,
        f"without a history the mean by first-come is {come.mean:.4f}": come.mean <= AS_GOOD,
    }
    return [text for text, is_kept in limits.items() if not is_kept]


def main() -> None:
    """Simulate and print all; exit code 1 where a limit is not kept."""
    batches = [random_batch(seed) for seed in range(GRAPHS)]
    small = [random_batch(seed, SMALL) for seed in range(SMALL_GRAPHS)]
    bounds = [by_bound(batch) for batch in batches]
    come = [by_first_come(batch) for batch in batches]
    best = [by_optimum(batch) for batch in small]
    several = [by_bound(on_several_connections(seed)) for seed in range(GRAPHS)]
    rows = [("÷ lower bound, all", bounds)]
    for shape in SHAPES:
        values = [value for value, batch in zip(bounds, batches, strict=True) if batch.shape == shape]
        rows.append((f"÷ lower bound, {shape}", values))
    rows.append(("÷ lower bound, several connections", several))
    rows += [(f"÷ optimum, {SMALL} items", best), ("without history ÷ first-come", come)]
    print(f"{'makespan of a batch':36}{'batches':>10}{'mean':>10}{'95 %':>10}{'largest':>10}")
    for name, values in rows:
        row = Ratio.of(values)
        print(f"{name:36}{len(values):>10}{row.mean:>10.4f}{row.in_most:>10.3f}{row.largest:>10.3f}")
    missed = wrong(*map(Ratio.of, (bounds, best, come, several)))
    print(*missed, sep="\n")
    sys.exit(bool(missed))


if __name__ == "__main__":
    main()
