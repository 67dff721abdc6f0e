"""How long a real batch takes on the emulator's clock, in times of the better lower bound.

A random graph, run on two nights: without a history, and with the durations that the first night has taught. A look at
a job comes after the job's end, so a run takes longer than its job: the order of the items is judged by the bound of
the runs, and the bound of the jobs is shown beside it.
"""

import sys
from dataclasses import dataclass
from typing import Any

from functions.runs.batches.forecast import shortest_possible
from functions.runs.batches.order import Plan
from local.emulator import Emulator
from local.simulator import catalogue
from tests.bench.batches.graphs import RandomBatch, random_batch
from tests.bench.batches.real_runs import emulated
from tests.bench.batches.report import IN_MOST

ITEMS, SEED = 40, 23
"""The graph: six places, and a longest chain that takes about as long as all work on all places."""

NIGHTS = ("without a history", "with the durations of the night before")


@dataclass(frozen=True)
class Night:
    """Seconds on the clock: of the whole batch, and of each item's run, in the order of the items."""

    makespan: float
    seconds: tuple[float, ...]

    def by_bound(self, batch: RandomBatch, seconds: tuple[float, ...]) -> float:
        """Makespan ÷ the better lower bound, if the items take so long."""
        return self.makespan / shortest_possible(Plan(batch.after, seconds), batch.places)


def input_of(batch: RandomBatch) -> dict[str, Any]:
    """The input of an execution: each item has a datamart of its own."""
    items = [
        {
            "name": f"item {number}",
            "after": [f"item {earlier}" for earlier in named],
            "project": catalogue.TUTORIAL,
            "datamart": catalogue.load_id(number + 1),
        }
        for number, named in enumerate(batch.after)
    ]
    return {"batch": {"items": items}}


def night(emulator: Emulator, batch: RandomBatch) -> Night:
    """Run the batch once. Raises RuntimeError where it fails."""
    ended = emulator.wait(emulator.start_batch(input_of(batch)))
    if ended.status != "SUCCEEDED":
        raise RuntimeError(f"{ended.error}: {ended.cause}")
    lines = ended.output["items"]
    emulator.wait_for_all([line["execution"] for line in lines])
    return Night(ended.output["durationSeconds"], tuple(line["durationSeconds"] for line in lines))


def main() -> None:
    """Run both nights and print; exit code 1 where the second one is above the limit."""
    batch = random_batch(SEED, ITEMS)
    print(
        f"{f'{ITEMS} real items ({batch.shape}), {batch.places} places':44}{'seconds':>10}{'÷ runs':>10}{'÷ jobs':>10}"
    )
    ratio = 0.0
    with emulated(batch.seconds, batch.places) as emulator:
        for name in NIGHTS:
            found = night(emulator, batch)
            ratio = found.by_bound(batch, found.seconds)
            print(
                f"{name:44}{found.makespan:>10.0f}{ratio:>10.4f}{found.by_bound(batch, batch.seconds):>10.4f}",
                flush=True,
            )
    missed = ratio > IN_MOST
    print(f"above {IN_MOST}" if missed else "")
    print("÷ runs: makespan by the better lower bound of the durations of the runs; ÷ jobs: of those of their jobs.")
    sys.exit(missed)


if __name__ == "__main__":
    main()
