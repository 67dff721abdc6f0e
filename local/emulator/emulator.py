"""The emulator: starts, follows and stops executions of the real definition on this machine."""

import contextlib
import json
import os
import re
import tempfile
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Self
from unittest import mock

from aws_lambda_powertools.utilities.parameters.constants import DEFAULT_PROVIDERS
from moto import mock_aws

from functions import clock as run_clock
from functions.microstrategy import retries
from functions.runs.model import OpenQuestion, Run
from functions.runs.store.runs import find_run
from functions.runs.store.table import RunTable
from local import signals
from local.clock import Clock, Waiter
from local.emulator.clients import client
from local.emulator.delivery import deliver
from local.emulator.deploy import Deployed, deploy
from local.emulator.end_events import deliver_the_end
from local.emulator.lambda_runtime import Runtime
from local.emulator.moto_patches.install import install
from local.emulator.moto_patches.moto_objects import execution as moto_execution
from local.emulator.template import REGION, Template
from local.emulator.uploads import upload
from local.outcome import Outcome

Person = Callable[[OpenQuestion], None]
"""Given a run's question, replies to its token by :meth:`Emulator.reply`, or declines."""

OnState = Callable[[str, float], None]
"""Called for every state that is entered, with its time (seconds since the epoch)."""

Stopping = Callable[[], bool]
"""Whether an execution that is waited for is to be stopped."""

