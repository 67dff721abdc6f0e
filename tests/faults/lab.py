"""One emulator for many cases; each case has a simulator of its own and leaves nothing to the next."""

import contextlib
import json
import random
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import boto3

from functions.runs.history import HistoryRecord
from functions.runs.store.table import RunTable
from local.clock import StandingClock
from local.emulator import Emulator
from local.emulator.emulator import BY_A_PERSON, STOPPED
from local.emulator.end_events import deliver_the_end
from local.emulator.history_table import find_record
from local.emulator.moto_patches.moto_objects import was_stopped
from local.outcome import Outcome
from local.simulator import Simulator
from tests.faults.aws import AwsCalls
from tests.faults.faults import ARMED, FOR_EVER, Case
from tests.faults.lambdas import Call, Lambdas
from tests.faults.runs import REPLY, Baseline, request_of, scenario_of
from tests.faults.states import States
from tests.faults.wire import Wire, impatient
from tests.integration.conftest import PASSWORD, Told

LONGEST = 600.0
"""Real seconds after which a run is stopped that does not end: many times what one needs on a machine that is busy."""

STOPS = ("stop at a state", "stop inside")
"""Families of cases whose execution is stopped."""

OPENING = ("prepare_run", "log_in", "execute_datamart")
"""Functions whose second call would do harm if it did anything."""

LATER = 3_600.0
"""Seconds after the end in which a job that nobody cancelled writes its table."""

AS_STOPPED = {"status": "ABORTED", "error": STOPPED, "cause": BY_A_PERSON}
"""How AWS describes an execution that was stopped: moto lets the function that works end first."""


@dataclass
class Evidence:
    """What a case left behind to be judged."""

    case: Case | None
    outcome: Outcome
    item: dict[str, Any]
    others: list[dict[str, Any]]
    left: dict[str, Any]
    loads: int
    events: list[dict[str, Any]]
    notices: list[dict[str, Any]]
    calls: list[Call]
    sent: list[str]
    statuses: list[tuple[str, int | None]]
    redriven: list[str]
    logs: str
    secrets: list[str]
    hung: bool = False
    met: bool = True
    record: HistoryRecord | None = None
    triggered: int = 0
    published: int = 0
    saves: int = 0


