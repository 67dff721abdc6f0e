"""Many real runs at once in the emulator: what queueing costs each, in exact counts and in time on the clock.

Every run loads a datamart of its own, in a single attempt; they begin a second apart. A run that never waited is the
measure: what another one does beyond it, except its looks at the job, is waiting.
"""

import contextlib
import json
import os
import sys
import threading
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from unittest import mock

import boto3
from botocore.client import BaseClient

from local.clock import StandingClock
from local.emulator import Emulator
from local.outcome import Outcome
from local.simulator import Simulator, catalogue
from local.simulator.scenario import Scenario
from local.synth import template_path
from tests.bench.queue.report import gapless

LOOKING = frozenset({"WaitForStatus", "GetStatus", "JudgeStatus"})
"""States of a look at the job: their number is the polling's."""

LOOKS = "get_status"
MANY_SESSIONS = 1_000


@dataclass
class Run:
    """What one run did, without its looks. Times are seconds on the clock; ``calls`` are those of DynamoDB.

    ``asked``: how often it came back as first of the queue, once in ten minutes.
    """

    arrived: float = 0.0
    taken: float = 0.0
    given_back: float = 0.0
    transitions: int = 0
    lambdas: int = 0
    calls: int = 0
    asked: int = 0


@dataclass
class Measured:
    """What the runs did at most beyond a run that never waits, and the worst of their connections.

    ``calls``: of DynamoDB a run, the mean and the most. ``asked``: all that came back as first of the queue.
    """

    transitions: int
    lambdas: int
    calls: tuple[float, int]
    asked: int
    idle: float
    makespan: float
    overtaken: int
    failed: list[str]


@dataclass
class Recorder:
    """Counts by the execution that a function is invoked for."""

    clock: StandingClock
    runs: dict[str, Run] = field(default_factory=dict)
    _here: threading.local = field(default_factory=threading.local)

    @contextlib.contextmanager
    def around(self, module: str, event: Any) -> Iterator[None]:
        """What the runtime puts around an invocation."""
        arn = _execution_of(event)
        run = self.runs.setdefault(arn, Run()) if arn else None
        if run is None or module == LOOKS:
            yield
            return
        self._here.run = run
        run.lambdas += 1
        try:
            yield
            if module == "prepare_run":
                run.arrived = run.arrived or self.clock.now()
                run.taken = self.clock.now()  # the last time
            if module == "conclude_attempt":
                run.given_back = self.clock.now()
        finally:
            self._here.run = None

    def called(self, **_: Any) -> None:
        """A call of DynamoDB is about to be made."""
        if (run := getattr(self._here, "run", None)) is not None:
            run.calls += 1


def _execution_of(event: Any) -> str | None:
    if "Records" in event:
        return str(json.loads(event["Records"][0]["body"])["detail"]["executionArn"])
    return event.get("executionArn")


@contextlib.contextmanager
def emulated(
    template: Path, durations: Sequence[float], connections: int, slots: int
) -> Iterator[tuple[Emulator, Recorder]]:
    """An emulator whose connections lead to one simulator with as many datamarts as durations (seconds)."""
    clock = StandingClock()
    scenario = Scenario(more_loads=tuple(durations), session_cap=MANY_SESSIONS)
    names = [f"c{number}" for number in range(connections)]
    with (
        Simulator(scenario=scenario, clock=clock.now) as server,
        Emulator(template, clock=clock, max_wait=0) as emulator,
    ):
        secret = {"baseUrl": server.base_url, "username": server.username, "password": server.password}
        made = boto3.client("secretsmanager")
        arns = {
            name: made.create_secret(Name=f"bench/{name}", SecretString=json.dumps(secret))["ARN"] for name in names
        }
        changed = {
            "CONNECTIONS": json.dumps(names),
            "SECRETS": json.dumps(arns),
            "MAX_CONCURRENT_RUNS": json.dumps(dict.fromkeys(names, slots)),
        }
        recorder = Recorder(clock)
        emulator.runtime.around = recorder.around
        boto3.setup_default_session()
        with mock.patch.dict(os.environ, changed), _counted(recorder):
            yield emulator, recorder


@contextlib.contextmanager
def _counted(recorder: Recorder) -> Iterator[None]:
    real = BaseClient._make_api_call

    def call(client: Any, operation: str, arguments: Any) -> Any:
        if client.meta.service_model.service_name == "dynamodb":
            recorder.called()
        return real(client, operation, arguments)

    with mock.patch.object(BaseClient, "_make_api_call", call):
        yield