_NAME = re.compile(r"[A-Za-z0-9_-]{1,80}")
_LOOK_SECONDS, _GLANCE_SECONDS = 0.08, 0.02
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
    """

    def __init__(
        self,
        template: Path,
        *,
        secrets: dict[str, dict[str, Any]] | None = None,
        clock: Clock | None = None,
        max_wait: float | None = None,
    ) -> None:
        self.template = Template(template)
        self._secrets = secrets or {}
        self.clock = clock or Clock()
        self._waiter = Waiter(self.clock, max_wait)
        self._stack = contextlib.ExitStack()
        self.person: Person | None = None
        self._asked: dict[str, threading.Event] = {}
        self._reported: dict[str, int] = {}
        self._stopped: set[str] = set()
        self.ignored: list[str] = []
        self.logs = Path()
        self.deployed: Deployed
        self.runtime: Runtime

    def __enter__(self) -> Self:
        with contextlib.ExitStack() as stack:
            folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="datamart-")))
            stack.enter_context(signals.may_leave(lambda: signals.folder(str(folder))))
            self.logs = folder / "functions.log"
            ours = {"JOBS_FILE": str(self.template.jobs_file)}
            stack.enter_context(mock.patch.dict(os.environ, ENVIRONMENT | ours))
            runtime = self.runtime = Runtime(self.logs)
            stack.callback(runtime.close)
            install(self._waiter, runtime.invoke, self._ask)
            stack.enter_context(mock_aws())
            self.deployed = deploy(self.template)
            stack.enter_context(runtime.installed(self._environments()))
            run_clock.use(self.clock.now)
            stack.callback(run_clock.use, time.time)
            retries.use_sleep(lambda seconds: self._waiter.wait(seconds, threading.Event()))
            stack.callback(retries.use_sleep, time.sleep)
            self._states = client("stepfunctions")
            self._table = RunTable(*self.deployed.tables)  # once: a client takes longer to make than a call
            for connection, content in self._secrets.items():
                self.seed_secret(connection, content)
            self._stack = stack.pop_all()
        return self

    def __exit__(self, *exception: object) -> None:
        self._stack.close()

    def _ask(self, token: str, interrupted: threading.Event) -> None:
        """Wait until the thread that waits for the execution has let the person answer, if there is one."""
        if self.person is None:
            return
        answered = self._asked[token] = threading.Event()
        while not answered.wait(_LOOK_SECONDS) and not interrupted.is_set():
            pass
        del self._asked[token]

    def _let_answer(self, execution_arn: str, stopping: Stopping) -> None:
        """Show the person the execution's question, in the thread that waits for its end.

        A person who wants to stop instead of answering leaves the question open, for the stop to end it.
        """
        if self.person is None or not self._asked:
            return
        run = self.stored_run(execution_arn)
        question = run and run.question
        answered = self._asked.get(question.token) if question else None
        if question and answered is not None and not answered.is_set():
            self.person(question)
            if not stopping():
                answered.set()

    def reply(self, token: str, reply: Any) -> None:
        """Send a reply to a question, as send-task-success does."""
        self._states.send_task_success(taskToken=token, output=json.dumps(reply))

    def decline(self, token: str, cause: str) -> None:
        """Refuse to reply, as send-task-failure does."""
        self._states.send_task_failure(taskToken=token, error="Declined", cause=cause)

    def _environments(self) -> list[dict[str, str]]:
        functions = self.template.resources("AWS::Lambda::Function").values()
        return [self.template.resolve(f.get("Environment", {}).get("Variables", {})) for f in functions]

    def seed_secret(self, connection: str, content: dict[str, Any] | str) -> None:
        """Fill a connection's secret, as put-secret-value does."""
        text = content if isinstance(content, str) else json.dumps(content)
        client("secretsmanager").put_secret_value(SecretId=self.deployed.secrets[connection], SecretString=text)
        for provider in DEFAULT_PROVIDERS.values():
            provider.clear_cache()  # and not clear_caches(), which forgets their clients too

    def stored_run(self, execution_arn: str) -> Run | None:
        """What the run table knows of a run; None before its first step."""
        return find_run(self._table, execution_arn)

    def item(self, key: str) -> dict[str, Any] | None:
        """The run table's item of a run (by its execution's ARN) or of a job's loads, in plain values."""
        return self._table.load(key)

    def start(self, request: Any, name: str | None = None) -> str:
        """Start an execution and return its ARN. Raises ValueError for a name that AWS would refuse."""
        name = name or f"run-{uuid.uuid4()}"
        if not _NAME.fullmatch(name):
            raise ValueError(f'invalid execution name "{name}": use 1 to 80 letters, digits, hyphens or underscores')
        answer = self._states.start_execution(
            stateMachineArn=self.deployed.state_machine, name=name, input=json.dumps(request)
        )
        return str(answer["executionArn"])

    def deliver(self, event: dict[str, Any], objects: Path | None = None) -> list[str]:
        """Deliver an event as AWS would; returns the executions that the starter started.

        ``objects`` is a folder with files of uploaded objects, by key. ``ignored`` then says what
        part of the event starts nothing. Raises NothingStarts.
        """
        executions, self.ignored = deliver(self.template, upload(event, objects) if objects else event)
        return executions

    def wait(self, execution_arn: str, on_state: OnState | None = None, stopping: Stopping = lambda: False) -> Outcome:
        """Wait for the end of an execution and for the rule on its end, and return its outcome.

        Once ``stopping`` returns True the execution is stopped, and no question is shown any more.
        """
        execution = moto_execution(execution_arn)
        while True:
            running = execution.status == "RUNNING"
            if on_state is not None:
                entered = list(_entered(self._history(execution_arn)))
                for state, at in entered[self._reported.get(execution_arn, 0) :]:
                    on_state(state, at)
                self._reported[execution_arn] = len(entered)
            if not running:
                break
            if execution_arn not in self._stopped:
                if stopping():
                    self.stop(execution_arn)
                else:
                    self._let_answer(execution_arn, stopping)
            time.sleep(_GLANCE_SECONDS if on_state is None else _LOOK_SECONDS)
        described = self._states.describe_execution(executionArn=execution_arn)
        if execution_arn in self._stopped and described["status"] == "FAILED":
            # moto may take a stop in the middle of a branch for the branch's failure; AWS does not.
            described |= {"status": "ABORTED", "error": STOPPED, "cause": BY_A_PERSON}
        deliver_the_end(self.template, described, self.clock)
        return self._outcome(described)

    def run(self, request: Any, on_state: OnState | None = None) -> Outcome:
        """Start an execution and wait for its end."""
        return self.wait(self.start(request), on_state)

    def stop(self, execution_arn: str) -> None:
        """Stop an execution, as the console does; moto lets the running function end first."""
        if moto_execution(execution_arn).status != "RUNNING":
            return
        self._stopped.add(execution_arn)
        self._states.stop_execution(executionArn=execution_arn, error=STOPPED, cause=BY_A_PERSON)

    def _history(self, execution_arn: str) -> list[dict[str, Any]]:
        events: list[dict[str, Any]] = self._states.get_execution_history(executionArn=execution_arn)["events"]
        return events

    def _outcome(self, described: dict[str, Any]) -> Outcome:
        history = self._history(described["executionArn"])
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


def _entered(history: list[dict[str, Any]]) -> Iterator[tuple[str, float]]:
    for event in history:
        details = event.get("stateEnteredEventDetails")
        if details:
            yield details["name"], event["timestamp"].timestamp()