class Lab:
    """As a context manager: the emulator, and the four places at which something can be made to happen."""

    def __init__(self, template: Path) -> None:
        self._template = template
        self._stack = contextlib.ExitStack()
        self.clock = StandingClock()
        self.wire = Wire(self.clock)
        self.lambdas = Lambdas(self._invoke)
        self.aws = AwsCalls(lambda: self.lambdas.stack[-1] if self.lambdas.stack else None)
        self.states = States()
        self.emulator: Emulator
        self.simulator: Simulator
        self._told: Told
        self._arn = ""
        self._started = threading.Event()

    def __enter__(self) -> Self:
        with contextlib.ExitStack() as stack:
            self.emulator = stack.enter_context(Emulator(self._template, clock=self.clock, max_wait=0))
            self.emulator.person = lambda question: self.emulator.reply(question.token, REPLY)
            self._told = Told(self.emulator)
            self._names = {
                f["Handler"].split(".")[-2]: f["FunctionName"]
                for f in boto3.client("lambda").list_functions()["Functions"]
            }
            self._lambda, self._states = boto3.client("lambda"), boto3.client("stepfunctions")
            self._table = boto3.client("dynamodb")
            self.emulator.runtime.around = self.lambdas.around
            for watched in (self.wire.tapped(), self.aws.watched(), self.states.watched()):
                stack.enter_context(watched)
            self._stack = stack.pop_all()
        return self

    def __exit__(self, *exception: object) -> None:
        self._stack.close()

    # -- one case -----------------------------------------------------------------------------------------------

    def baseline(self, run: str) -> Baseline:
        """What a run without faults does."""
        evidence = self._observe(None, run)
        assert evidence.outcome.status == "SUCCEEDED", evidence.outcome.cause
        assert evidence.sent, "no request was seen: is the wire still tapped where every request goes?"
        functions = tuple(call.place for call in evidence.calls)
        return Baseline(tuple(evidence.sent), functions, tuple(self.states.entered), tuple(self.aws.made))

    def observe(self, case: Case) -> Evidence:
        """Run a case to its end and gather what there is to see."""
        with impatient() if "stall" in case.fault else contextlib.nullcontext():
            return self._observe(case, case.run)

    def _observe(self, case: Case | None, run: str) -> Evidence:
        with Simulator(scenario=scenario_of(run), clock=self.clock.now, password=PASSWORD) as self.simulator:
            self._reset()
            random.seed(case.seed if case else 0)  # pauses have a jitter
            logs_from = self.emulator.logs.stat().st_size
            if case is not None:
                ARMED[case.family](self, case)
            self._arn = self.emulator.start(request_of(run))
            self._started.set()
            outcome, hung = self._wait()
            self.lambdas.finish()
            met = self._all_met()
            self._heal()
            self._deliver_again()
            self.wire.settle()
            calls = list(self.lambdas.calls)
            redriven = self._redrive(calls, case.family in STOPS) if case is not None else []
            state = self.simulator.state()
            self.clock.advance(LATER)
            items = self._take_items()
            return Evidence(
                case=case,
                outcome=outcome,
                item=items.pop(self._arn, {}),
                others=list(items.values()),
                left={kind: state[kind] for kind in ("sessions", "instances", "jobs") if state[kind]},
                loads=sum(self.simulator.state()["loads"].values()),
                events=self._told.events(),
                notices=self._told.notices(),
                calls=calls,
                sent=list(self.wire.sent),
                statuses=[(r["step"], r["status"]) for r in state["requests"]],
                redriven=redriven,
                logs=self.emulator.logs.read_bytes()[logs_from:].decode("utf-8", "replace"),
                secrets=[s for s in {*self.simulator.secrets(), PASSWORD} if s],
                hung=hung,
                met=met,
                triggered=len(state["events"]),
                published=len(state["publications"]),
                saves=state["saves"],
                record=find_record(self.emulator.deployed.history_table, self._arn),
            )

    def _reset(self) -> None:
        self._started.clear()
        self.wire.reset(lambda: len(self.simulator.state()["requests"]))
        for part in (self.lambdas, self.aws, self.states):
            part.reset()
        self.emulator.seed_secret(
            "default",
            {
                "baseUrl": self.simulator.base_url,
                "loginMode": 1,
                "username": self.simulator.username,
                "password": PASSWORD,
            },
        )

    def _wait(self) -> tuple[Outcome, bool]:
        given_up = threading.Event()

        def give_up() -> None:
            given_up.set()
            self.emulator.stop(self._arn)

        timer = threading.Timer(LONGEST, give_up)
        timer.start()
        try:
            return self.emulator.wait(self._arn), given_up.is_set()
        finally:
            timer.cancel()

    def _all_met(self) -> bool:
        """Whether what was to happen in this case has begun to happen."""
        waiting = (self.states.at, self.wire.before, self.wire.after, self.lambdas.before, self.lambdas.after)
        never = [fault for fault in self.simulator.faults_due() if fault.skip or fault.times in (1, FOR_EVER)]
        return not (any(waiting) or never or self.wire.waits or self.lambdas.waits or self.aws.waits)

    def _heal(self) -> None:
        """What was for ever is over: server and AWS are well again."""
        self.simulator._library.faults._due.clear()
        self.wire.refused_from = self.lambdas.plan = self.aws.plan = None

    def _deliver_again(self) -> None:
        """The queue delivers an end for hours that the function failed at."""
        ends = [call for call in self.lambdas.calls if call.module == "end_run"]
        if not ends or ends[-1].error is not None:
            self.clock.advance(LATER / 6)
            deliver_the_end(
                self.emulator.template, self._states.describe_execution(executionArn=self._arn) | self._ended()
            )

    def _redrive(self, calls: list[Call], stopped: bool) -> list[str]:
        """What a redrive would call; what the functions answer, and the requests that they send.

        It begins where the execution ended: with the last function that was called. Called are also the first of all
        and those that would open or order something. A stopped execution then ends once more, as a failed one.
        """
        before, said = len(self.wire.sent), []
        ours = [call for call in calls if call.module != "end_run"]
        again = {call.module: call for call in reversed(ours) if call.module in OPENING}
        again |= {call.module: call for call in ours[-1:]}
        for module, call in again.items():
            answer = self._call(module, call.event)
            said.append(f"{module}: {answer.get('errorType', 'went on')}")
        if stopped:
            described = self._states.describe_execution(executionArn=self._arn)
            failed = {"status": "FAILED", "error": "RunAlreadyEnded", "cause": "this run is closed"}
            deliver_the_end(self.emulator.template, described | failed)
        return [*said, *self.wire.sent[before:]]

    def _take_items(self) -> dict[str, dict[str, Any]]:
        """All items of the run table, which is empty afterwards."""
        (name,) = self.emulator.deployed.tables
        keys = [item["executionArn"]["S"] for item in self._table.scan(TableName=name)["Items"]]
        found = {key: RunTable(name).load(key) or {} for key in keys}
        for key in keys:
            self._table.delete_item(TableName=name, Key={"executionArn": {"S": key}})
        return found

    # -- what cases do ------------------------------------------------------------------------------------------

    def _call(self, module: str, event: Any) -> dict[str, Any]:
        answer = self._lambda.invoke(FunctionName=self._names[module], Payload=json.dumps(event).encode())
        found = json.loads(answer["Payload"].read())
        return found if isinstance(found, dict) else {}

    def _invoke(self, module: str, event: Any) -> None:
        _apart(lambda: self._call(module, event))

    def stop(self) -> None:
        """Stop the execution, as the console does; its first state may be entered before its name is told."""
        self._started.wait(LONGEST)
        self.emulator.stop(self._arn)

    def stop_and_clean_up(self) -> None:
        """Stop it, and let the clean-up run while the function that works still works."""
        self.stop()
        described = self._states.describe_execution(executionArn=self._arn) | self._ended()
        _apart(lambda: deliver_the_end(self.emulator.template, described))

    def _ended(self) -> dict[str, Any]:
        return AS_STOPPED if was_stopped(self._arn) else {}


def _apart(work: Callable[[], Any]) -> None:
    """Do it in a thread of its own: the runtime knows a function's output by its thread."""
    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