def run_all(emulator: Emulator, number: int, connections: int, gap: float = 1.0) -> list[Outcome]:
    """Start so many runs, ``gap`` seconds after one another, and wait for all."""
    executions = []
    with emulator.waiter.working():
        for each in range(number):
            request = {
                "project": catalogue.TUTORIAL,
                "datamart": catalogue.load_id(each + 1),
                "connection": f"c{each % connections}",
                "timeoutMinutes": 1440,
            }
            executions.append(emulator.start(request))
            emulator.waiter.wait(gap)
    return emulator.wait_for_all(executions)


def measured(template: Path, durations: Sequence[float], connections: int, slots: int) -> Measured:
    """Run a datamart for each duration (seconds), spread over the connections with so many slots each."""
    with emulated(template, durations, connections, slots) as (emulator, recorder):
        alone = run_all(emulator, 1, 1)[0]
        (base,) = recorder.runs.values()
        base.transitions = _without_looks(alone)
        recorder.runs.clear()
        outcomes = run_all(emulator, len(durations), connections)
    runs = []
    for outcome in outcomes:
        run = recorder.runs[outcome.execution_arn]
        run.transitions = _without_looks(outcome)
        run.asked = max(0, outcome.states.count("WaitInQueue") - 2)
        runs.append(run)
    groups = [runs[at::connections] for at in range(connections)]
    return Measured(
        transitions=max(run.transitions - run.asked for run in runs) - base.transitions,
        lambdas=max(run.lambdas - run.asked for run in runs) - base.lambdas,
        calls=(sum(run.calls for run in runs) / len(runs), max(run.calls for run in runs)),
        asked=sum(run.asked for run in runs),
        idle=max(_longest_idle(group, slots) for group in groups),
        makespan=max(_makespan(group, slots) for group in groups),
        overtaken=sum(_overtaken(group) for group in groups),
        failed=[f"{outcome.error}: {outcome.cause}" for outcome in outcomes if outcome.error],
    )


def _without_looks(outcome: Outcome) -> int:
    return sum(count for state, count in Counter(outcome.states).items() if state not in LOOKING)


def _makespan(runs: list[Run], slots: int) -> float:
    """From the first arrival to the last end, in times of gapless list scheduling."""
    first = min(run.arrived for run in runs)
    held = [(run.taken, run.arrived - first, run.given_back - run.taken) for run in runs]
    return (max(run.given_back for run in runs) - first) / gapless(held, slots)


def _longest_idle(runs: list[Run], slots: int) -> float:
    """The longest time for which a slot stayed free although somebody waited: from each end to the start after it."""
    starts, ends = sorted(run.taken for run in runs), sorted(run.given_back for run in runs)
    arrivals = sorted(run.arrived for run in runs)
    later = zip(starts[slots:], ends, arrivals[slots:], strict=False)
    return max((start - max(end, arrived) for start, end, arrived in later), default=0.0)


def _overtaken(runs: list[Run]) -> int:
    """Pairs of which the one that arrived later began before the other."""
    order = [run.taken for run in sorted(runs, key=lambda run: run.arrived)]
    return sum(later < earlier for at, earlier in enumerate(order) for later in order[at + 1 :])


@dataclass(frozen=True)
class Case:
    """A line of the table: so many runs of five minutes, and so many slots of each connection."""

    runs: int
    connections: int
    slots: int

    @property
    def durations(self) -> list[float]:
        """Seconds of the jobs, which differ by a fifth."""
        return [240.0 + 7 * (17 * number % 18) for number in range(self.runs)]

    @property
    def name(self) -> str:
        """For the table."""
        return f"{self.runs} runs, {self.connections} connection(s), {self.slots} slot(s) each"


CASES = [Case(50, 1, 3), Case(200, 1, 20), Case(200, 10, 3)]
MOST_TRANSITIONS, MOST_LAMBDAS, MOST_IDLE, LONGEST_MAKESPAN = 6, 3, 3.0, 1.1


def wrong(found: Measured) -> list[str]:
    """The limits that are not kept."""
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
        found = measured(template_path(), case.durations, case.connections, case.slots)
        figures = (found.transitions, found.lambdas, f"{found.calls[0]:.1f}", found.calls[1], found.asked)
        figures = (*figures, f"{found.idle:.2f}", f"{found.makespan:.3f}", found.overtaken, len(found.failed))
        missed = wrong(found)
        failed = failed or bool(missed)
        line = f"{case.name:42}" + "".join(f"{figure:>12}" for figure in figures)
        print(line + "".join(f"  {each}!" for each in missed) + "".join(f"\n  {each}" for each in found.failed[:3]))
    print("transitions, Lambdas: of waiting, at most; without one each for ten minutes as first of the queue (asked).")
    print("calls: of DynamoDB, a run, without its looks. idle: the longest time of a free slot while a run waits.")
    sys.exit(failed)


COLUMNS = ("transitions", "Lambdas", "calls", "most", "asked", "idle s", "makespan", "overtaken", "failed")

if __name__ == "__main__":
    main()
