"""CPU of the emulator for a run: of one after the other, and of 200 at once against 10 at once.

Waits take no time: what remains is moto, botocore and our own code. The figures are CPU seconds of this process,
simulator included, after a run that fills the caches; of few runs the least of several rounds, as other processes on
the machine add to them. Calls of AWS are counted, whatever else the machine does.

Ten runs on many slots do not wait, and most of 200 do. So beside that plain ratio there is one of runs that wait: what
a wait costs is measured with twice as many runs as slots, or with ten, beside as many runs that have a slot each. The
ratio is that of 200 runs to few if as many of those waited.
``python -m tests.bench.emulator_runs``, or with other numbers of slots: ``python -m tests.bench.emulator_runs 20``
"""

import json
import os
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from unittest import mock

from botocore.client import BaseClient

from local import synth
from local.clock import StandingClock
from local.emulator import Emulator
from local.outcome import Outcome
from local.simulator import Simulator, catalogue
from local.simulator.scenario import Scenario

COUNTRIES = [{"name": "Elements of Country", "type": "ELEMENTS", "answers": [{"name": "USA"}, {"name": "England"}]}]
CITY = {"project": catalogue.TUTORIAL, "datamart": catalogue.CITY, "prompts": COUNTRIES}

FEW, MANY, ROUNDS = 10, 200, 2
HIGHEST_RATIO = 1.2
"""CPU of a run, of many at once to few at once."""

WAITS = "WaitInQueue"


@dataclass(frozen=True)
class Figures:
    """Of runs at once, by run: CPU seconds, the share that waited for a slot, calls of AWS, and transitions."""

    runs: int
    cpu: float
    waited: float
    calls: float
    transitions: float

    def __str__(self) -> str:
        """For the table."""
        counts = f"{self.calls:5.1f} calls, {self.transitions:4.1f} transitions"
        return f"{self.runs:4} runs {self.cpu:.3f} s each ({counts}, {self.waited:4.0%} wait)"


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
        one = min(_timed(lambda: [succeed(emulator, [CITY]) for _ in range(FEW)])[0] / FEW for _ in range(ROUNDS))
        sys.stdout.write(f"The emulator, CPU seconds a run: City, one after the other {one:.3f}\n")
        for number in map(int, slots or (MANY, 1)):
            compare(emulator, number)


def compare(emulator: Emulator, slots: int) -> None:
    """Measure and print what a run costs on so many slots: of many at once, and of few at once."""
    few, many = (measured(emulator, runs, slots) for runs in (FEW, MANY))
    _print(f"At once on {slots} slot(s):", f"  {few}", f"  {many}", _verdict("200 to 10", many.cpu / few.cpu))
    if not many.waited:
        return
    some = few if few.waited else measured(emulator, min(2 * slots, MANY), slots)
    without, many_without = (measured(emulator, runs, MANY) for runs in (some.runs, MANY))
    a_wait = (some.cpu - without.cpu) / some.waited
    a_wait_of_many = (many.cpu - many_without.cpu) / many.waited
    _print(
        f"  {some}, a wait {a_wait:.3f} s",
        f"  {without} with a slot each",
        f"  {many_without} with a slot each: a wait {a_wait_of_many:.3f} s",
        _verdict("200 to few, if as many of those waited", many.cpu / (without.cpu + many.waited * a_wait)),
    )


def _verdict(what: str, ratio: float) -> str:
    return f"  {what}: ratio {ratio:.2f}" + ("" if ratio <= HIGHEST_RATIO else f", above {HIGHEST_RATIO}")


def _print(*lines: str) -> None:
    sys.stdout.write("\n".join(lines) + "\n")
    sys.stdout.flush()


def measured(emulator: Emulator, runs: int, slots: int) -> Figures:
    """So many runs at once: of few the cheapest of several rounds."""
    with mock.patch.dict(os.environ, {"MAX_CONCURRENT_RUNS": json.dumps({"default": slots})}):
        succeed(emulator, loads(1))
        rounds = [_round(emulator, runs) for _ in range(1 if runs == MANY else ROUNDS)]
    return min(rounds, key=lambda each: each.cpu)


def _round(emulator: Emulator, runs: int) -> Figures:
    with _counted() as calls:
        seconds, outcomes = _timed(lambda: succeed(emulator, loads(runs)))
    waited = sum(WAITS in outcome.states for outcome in outcomes)
    transitions = sum(len(outcome.states) for outcome in outcomes)
    return Figures(runs, seconds / runs, waited / runs, len(calls) / runs, transitions / runs)


@contextmanager
def _counted() -> Iterator[list[str]]:
    """The calls of AWS that are made in the block, by all threads."""
    calls: list[str] = []
    real = BaseClient._make_api_call

    def call(client: Any, operation: str, arguments: Any) -> Any:
        calls.append(operation)
        return real(client, operation, arguments)

    with mock.patch.object(BaseClient, "_make_api_call", call):
        yield calls


def _timed(work: Any) -> tuple[float, Any]:
    began = time.process_time()
    result = work()
    return time.process_time() - began, result


def loads(runs: int) -> list[dict[str, Any]]:
    """A request for each of so many datamarts."""
    return [{"project": catalogue.TUTORIAL, "datamart": catalogue.load_id(n + 1)} for n in range(runs)]


def succeed(emulator: Emulator, requests: Sequence[dict[str, Any]]) -> list[Outcome]:
    """Start runs at once and wait for their ends. Raises RuntimeError for one that fails."""
    outcomes = emulator.wait_for_all([emulator.start(request) for request in requests])
    for outcome in outcomes:
        if outcome.status != "SUCCEEDED":
            raise RuntimeError(f"{outcome.status} {outcome.error}: {outcome.cause}")
    return outcomes


if __name__ == "__main__":
    main(*sys.argv[1:])
