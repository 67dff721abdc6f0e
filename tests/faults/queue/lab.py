"""One case of the queue from its start to its evidence: several runs in the emulator of a lab."""

import contextlib
import json
import os
import random
import tempfile
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from unittest import mock

from moto.stepfunctions.exceptions import AWSError

from functions.names import LOOK_AT_QUEUES, LOOK_HOURLY
from functions.notifications.sweep_notice import BEGINNING
from local.aws import queues as queues_of_aws
from local.aws.queues import Paused, Queues
from local.aws.stack import Deployed
from local.emulator.end_events import deliver_the_end
from local.emulator.moto_patches.moto_objects import execution, was_stopped
from local.errors import CannotGoOn
from local.outcome import Outcome
from local.simulator import Simulator
from local.simulator.scenario import Scenario
from tests.faults.faults import Case
from tests.faults.lab import AS_STOPPED, LATER, LONGEST, Lab
from tests.faults.queue.faults import ARMED
from tests.faults.queue.old_runs import recorded_run, under_old_definition
from tests.faults.queue.scenes import JOBS, PERSON, SCENARIO, SCENES, Scene
from tests.faults.queue.watch import Made, Watch, apart
from tests.faults.several_runs import RunSeen, SeveralSeen
from tests.integration.conftest import PASSWORD

SECONDS_BETWEEN = 1.0
"""Between two starts, on the clock: so that runs arrive one after the other."""

SWEEPS = {LOOK_AT_QUEUES: 300.0, LOOK_HOURLY: 3_600.0}
"""How often the sweep looks at what."""

SWEEP_SECONDS = min(SWEEPS.values())

PAUSE_SECONDS, RESUMED_AFTER = 2_400.0, 1_000.0
"""How long a pause would last, and when a person ends it: neither is a time of the sweep."""


LONGEST_ON_CLOCK = 86_400.0
"""Seconds on the clock after which runs are stopped that do not end: several times the sum of their limits."""


@dataclass
class QueueEvidence(SeveralSeen):
    """What a case left behind to be judged."""

    scene: Scene
    arrived: dict[str, float]
    most_sessions: int
    is_paused: bool

    @property
    def waited(self) -> set[str]:
        """Runs that had begun to wait before any run gave its slot back."""
        ends = [at for at, (_, module, _) in enumerate(self.steps) if module in ("conclude_attempt", "end_run")]
        return {
            letter
            for letter, module, when in self.steps[: min(ends, default=None)]
            if module == "wait_in_queue" and when == "ends"
        }

    @property
    def outcome(self) -> Outcome:
        """Of the run that the fault meets; of the first where it meets a person's command."""
        return self.runs.get(self.victim, self.runs["A"]).outcome

    @property
    def victim(self) -> str:
        """The letter of the run that the fault meets."""
        return "A" if self.case is None else self.case.place[0]


def _is_of_the_sweep(notice: dict[str, Any]) -> bool:
    """Whether it says what the sweep found: such a notice is not about the end of a run, although it names the run."""
    return bool(notice["Message"].startswith(BEGINNING))


def _jobs_file(folder: str) -> str:
    path = Path(folder, "jobs.json")
    path.write_text(json.dumps(JOBS), "utf-8")
    return str(path)


