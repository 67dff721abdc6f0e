"""The emulator: starts, follows and stops executions of the real definition on this machine."""

import contextlib
import json
import os
import re
import tempfile
import time
import uuid
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, Self
from unittest import mock

from moto import mock_aws

from functions import clock as run_clock
from functions.lifecycle.batch_report import report as batch_report
from functions.lifecycle.secret_texts import clear_secrets
from functions.microstrategy import retries
from functions.names import execution_arn as arn_of
from functions.names import is_batch
from functions.runs.batches.model import BatchPlan, BatchRun, name_of_run
from functions.runs.model import Run
from functions.runs.store.batch_durations import record_seconds
from functions.runs.store.batches import find_batch, load_plan
from functions.runs.store.runs import find_run
from functions.runs.store.table import RunTable
from local import signals
from local.clock import Clock
from local.emulator.clients import client
from local.emulator.delivery import deliver
from local.emulator.deploy import Deployed, deploy
from local.emulator.end_events import deliver_the_end
from local.emulator.ended import AtTheEnd, Ended
from local.emulator.ends import Ends
from local.emulator.garbage import searched_less
from local.emulator.history_table import find_record
from local.emulator.lambda_runtime import Runtime
from local.emulator.moto_patches.install import install
from local.emulator.moto_patches.moto_objects import execution as moto_execution
from local.emulator.moto_patches.moto_objects import history as moto_history
from local.emulator.moto_patches.moto_objects import states_entered, was_stopped
from local.emulator.questions import Person, Questions
from local.emulator.queue_place import queue_place
from local.emulator.template import REGION, Template
from local.emulator.uploads import upload
from local.outcome import OnState, Outcome
from local.waiter import Waiter

OnStateOf = Callable[[str, str, float], None]
"""As OnState, for several executions: first comes the ARN of the one that enters the state."""

Stopping = Callable[[], bool]
"""Whether an execution that is waited for is to be stopped."""

_NAME = re.compile(r"[A-Za-z0-9_-]{1,80}")
_LOOK_SECONDS = 0.08
"""How often the thread that waits for executions looks at what they do."""

MAX_CONCURRENT_RUNS = "MAX_CONCURRENT_RUNS"
"""The variable of the functions with the slots of each connection."""

EARLIER = "an earlier emulator"
"""What has recorded the durations that an emulator is given."""

STOPPED, BY_A_PERSON = "Stopped", "stopped by a person"

ENVIRONMENT = {
    "AWS_ACCESS_KEY_ID": "emulator",
    "AWS_SECRET_ACCESS_KEY": "emulator",
    "AWS_SESSION_TOKEN": "emulator",
    "AWS_DEFAULT_REGION": REGION,
    "AWS_REGION": REGION,
    "AWS_CONFIG_FILE": os.devnull,
    "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
    "AWS_EC2_METADATA_DISABLED": "true",
    "POWERTOOLS_TRACE_DISABLED": "true",
}
"""Credentials that no real account accepts."""


