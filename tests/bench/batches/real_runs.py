"""Real batches in the emulator: what a run of a batch takes of AWS, which must not grow with the number of items.

Every function begins without the plan of its batch, as one that has just been started; AWS keeps most of them, and
with them the plan.
"""

import contextlib
import json
import os
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from unittest import mock

from infra.costs.prices import usd
from infra.costs.run_counts import BYTES_AN_EVENT, BYTES_OF_LAMBDA, BYTES_OF_OURS, Counts
from local import synth
from local.clock import StandingClock
from local.emulator import Emulator
from local.simulator import Simulator, catalogue
from local.simulator.scenario import Scenario
from tests.support.aws_calls import counted, without_plans

SIZES = (10, 50, 200)
"""Items of the batches; the first and the last are compared."""

SLOTS = 3

HIGHEST_RATIO = 1.2
"""What a run takes in the largest batch to what it takes in the smallest."""

SECONDS = (20.0, 31.0, 44.0, 25.0, 38.0, 52.0, 29.0, 35.0, 47.0, 23.0)
"""Of the jobs of ten items; those of the next ten are the same, so that the runs are."""

AFTER = ((), (), (), (), (0, 1), (1, 2), (2, 3), (3,), (4, 5), (6, 7, 8))
"""The items that each of ten names."""

COLUMNS = ("transitions", "Lambdas", "writes", "reads", "US cents", "CPU s")


@dataclass(frozen=True)
class Taken:
    """What a batch took, of its own and of its runs."""

    items: int
    counts: Counts
    cpu_seconds: float

    @property
    def usd(self) -> float:
        """Of the whole batch."""
        return sum(usd(self.counts).values())

    def a_run(self) -> dict[str, float]:
        """The columns of the table, by run."""
        counts = self.counts
        whole = (counts.transitions, counts.lambda_calls, counts.write_units, counts.read_units)
        return dict(
            zip(COLUMNS, (each / self.items for each in (*whole, 100 * self.usd, self.cpu_seconds)), strict=True)
        )


def batch_of(size: int) -> dict[str, Any]:
    """The input of a batch of so many items, each with a datamart of its own."""
    return {"batch": {"items": [_item(number) for number in range(size)]}}


def _item(number: int) -> dict[str, Any]:
    tens, place = divmod(number, len(AFTER))
    return {
        "name": _name(number),
        "after": [_name(10 * tens + earlier) for earlier in AFTER[place]],
        "project": catalogue.TUTORIAL,
        "datamart": catalogue.load_id(number + 1),
    }


def _name(number: int) -> str:
    return f"datamart {number + 1:03} of the night"


@contextlib.contextmanager
def emulated(seconds: tuple[float, ...], slots: int) -> Iterator[Emulator]:
    """An emulator with so many slots, whose simulator has a datamart for each of these durations; one run has ended."""
    clock, scenario = StandingClock(), Scenario(more_loads=(*seconds, 1.0), session_cap=len(seconds))
    with (
        Simulator(scenario=scenario, clock=clock.now, password="bench") as simulator,
        Emulator(synth.template_path(), clock=clock, max_wait=0) as emulator,
        mock.patch.dict(os.environ, {"MAX_CONCURRENT_RUNS": json.dumps({"default": slots})}),
    ):
        account = {"username": simulator.username, "password": simulator.password, "loginMode": 1}
        emulator.seed_secret("default", account | {"baseUrl": simulator.base_url})
        emulator.run({"project": catalogue.TUTORIAL, "datamart": catalogue.load_id(len(seconds) + 1)})
        yield emulator


def taken(size: int) -> Taken:
    """Run a batch and count. Raises RuntimeError where it fails."""
    with emulated(tuple(SECONDS[number % len(SECONDS)] for number in range(size)), SLOTS) as emulator:
        began = time.process_time()
        with without_plans(), counted(emulator) as calls:
            batch = emulator.wait(emulator.start_batch(batch_of(size)))
            if batch.status != "SUCCEEDED":
                raise RuntimeError(f"{batch.error}: {batch.cause}")
            runs = emulator.wait_for_all([line["execution"] for line in batch.output["items"]])
        seconds = time.process_time() - began
    executions = [batch, *runs]
    events = sum(len(each.history) for each in executions)
    invocations = len(calls.invocations)
    counts = Counts(
        transitions=sum(len(each.states) for each in executions),
        lambda_calls=invocations,
        write_units=calls.write_units,
        read_units=calls.read_units,
        log_bytes=BYTES_AN_EVENT * events + (BYTES_OF_OURS + BYTES_OF_LAMBDA) * invocations,
    )
    return Taken(size, counts, seconds)


def main(*sizes: str) -> None:
    """Run and print all; exit code 1 where a count grows with the number of items. CPU fails nothing."""
    print(f"{f'a run of a batch on {SLOTS} slots':34}" + "".join(f"{column:>13}" for column in COLUMNS))
    rows = []
    for size in map(int, sizes or SIZES):
        rows.append(taken(size).a_run())
        print(f"{f'{size} items':34}" + "".join(f"{figure:>13.3f}" for figure in rows[-1].values()), flush=True)
    ratios = {column: rows[-1][column] / rows[0][column] for column in COLUMNS}
    print(f"{'the last ÷ the first':34}" + "".join(f"{ratio:>13.3f}" for ratio in ratios.values()))
    missed = [column for column in COLUMNS[:-1] if ratios[column] > HIGHEST_RATIO]
    print(*(f"{column}: above {HIGHEST_RATIO}" for column in missed), sep="\n")
    print("writes, reads: units of DynamoDB. Each run begins without a history, and its functions without a plan.")
    sys.exit(bool(missed))


if __name__ == "__main__":
    main(*sys.argv[1:])
