"""Many real runs at once in the emulator: what queueing costs them, a table, each line checked against its limits."""

import contextlib
import json
import os
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from unittest import mock

from local.clock import StandingClock
from local.emulator import Emulator
from local.emulator.clients import client
from local.simulator import Simulator, catalogue
from local.simulator.scenario import Scenario
from local.synth import template_path
from tests.support.queue_costs import Costs, costs_of

MOST_TRANSITIONS, MOST_LAMBDAS, MOST_IDLE, LONGEST_MAKESPAN = 6, 3, 3.0, 1.1
COLUMNS = ("transitions", "Lambdas", "calls", "most", "asked", "idle s", "makespan", "overtaken", "failed")


@dataclass(frozen=True)
class Case:
    """A line of the table: so many runs of about five minutes, and so many slots of each connection."""

    runs: int
    connections: int
    slots: int

    @property
    def seconds(self) -> tuple[float, ...]:
        """Of the jobs, which differ by a fifth."""
        return tuple(240.0 + 7 * (17 * number % 18) for number in range(self.runs))

    @property
    def requests(self) -> list[dict[str, Any]]:
        """A datamart each, over the connections in turn."""
        names = self.names
        return [
            {
                "project": catalogue.TUTORIAL,
                "datamart": catalogue.load_id(number + 1),
                "connection": names[number % len(names)],
            }
            for number in range(self.runs)
        ]

    @property
    def names(self) -> list[str]:
        """Of the connections."""
        return [f"c{number}" for number in range(self.connections)]

    def __str__(self) -> str:
        """For the table."""
        return f"{self.runs} runs, {self.connections} connection(s), {self.slots} slots each"


CASES = (Case(50, 1, 3), Case(200, 1, 20), Case(200, 10, 3))


@contextlib.contextmanager
def emulated(case: Case) -> Iterator[Emulator]:
    """An emulator whose connections lead to one simulator, which admits as many sessions as there are runs."""
    clock, scenario = StandingClock(), Scenario(more_loads=case.seconds, session_cap=case.runs)
    with (
        Simulator(scenario=scenario, clock=clock.now) as server,
        Emulator(template_path(), clock=clock, max_wait=0) as emulator,
    ):
        content = json.dumps({"baseUrl": server.base_url, "username": server.username, "password": server.password})
        make = client("secretsmanager").create_secret
        secrets = {name: make(Name=f"bench/{name}", SecretString=content)["ARN"] for name in case.names}
        changed = {
            "CONNECTIONS": json.dumps(case.names),
            "SECRETS": json.dumps(secrets),
            "MAX_CONCURRENT_RUNS": json.dumps(dict.fromkeys(case.names, case.slots)),
        }
        with mock.patch.dict(os.environ, changed):
            yield emulator


def wrong(found: Costs) -> list[str]:
    """The limits that are not kept, by the names of their columns."""
    limits = {
        "transitions": found.transitions <= MOST_TRANSITIONS,
        "Lambdas": found.lambdas <= MOST_LAMBDAS,
        "idle": found.idle <= MOST_IDLE,
        "makespan": found.makespan <= LONGEST_MAKESPAN,
        "overtaken": found.overtaken == 0,
        "failed": not found.failed,
    }
    return [name for name, is_kept in limits.items() if not is_kept]


def main() -> None:
    """Run and print all cases; exit code 1 where a limit is not kept."""
    print(f"{'real runs of 5 min in the emulator':42}" + "".join(f"{name:>12}" for name in COLUMNS))
    failed = False
    for case in CASES:
        with emulated(case) as emulator:
            found = costs_of(emulator, case.requests, case.slots)
        counts = (found.transitions, found.lambdas, f"{found.calls[0]:.1f}", found.calls[1], found.asked)
        figures = (*counts, f"{found.idle:.2f}", f"{found.makespan:.3f}", found.overtaken, len(found.failed))
        missed = wrong(found)
        failed = failed or bool(missed)
        line = f"{case!s:42}" + "".join(f"{figure:>12}" for figure in figures)
        print(line + "".join(f"  {each}!" for each in missed) + "".join(f"\n  {each}" for each in found.failed[:3]))
    print("\ntransitions, Lambdas: of waiting, at most; without one each ten minutes as first of the queue (asked).")
    print("calls: of DynamoDB, a run, without its looks. idle: the longest time of a free slot while a run waits.")
    sys.exit(failed)


if __name__ == "__main__":
    main()