class Emulator:
    """AWS for one template, as a context manager; one at a time in a process.

    Parameters
    ----------
    template
        Path of the synthesized template.
    secrets
        What the connections' secrets hold.
    clock
        The clock that run and simulator read.
    max_wait
        Most real seconds of a wait; the rest is put on the clock. None: wait in full.
    slots
        ``maxConcurrentRuns`` of every connection; that of the template if it is None.
    at_the_end
        Called with each execution that has ended, after its end was delivered.
    """

    def __init__(
        self,
        template: Path,
        *,
        secrets: dict[str, dict[str, Any]] | None = None,
        clock: Clock | None = None,
        max_wait: float | None = None,
        slots: int | None = None,
        at_the_end: AtTheEnd | None = None,
    ) -> None:
        self.template = Template(template)
        self._secrets = secrets or {}
        self._slots = slots
        self._at_the_end = at_the_end
        self.clock = clock or Clock()
        self.waiter = Waiter(self.clock, max_wait)
        self._stack = contextlib.ExitStack()
        self._questions = Questions(self.stored_run)
        self._ends = Ends(self._deliver_the_end)
        self._reported: dict[str, int] = {}
        self.ignored: list[str] = []
        self.logs = Path()
        self.deployed: Deployed
        self.runtime: Runtime

    def __enter__(self) -> Self:
        with contextlib.ExitStack() as stack:
            folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="datamart-")))
            stack.enter_context(signals.may_leave(lambda: signals.folder(str(folder))))
            self.logs = folder / "functions.log"
            ours = {"JOBS_FILE": str(self.template.jobs_file), "BATCHES_FILE": str(self.template.batches_file)}
            stack.enter_context(mock.patch.dict(os.environ, ENVIRONMENT | ours))
            runtime = self.runtime = Runtime(self.logs)
            stack.callback(runtime.close)
            ends = self._ends
            install(self.waiter, self._invoke, self._questions.ask, begins=ends.begins, has_ended=ends.has_ended)
            stack.enter_context(mock_aws())
            self.deployed = deploy(self.template)
            stack.enter_context(runtime.installed(self._environments()))
            run_clock.use(self.clock.now)
            stack.callback(run_clock.use, time.time)
            retries.use_sleep(self.waiter.wait)
            stack.callback(retries.use_sleep, time.sleep)
            self.states = client("stepfunctions")
            self._table = RunTable(*self.deployed.tables)  # once: a client takes longer to make than a call
            for connection, content in self._secrets.items():
                self.seed_secret(connection, content)
            stack.enter_context(searched_less())
            self._stack = stack.pop_all()
        return self

    def __exit__(self, *exception: object) -> None:
        self._stack.close()

    def _invoke(self, function: Any, qualifier: str | None, body: bytes) -> tuple[bytes, bool]:
        with self.waiter.working():
            return self.runtime.invoke(function, qualifier, body)

    @property
    def person(self) -> Person | None:
        """Who answers the questions of runs, in the thread that waits for them; nobody if None."""
        return self._questions.person

    @person.setter
    def person(self, person: Person | None) -> None:
        self._questions.person = person

    def reply(self, token: str, reply: Any) -> None:
        """Send a reply to a question, as send-task-success does."""
        self.states.send_task_success(taskToken=token, output=json.dumps(reply))

    def decline(self, token: str, cause: str) -> None:
        """Refuse to reply, as send-task-failure does."""
        self.states.send_task_failure(taskToken=token, error="Declined", cause=cause)

    def _environments(self) -> list[dict[str, str]]:
        functions = self.template.resources("AWS::Lambda::Function").values()
        found = [self.template.resolve(f.get("Environment", {}).get("Variables", {})) for f in functions]
        return found if self._slots is None else [_with_slots(each, self._slots) for each in found]

    def seed_secret(self, connection: str, content: dict[str, Any] | str) -> None:
        """Fill a connection's secret, as put-secret-value does."""
        text = content if isinstance(content, str) else json.dumps(content)
        client("secretsmanager").put_secret_value(SecretId=self.deployed.secrets[connection], SecretString=text)
        clear_secrets()

    def seed_durations(self, batch: str | None, loads: Iterable[tuple[str, float]]) -> None:
        """Let batches know how long items took, as if an earlier batch had ended: of a named one, or of all others.

        ``loads`` are those of :func:`functions.runs.store.batch_durations.record_seconds`.
        """
        record_seconds(self._table, EARLIER, batch, loads)

    def stored_run(self, execution_arn: str) -> Run | None:
        """What the run table knows of a run; None before its first step."""
        return find_run(self._table, execution_arn)

    def now(self) -> float:
        """Seconds since the epoch, by the clock of runs and simulator."""
        return self.clock.now()

    def batch_report(self, execution_arn: str) -> dict[str, Any] | None:
        """The output that a batch has, or would have if it had not failed; None where it never began."""
        return batch_report(self._table, execution_arn)

    def batch(self, execution_arn: str) -> tuple[BatchRun, BatchPlan] | None:
        """What the run table knows of a batch: the states of its items, and its plan; None before its first step."""
        found, plan = find_batch(self._table, execution_arn), load_plan(self._table, execution_arn)
        return None if found is None or plan is None else (found, plan)

    def runs_of(self, batch: str) -> dict[str, str]:
        """The executions of a batch's items that have been started, each with the name of its item."""
        found = self.batch(batch)
        if found is None:
            return {}
        machine, items = self.deployed.state_machine, found[1].items
        runs = {arn_of(machine, name_of_run(batch, index, name)): name for index, name in enumerate(items)}
        return {arn: name for arn, name in runs.items() if self._ends.has_begun(arn)}

    def queue_place(self, execution_arn: str) -> str | None:
        """Where an execution waits in the queue of its connection, in words; None if it does not wait."""
        return queue_place(self._table, execution_arn)

    def item(self, key: str) -> dict[str, Any] | None:
        """The run table's item of a run (by its execution's ARN) or of a job's loads, in plain values."""
        return self._table.load(key)

    def start(self, request: Any, name: str | None = None) -> str:
        """Start a run and return the ARN of its execution. Raises ValueError for a name that AWS would refuse."""
        return self._start(self.deployed.state_machine, request, name or f"run-{uuid.uuid4()}")

    def start_batch(self, batch: Any, name: str | None = None) -> str:
        """Start a batch (``{"batch": …}``) and return the ARN of its execution; as :meth:`start`."""
        return self._start(self.deployed.batch_machine, batch, name or f"batch-{uuid.uuid4()}")

    def _start(self, machine: str, given: Any, name: str) -> str:
        if not _NAME.fullmatch(name):
            raise ValueError(f'invalid execution name "{name}": use 1 to 80 letters, digits, hyphens or underscores')
        answer = self.states.start_execution(stateMachineArn=machine, name=name, input=json.dumps(given))
        return str(answer["executionArn"])

    def deliver(self, event: dict[str, Any], objects: Path | None = None) -> list[str]:
        """Deliver an event as AWS would; returns the executions that the starter started.

        ``objects`` is a folder with files of uploaded objects, by key. ``ignored`` then says what
        part of the event starts nothing. Raises NothingStarts.
        """
        executions, self.ignored = deliver(self.template, upload(event, objects) if objects else event)
        return executions

    # -- to the end -------------------------------------------------------------------------------------------------

    def wait(self, execution_arn: str, on_state: OnState | None = None, stopping: Stopping = lambda: False) -> Outcome:
        """Wait for the end of an execution and for the rule on its end, and return its outcome.

        Once ``stopping`` returns True the execution is stopped, and no question is shown any more.
        """
        of_one = None if on_state is None else lambda arn, state, at: on_state(state, at)
        (outcome,) = self.wait_for_all([execution_arn], of_one, stopping)
        return outcome

    def wait_for_all(
        self, executions: Sequence[str], on_state: OnStateOf | None = None, stopping: Stopping = lambda: False
    ) -> list[Outcome]:
        """Wait for the ends of executions, as :meth:`wait` does for one; the outcomes are in their order."""
        left = list(dict.fromkeys(executions))
        with self.waiter.aside():
            while left:
                ended = [arn for arn in left if self._ends.is_over(arn)]
                if on_state is not None:
                    self._report(left, on_state)
                left = [arn for arn in left if arn not in ended]
                if stopping():
                    for arn in left:
                        self.stop(arn)
                else:
                    self._questions.let_answer([*left, *self._runs_that_ask(left)], stopping)
                if left:
                    self._ends.is_over(left[0], _LOOK_SECONDS)
            for arn in executions:
                self._ends.deliver(arn)
        return [self._outcome(self.described(arn)) for arn in executions]

    def _runs_that_ask(self, executions: Sequence[str]) -> list[str]:
        """The runs of batches among ``executions``, while any run asks."""
        batches = filter(is_batch, executions) if self._questions.are_open else ()
        return [run for batch in batches for run in self.runs_of(batch)]

    def _report(self, executions: Sequence[str], on_state: OnStateOf) -> None:
        for arn in executions:
            entered, self._reported[arn] = states_entered(arn, self._reported.get(arn, 0))
            for state, at in entered:
                on_state(arn, state, at)

    def ends_withheld(self) -> contextlib.AbstractContextManager[None]:
        """Within the block no end is delivered; it is when the execution is waited for after the block."""
        return self._ends.withheld()

    def events(self, execution_arn: str) -> list[dict[str, Any]]:
        """The events of an execution so far, as GetExecutionHistory returns them."""
        return moto_history(execution_arn)

    def input_of(self, execution_arn: str) -> Any:
        """The input of an execution."""
        return json.loads(self.described(execution_arn)["input"])

    def _deliver_the_end(self, execution_arn: str) -> None:
        described = self.described(execution_arn)
        deliver_the_end(self.template, described, self.waiter.skip)
        if self._at_the_end is not None:
            record = find_record(self.deployed.history_table, execution_arn)
            report = self.batch_report(execution_arn) if is_batch(execution_arn) else None
            items = (report or {}).get("items") or ()
            plan = None if report is None else load_plan(self._table, execution_arn)
            after = {} if plan is None else plan.after_by_name
            self._at_the_end(Ended(described, moto_history(execution_arn), record, self.logs, items, after))

    def described(self, execution_arn: str) -> dict[str, Any]:
        """What DescribeExecution answers of an execution."""
        described: dict[str, Any] = self.states.describe_execution(executionArn=execution_arn)
        return described

    def run(self, request: Any, on_state: OnState | None = None) -> Outcome:
        """Start an execution and wait for its end."""
        return self.wait(self.start(request), on_state)

    def stop(self, execution_arn: str) -> bool:
        """Stop an execution, as the console does; moto lets the running function end first. False if it has ended."""
        if moto_execution(execution_arn).status == "RUNNING":
            self.states.stop_execution(executionArn=execution_arn, error=STOPPED, cause=BY_A_PERSON)
        return was_stopped(execution_arn)

    def _outcome(self, described: dict[str, Any]) -> Outcome:
        history = moto_history(described["executionArn"])
        failure: dict[str, Any] = next(
            (e["executionFailedEventDetails"] for e in reversed(history) if "executionFailedEventDetails" in e), {}
        )
        return Outcome(
            execution_arn=described["executionArn"],
            status=described["status"],
            error=described.get("error") or failure.get("error"),
            cause=described.get("cause") or failure.get("cause"),
            output=json.loads(described["output"]) if described.get("output") else None,
            states=[state for state, _ in _entered(history)],
            history=history,
        )


def _with_slots(environment: dict[str, str], slots: int) -> dict[str, str]:
    if MAX_CONCURRENT_RUNS not in environment:
        return environment
    return environment | {
        MAX_CONCURRENT_RUNS: json.dumps(dict.fromkeys(json.loads(environment[MAX_CONCURRENT_RUNS]), slots))
    }


def _entered(history: list[dict[str, Any]]) -> Iterator[tuple[str, float]]:
    for event in history:
        details = event.get("stateEnteredEventDetails")
        if details:
            yield details["name"], event["timestamp"].timestamp()
