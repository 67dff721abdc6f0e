"""What queueing costs runs in the emulator: exact counts, and times on the clock.

Every run loads a datamart of its own, in a single attempt; they begin a second apart. A run that never waited is the
measure: what another one does beyond it, except its looks at the job, is waiting.
"""

import contextlib
import json
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from unittest import mock

from botocore.client import BaseClient

from local.emulator import Emulator
from local.outcome import Outcome
from tests.bench.queue.report import gapless

LOOKING = frozenset({"WaitForStatus", "GetStatus", "JudgeStatus"})
"""States of a look at the job: how many there are is the polling's."""

LOOKS = "get_status"
WAITS = "WaitInQueue"
GAP = 1.0
"""Seconds between two starts, so that one run arrives after the other."""


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


@dataclass(frozen=True)
class Costs:
    """What the runs did at most beyond a run that never waits, and the worst of their connections.

    ``calls``: of DynamoDB a run, the mean and the most. ``asked``: all that came back as first of the queue. ``idle``:
    the longest seconds of a free slot while a run waits. ``makespan``: in times of gapless list scheduling.
    """

    transitions: int
    lambdas: int
    calls: tuple[float, int]
    asked: int
    idle: float
    makespan: float
    overtaken: int
    failed: list[str]


class Recorder:
    """Counts by the execution that a function is invoked for."""

    def __init__(self, emulator: Emulator) -> None:
        self._emulator = emulator
        self._here = threading.local()
        self.runs: dict[str, Run] = {}

    @contextlib.contextmanager
    def recording(self) -> Iterator[None]:
        """Watch the invocations and the calls of DynamoDB in the block."""
        before, real = self._emulator.runtime.around, BaseClient._make_api_call

        def call(client: Any, operation: str, arguments: Any) -> Any:
            run = getattr(self._here, "run", None)
            if run is not None and client.meta.service_model.service_name == "dynamodb":
                run.calls += 1
            return real(client, operation, arguments)

        self._emulator.runtime.around = self._around
        try:
            with mock.patch.object(BaseClient, "_make_api_call", call):
                yield
        finally:
            self._emulator.runtime.around = before

    @contextlib.contextmanager
    def _around(self, module: str, event: Any) -> Iterator[None]:
        arn = _execution_of(event)
        if arn is None or module == LOOKS:
            yield
            return
        run = self._here.run = self.runs.setdefault(arn, Run())
        run.lambdas += 1
        now = self._emulator.clock.now()
        if module == "prepare_run":
            run.arrived, run.taken = run.arrived or now, now  # what it takes at last counts
        if module == "conclude_attempt":
            run.given_back = now
        try:
            yield
        finally:
            self._here.run = None


def _execution_of(event: Any) -> str | None:
    if "Records" in event:
        return str(json.loads(event["Records"][0]["body"])["detail"]["executionArn"])
    arn: str | None = event.get("executionArn")
    return arn


def costs_of(emulator: Emulator, requests: Sequence[dict[str, Any]], slots: int) -> Costs:
    """Run the requests, a second after one another; their connections have so many slots each."""
    recorder = Recorder(emulator)
    with recorder.recording():
        (alone,) = _run_all(emulator, requests[:1])
        base = _counted(recorder, alone)
        outcomes = _run_all(emulator, requests)
    runs = [_counted(recorder, outcome) for outcome in outcomes]
    groups: dict[str | None, list[Run]] = {}
    for request, run in zip(requests, runs, strict=True):
        groups.setdefault(request.get("connection"), []).append(run)
    return Costs(
        transitions=max(run.transitions - run.asked for run in runs) - base.transitions,
        lambdas=max(run.lambdas - run.asked for run in runs) - base.lambdas,
        calls=(sum(run.calls for run in runs) / len(runs), max(run.calls for run in runs)),
        asked=sum(run.asked for run in runs),
        idle=max(_longest_idle(group, slots) for group in groups.values()),
        makespan=max(_makespan(group, slots) for group in groups.values()),
        overtaken=sum(_overtaken(group) for group in groups.values()),
        failed=[f"{outcome.error}: {outcome.cause}" for outcome in outcomes if outcome.error],
    )


def _run_all(emulator: Emulator, requests: Sequence[dict[str, Any]]) -> list[Outcome]:
    executions = []
    with emulator.waiter.working():
        for request in requests:
            executions.append(emulator.start(request))
            emulator.waiter.wait(GAP)
    return emulator.wait_for_all(executions)


def _counted(recorder: Recorder, outcome: Outcome) -> Run:
    run = recorder.runs[outcome.execution_arn]
    run.transitions = sum(state not in LOOKING for state in outcome.states)
    run.asked = max(0, outcome.states.count(WAITS) - 2)  # once it comes, and once it is woken as first
    return run


def _makespan(runs: list[Run], slots: int) -> float:
    first = min(run.arrived for run in runs)
    held = [(run.taken, run.arrived - first, run.given_back - run.taken) for run in runs]
    return (max(run.given_back for run in runs) - first) / gapless(held, slots)


def _longest_idle(runs: list[Run], slots: int) -> float:
    """From the end that frees a slot to the start that takes it, while a run waits."""
    starts, ends = sorted(run.taken for run in runs), sorted(run.given_back for run in runs)
    arrivals = sorted(run.arrived for run in runs)
    later = zip(starts[slots:], ends, arrivals[slots:], strict=False)
    return max((start - max(end, arrived) for start, end, arrived in later), default=0.0)


def _overtaken(runs: list[Run]) -> int:
    """Pairs in which the run that arrived later began first."""
    order = [run.taken for run in sorted(runs, key=lambda run: run.arrived)]
    return sum(later < earlier for at, earlier in enumerate(order) for later in order[at + 1 :])