class QueueLab:
    """Borrows emulator, clock and wire of a lab of single runs for the time of a case."""

    def __init__(self, lab: Lab) -> None:
        self._lab = lab
        self.watch = Watch(lambda module, event: lab._call(module, event))
        self.ends: dict[str, str] = {}
        self._arns: dict[str, str] = {}
        self._late_ends: list[str] = []
        self._over = self._is_paused = False
        self._given_up = threading.Event()
        self._threads: list[threading.Thread] = []

    def baseline(self, name: str) -> tuple[list[str], list[Made], list[str]]:
        """Functions, calls to AWS and states of the runs of a scene without faults."""
        seen = self.observe(None, name)
        for letter, run in seen.runs.items():
            assert run.outcome.status == "SUCCEEDED", f"{letter}: {run.outcome.cause}"
        return self.watch.functions, self.watch.made, self.watch.states

    def observe(self, case: Case | None, name: str) -> QueueEvidence:
        """Run a case to its end and gather what there is to see."""
        scene = SCENES[name]
        with tempfile.TemporaryDirectory() as folder:
            jobs = {"JOBS_FILE": _jobs_file(folder)}
            with self._borrowed(scene.most, SCENARIO, jobs):
                return self._observe(case, scene)

    @contextlib.contextmanager
    def _borrowed(self, slots: int, scenario: Scenario, environment: dict[str, str]) -> Iterator[None]:
        """The lab with so many slots, a simulator of its own, and this watch around functions and ends."""
        lab, emulator = self._lab, self._lab.emulator
        around, deliver = emulator.runtime.around, emulator._ends._deliver
        emulator.runtime.around = self.watch.around
        emulator._ends._deliver = lambda arn: self._deliver(arn, deliver)
        most = {"MAX_CONCURRENT_RUNS": json.dumps({"default": slots})}
        try:
            with (
                mock.patch.dict(os.environ, most | environment),
                Simulator(scenario=scenario, clock=lab.clock.now, password=PASSWORD) as lab.simulator,
                self.watch.watched(),
            ):
                lab._reset()
                yield
        finally:
            emulator.runtime.around, emulator._ends._deliver = around, deliver

    def _observe(self, case: Case | None, scene: Scene) -> QueueEvidence:
        lab, emulator = self._lab, self._lab.emulator
        random.seed(case.seed if case else 0)
        logs_from = emulator.logs.stat().st_size
        self.watch.reset()
        self.watch.letter_of = self._letter_of
        self.ends, self._arns, self._late_ends, self._threads = {}, {}, [], []
        self._over = self._is_paused = False
        self._given_up.clear()
        if case is not None:
            ARMED[case.family](self, case)
        with emulator.waiter.working():  # the clock stands until all have come
            self._start_all(scene)
            arrived = self._arrived()
            self._beside(self._sweep_regularly)
            for job in scene.pauses:
                self.pause(job)
        outcomes = self._wait()
        self._over = True
        emulator.waiter.check()
        for thread in self._threads:
            thread.join()
        self.watch.finish()
        met = not self.watch.waits
        self.watch.heal()
        self._deliver_again()
        lab.wire.settle()
        state = lab.simulator.state()
        events, notices = lab._told.events(), lab._told.notices()
        lab.clock.advance(LATER)
        items = lab._take_items()
        return QueueEvidence(
            case=case,
            scene=scene,
            runs={
                letter: RunSeen(
                    outcomes[letter],
                    items.get(arn, {}),
                    [event for event in events if event["detail"]["executionArn"] == arn],
                    [notice for notice in notices if arn in json.dumps(notice) and not _is_of_the_sweep(notice)],
                )
                for letter, arn in self._arns.items()
            },
            arrived=arrived,
            items=items,
            left={kind: state[kind] for kind in ("sessions", "instances", "jobs") if state[kind]},
            loads=lab.simulator.state()["loads"],
            steps=list(self.watch.steps),
            most_sessions=state["mostSessions"],
            logs=emulator.logs.read_bytes()[logs_from:].decode("utf-8", "replace"),
            secrets={s for s in {*lab.simulator.secrets(), PASSWORD} if s},
            tokens=self.watch.tokens,
            hung=self._given_up.is_set(),
            met=met,
            is_paused=self._is_paused,
        )

    # -- the runs ---------------------------------------------------------------------------------------------------

    def _start_all(self, scene: Scene) -> None:
        for letter in scene.letters:
            self._lab.clock.advance(SECONDS_BETWEEN)
            name = f"{letter}-{uuid.uuid4()}"
            machine = self._lab.emulator.deployed.state_machine
            self._arns[letter] = f"{machine.replace(':stateMachine:', ':execution:')}:{name}"
            with contextlib.ExitStack() as stack:
                if letter in scene.old:
                    stack.enter_context(under_old_definition(self._lab.emulator))
                if scene.recorded and letter == "A":
                    given = stack.enter_context(recorded_run(self._lab, self._arns[letter]))
                else:
                    given = scene.request(letter)
                self._lab.emulator.start(given, name)
                self._settle()

    def _settle(self) -> None:
        """Until every run waits, and nothing but this thread is at work."""
        given_up = time.monotonic() + LONGEST
        while self._lab.emulator.waiter._at_work > 1 and time.monotonic() < given_up:
            time.sleep(0.002)

    def _arrived(self) -> dict[str, float]:
        """When those arrived that wait, by their letters."""
        found, tickets = self._lab.emulator.item, (self._lab.emulator.item("queue/default") or {}).get("tickets", {})
        owners = {key: (found(f"ticket/{key}") or {}).get("owner", "").rpartition(":")[2][:1] for key in tickets}
        return {owners[key]: float(ticket["a"]) for key, ticket in tickets.items()}

    def _wait(self) -> dict[str, Outcome]:
        timer = threading.Timer(LONGEST, self._give_up)
        timer.start()
        try:
            outcomes = self._lab.emulator.wait_for_all(list(self._arns.values()))
            return dict(zip(self._arns, outcomes, strict=True))
        finally:
            timer.cancel()

    def _give_up(self) -> None:
        self._given_up.set()
        for letter in self._arns:
            self.stop(letter)

    def _sweep_regularly(self) -> None:
        waiter, clock = self._lab.emulator.waiter, self._lab.clock
        due = {look: clock.now() + seconds for look, seconds in SWEEPS.items()}
        given_up = clock.now() + LONGEST_ON_CLOCK
        while not self._over:
            waiter.wait(SWEEP_SECONDS, lambda: self._over)
            if not self._given_up.is_set() and clock.now() > given_up:
                self._give_up()
            for look, seconds in SWEEPS.items():
                if not self._over and due[look] <= clock.now():
                    due[look] = clock.now() + seconds
                    self._lab._call("sweep", {"look": look})

    def _beside(self, work: Callable[[], None]) -> None:
        """Do it in a thread of its own, which the clock waits for from now on."""
        begun = threading.Event()

        def at_work() -> None:
            with self._lab.emulator.waiter.working():
                begun.set()
                work()

        self._threads.append(threading.Thread(target=at_work))
        self._threads[-1].start()
        begun.wait(LONGEST)

    def _letter_of(self, manager: Any) -> str:
        for letter, arn in self._arns.items():
            with contextlib.suppress(AWSError, AttributeError):  # it does not exist yet, or has no state
                if execution(arn).exec_worker.env.event_manager is manager:
                    return letter
        return ""

    # -- what cases do ----------------------------------------------------------------------------------------------

    def stop(self, letter: str) -> bool:
        """Stop a run, as the console does; False if it has ended, or is about to."""
        return self._lab.emulator.stop(self._arns[letter])

    def stop_and_end(self, letter: str) -> None:
        """Stop a run, and let its end be processed while a function still works; one that has ended keeps its end."""
        if self.stop(letter):
            described = self._described(letter)
            apart(lambda: deliver_the_end(self._lab.emulator.template, described))

    def pause(self, job: str | None) -> None:
        """Pause the connection or a job as ``datamart pause`` does, and resume it later."""
        until = self._lab.clock.now() + PAUSE_SECONDS
        self._command("pause", lambda queues: queues.pause(Paused("default", job), until))
        self._is_paused = bool((self._lab.emulator.item("queue/default") or {}).get("pauses"))

        def resume() -> None:
            self._lab.emulator.waiter.wait(RESUMED_AFTER, lambda: self._over)
            self._command("resume", lambda queues: queues.resume(Paused("default", job)))

        self._beside(resume)

    def _command(self, name: str, do: Callable[[Queues], None]) -> None:
        (table,) = self._lab.emulator.deployed.tables
        stack, deployed = SimpleNamespace(run_table=table), Deployed({"default": 1}, {}, ahead=0.0)
        with mock.patch.multiple(queues_of_aws, stack_of=lambda stage: stack, deployed_with=lambda stack: deployed):
            queues = Queues("dev")
        with contextlib.suppress(CannotGoOn), self.watch.person(PERSON, name):
            do(queues)

    def _described(self, letter: str) -> dict[str, Any]:
        found: dict[str, Any] = self._lab._states.describe_execution(executionArn=self._arns[letter])
        return found | (AS_STOPPED if was_stopped(self._arns[letter]) else {})

    def _deliver(self, arn: str, deliver: Callable[[str], None]) -> None:
        letter = next((each for each, its in self._arns.items() if its == arn), "")
        how = self.ends.get(letter)
        if how is None:
            return deliver(arn)
        if how in ("late", "twice-at-the-end"):
            self._late_ends.append(letter)
        if how != "late":
            deliver(arn)
        if how == "twice":
            deliver(arn)
        return None

    def _deliver_again(self) -> None:
        """What was withheld; and what the functions failed at, as the queue of the ends repeats for hours."""
        again = dict.fromkeys([*self._late_ends, *sorted(self.watch.failed_ends)])
        if again:
            self._lab.clock.advance(LATER / 6)
        for letter in again:
            deliver_the_end(self._lab.emulator.template, self._described(letter))
