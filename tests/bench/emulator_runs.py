"""CPU of the emulator for a run: of one after the other, and of 200 at once against 10 at once.

Waits take no time: what remains is moto, botocore and our own code. The figures are CPU seconds of this process,
simulator included, after a run that fills the caches; of few runs the least of several rounds, as other processes on
the machine add to them. Those at once have a slot each, or all wait for one slot.
``python -m tests.bench.emulator_runs``, or with other numbers of slots: ``python -m tests.bench.emulator_runs 20``
"""

import json
import os
import sys
import time
from collections.abc import Callable
from typing import Any
from unittest import mock

from local import synth
from local.clock import StandingClock
from local.emulator import Emulator
from local.simulator import Simulator, catalogue
from local.simulator.scenario import Scenario

COUNTRIES = [{"name": "Elements of Country", "type": "ELEMENTS", "answers": [{"name": "USA"}, {"name": "England"}]}]
CITY = {"project": catalogue.TUTORIAL, "datamart": catalogue.CITY, "prompts": COUNTRIES}

FEW, MANY, ROUNDS = 10, 200, 2
HIGHEST_RATIO = 1.2
"""CPU of a run, of many at once to few at once."""


def main(*slots: str) -> None:
    """Measure and print, for each number of slots. CPU depends on what else the machine does: it fails nothing."""
    clock, scenario = StandingClock(), Scenario(more_loads=(1.0,) * MANY, session_cap=MANY)
    with (
        Simulator(scenario=scenario, clock=clock.now, password="bench") as simulator,
        Emulator(synth.template_path(), clock=clock, max_wait=0) as emulator,
    ):
        account = {"username": simulator.username, "password": simulator.password, "loginMode": 1}
        emulator.seed_secret("default", account | {"baseUrl": simulator.base_url})
        succeed(emulator, [CITY])
        one = cpu_a_run(FEW, lambda: [succeed(emulator, [CITY]) for _ in range(FEW)])
        sys.stdout.write(f"The emulator, CPU seconds a run: City, one after the other {one:.3f}\n")
        for number in map(int, slots or (MANY, 1)):
            compare(emulator, number)


def compare(emulator: Emulator, slots: int) -> None:
    """Measure and print what a run costs on so many slots: of many at once, and of few at once."""
    with mock.patch.dict(os.environ, {"MAX_CONCURRENT_RUNS": json.dumps({"default": slots})}):
        succeed(emulator, loads(1))
        few = cpu_a_run(FEW, lambda: succeed(emulator, loads(FEW)))
        many = cpu_a_run(MANY, lambda: succeed(emulator, loads(MANY)), rounds=1)
    ratio = many / few
    verdict = "" if ratio <= HIGHEST_RATIO else f", above {HIGHEST_RATIO}"
    figures = f"{FEW} runs {few:.3f} each, {MANY} runs {many:.3f} each, ratio {ratio:.2f}{verdict}"
    sys.stdout.write(f"At once on {slots} slot(s): {figures}\n")
    sys.stdout.flush()


def loads(runs: int) -> list[dict[str, Any]]:
    """A request for each of so many datamarts."""
    return [{"project": catalogue.TUTORIAL, "datamart": catalogue.load_id(n + 1)} for n in range(runs)]


def succeed(emulator: Emulator, requests: list[dict[str, Any]]) -> None:
    """Start runs at once and wait for their ends. Raises RuntimeError for one that fails."""
    for outcome in emulator.wait_for_all([emulator.start(request) for request in requests]):
        if outcome.status != "SUCCEEDED":
            raise RuntimeError(f"{outcome.status} {outcome.error}: {outcome.cause}")


def cpu_a_run(runs: int, work: Callable[[], object], rounds: int = ROUNDS) -> float:
    """CPU seconds that the work takes, by run: the least of so many rounds."""
    taken = []
    for _ in range(rounds):
        began = time.process_time()
        work()
        taken.append((time.process_time() - began) / runs)
    return min(taken)


if __name__ == "__main__":
    main(*sys.argv[1:])
