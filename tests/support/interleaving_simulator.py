"""The real handlers, whose calls of DynamoDB, Step Functions and the server a test lets happen one by one.

Every invocation pauses before each call of DynamoDB, Step Functions and the server until the test lets it go on. So any
interleaving of the handlers can be played, and any crash between two of their calls.
"""

import functools
import json
import logging
import os
import re
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import count
from types import SimpleNamespace
from typing import Any

from boto3.dynamodb.types import TypeDeserializer

from functions import aws_clients, clock
from functions.errors import NamedError, OutcomeUnknown, RunAlreadyEnded, RunInProgress, ServerUnavailable
from functions.handlers import (
    conclude_attempt,
    create_instance,
    delete_instance,
    describe_datamart,
    end_run,
    execute_datamart,
    get_cube_status,
    get_status,
    log_in,
    log_out,
    prepare_run,
    publish_cube,
    sweep,
    trigger_event,
    wait_in_queue,
)
from functions.limits import FIRST_IN_QUEUE_SECONDS, LONGEST_SESSION
from functions.notifications import end_event, publish
from functions.runs.concurrency import LONGEST_JOB
from functions.runs.waiting import FIRST_IN_QUEUE, InQueue
from tests.support.invocations import Invocation, Killed, pause
from tests.support.scripted_server import BASE_URL, ScriptedServer, token_of
from tests.unit.runs.tables import Direct, history_of

LAMBDA_SECONDS = 60
"""No function lives longer."""

LATEST_ARRIVAL = 500
"""Seconds until a job begins whose request was on its way, if at all."""

PROJECT = "F" * 32
REGION_AND_ACCOUNT = "eu-west-1:123456789012"

Handler = Callable[[Any, Any], Any]

HANDLERS: dict[str, Handler] = {
    module.__name__.rpartition(".")[2]: module.handler
    for module in (
        *(log_in, describe_datamart, create_instance, execute_datamart, get_status),
        *(trigger_event, publish_cube, get_cube_status),
        *(delete_instance, log_out, conclude_attempt, prepare_run, wait_in_queue),
    )
}

AFTER = {
    "log_in": "describe_datamart",
    "describe_datamart": "create_instance",
    "create_instance": "execute_datamart",
    "delete_instance": "log_out",
    "log_out": "conclude_attempt",
}
"""The states that follow each other whatever a function returns."""

FOLLOW_UPS = {"triggerEvent": "trigger_event", "publishCube": "publish_cube"}
"""The step of each kind of follow-up."""

REPEATED_WHEN_KILLED = ("get_status", "publish_cube", "get_cube_status")
"""Steps that are retried whatever their function ended by."""


@dataclass
class Run:
    """An execution of the state machine, as far as the definition decides where it goes.

    ``is_old`` is whether the definition is that of an earlier release, without a queue. ``name`` is what the request
    calls the datamart. ``token`` is the task token of a run that waits in the queue, or is about to, since ``since``
    and for ``seconds``; ``reply`` is what came back with it. ``follow_up`` is the one that comes next.
    """

    arn: str
    datamart: str
    name: str = ""
    is_old: bool = False
    attempt: int | None = 1
    step: str = "prepare_run"
    token: str | None = None
    since: float = 0
    seconds: int = 0
    reply: dict[str, str] | None = None
    status: str = "RUNNING"
    ended_at: float = 0
    failure: dict[str, str] | None = None
    execute_failure: dict[str, str] | None = None
    follow_up: int = 0
    current: list[Invocation] = field(default_factory=list)

    @property
    def running(self) -> bool:
        return self.status == "RUNNING"

    @property
    def waits(self) -> bool:
        """Whether it waits for its token, and no function is at work for it."""
        return self.running and self.token is not None and not self.current


class InterleavingSimulator:
    """Everything at once.

    ``flaws`` has a sentence for each rule of DESIGN.md "What must never happen" that was broken.
    """

    def __init__(self, table: str, connection: str, limit: int, longest: int | None, monitor: bool) -> None:
        self.connection, self.limit, self.table = connection, limit, table
        self.time = 1_800_000_000.0
        self.runs: dict[str, Run] = {}
        self.invocations: list[Invocation] = []
        self.server = ScriptedServer(limit, longest, monitor, self.now)
        self.flaws = self.server.flaws
        self.closed: dict[str, float] = {}
        self._items: dict[str, dict[str, Any]] = {}
        self._numbers = count(1)
        self._requests: dict[str, dict[str, Any]] = {}

    def patched(self, patch: Any) -> None:
        """Let the handlers see this system and no other."""
        patch_functions(
            *(patch, self.table, self.now, self._client),
            CONNECTIONS=json.dumps([self.connection]),
            MAX_CONCURRENT_RUNS=json.dumps({self.connection: self.limit}),
            SECRETS=json.dumps({self.connection: "arn:aws:secretsmanager:secret"}),
        )
        secret = json.dumps({"baseUrl": BASE_URL, "loginMode": 1, "username": "u", "password": "p"})
        patch.setattr(log_in, "secret_text", lambda *_, **__: secret)
        patch.setattr(end_event, "send", lambda *_: None)
        patch.setattr(publish, "publish", lambda *_: None)
        self.server.behind(patch)
        clear_clients()

    def now(self) -> float:
        """No two looks at a clock tell the same time."""
        self.time += 0.001
        return self.time

    def _client(self, service: str, **_: Any) -> Any:
        if service == "dynamodb":
            return SteppedTable(self._written)
        assert service == "stepfunctions", service
        return SimpleNamespace(
            describe_execution=self._describe,
            send_task_success=lambda taskToken, output: self._reply(taskToken, {}),
            send_task_failure=lambda taskToken, error, cause: self._reply(taskToken, {"Error": error, "Cause": cause}),
            exceptions=SimpleNamespace(
                ExecutionDoesNotExist=KeyError, TaskTimedOut=Gone, TaskDoesNotExist=Gone, InvalidToken=Gone
            ),
        )

    def _describe(self, executionArn: str) -> dict[str, Any]:
        pause()
        return {"status": self.runs[executionArn].status}

    def _reply(self, token: str, reply: dict[str, str]) -> None:
        """Raises Gone for a token that nobody waits for any more."""
        pause()
        for run in self.runs.values():
            if run.running and run.token == token and run.reply is None:
                run.reply = reply
                return
        raise Gone

    def item(self, key: str) -> dict[str, Any]:
        """An item of the table: a run's, a lease's, a slot's."""
        return self._items.get(key, {})

    # -- what the test may do -----------------------------------------------------------------------------------

    def begin(self, datamart: str, name: str = "", is_old: bool = False, **request: Any) -> Run:
        """Start an execution; its first step is done at once.

        Runs whose requests call the datamart by the same ``name`` are known to be of one datamart from the start;
        without a name only their lease shows it.
        """
        number = next(self._numbers)
        arn = f"arn:aws:states:{REGION_AND_ACCOUNT}:execution:datamart-runner-dev:{self.connection}-{number}"
        run = self.runs[arn] = Run(arn, datamart, name or f"Name {number}", is_old)
        self._requests[arn] = {"rerunIfReplacing": True, "timeoutMinutes": 1440} | request
        self.invoke(run).go_on()
        self.settle()
        return run

    def invoke(self, run: Run, fate: str = "") -> Invocation:
        """Begin the step that the run is in; a second time, too, as Step Functions may.

        Nothing is begun for a run that waits.
        """
        event = self._event(run)
        handler = HANDLERS[run.step]
        if run.waits:
            return Invocation("nothing", run.arn, 0, fate, lambda: None)
        if run.step == "wait_in_queue" and run.token is None:
            run.token = event["token"] = f"token-{next(self._numbers)}"
            run.since, run.reply = self.time, None
        event |= {"entered": datetime.fromtimestamp(run.since, UTC).isoformat(), "retry": 0}
        invocation = Invocation(run.step, run.arn, run.attempt or 0, fate, lambda: handler(event, _Context()))
        run.current.append(invocation)
        self.invocations.append(invocation)
        return invocation

    def _event(self, run: Run) -> dict[str, Any]:
        event = {"executionArn": run.arn, "attempt": run.attempt, "project": PROJECT, "datamart": run.datamart}
        event |= {"failure": run.failure, "saving": False, "token": run.token, "seconds": run.seconds}
        event["followUp"] = run.follow_up
        if run.step == "prepare_run":
            asked = {"project": PROJECT, "datamart": run.name, "connection": self.connection}
            event["startedAt"] = datetime.fromtimestamp(self.time, UTC).isoformat()
            event["input"] = asked | self._requests[run.arn]
        return event if run.is_old else event | {"queue": True, "slotTaken": True}

    def look_at_queues(self) -> Invocation:
        """What the sweep does every five minutes."""
        work = functools.partial(sweep.handler, {"look": "queues"}, _Context())
        self.invocations.append(Invocation("sweep", "", 0, "", work))
        return self.invocations[-1]

    def end_run(self, run: Run) -> Invocation:
        """What the queue does after every end, at least once."""
        body = json.dumps({"detail": {"executionArn": run.arn, "status": run.status}})
        event = {"Records": [{"messageId": "1", "body": body}]}
        work = functools.partial(end_run.handler, event, _Context())
        self.invocations.append(Invocation("end_run", run.arn, run.attempt or 0, "", work))
        return self.invocations[-1]

    def stop(self, run: Run, status: str = "ABORTED") -> None:
        run.status, run.ended_at = status, self.time

    def lose_session(self, run: Run) -> None:
        """The server ends the session of the run's attempt, and reports that at its next use."""
        token = token_of(run.arn, run.attempt or 0)
        self.server.sessions.discard(token)
        self.server.lost.add(token)

    def pass_time(self, seconds: float) -> None:
        """Functions end by their timeout, jobs by their maximum execution time, sessions of nobody by being idle."""
        if seconds >= LAMBDA_SECONDS:
            for invocation in self.invocations:
                invocation.kill()
            self.settle()
        for request in self.server.live():
            if request.on_its_way:
                request.on_its_way, request.at = False, self.time + min(seconds, LATEST_ARRIVAL)
        self.time += seconds
        self.settle()
        longest = self.server.longest or LONGEST_JOB - LATEST_ARRIVAL
        for request in self.server.requests:
            request.over |= self.time > request.at + longest
        for token in list(self.server.sessions):
            if self.time > self._last_used(token) + LONGEST_SESSION:
                self.server.sessions.discard(token)

    def _last_used(self, token: str) -> float:
        """When a session was last used at the latest: sessions end by being idle."""
        run = self.runs[token.rpartition("#")[0]]
        until = [] if run.running else [run.ended_at]
        until += [self.closed[closed] for closed in (token,) if closed in self.closed]
        return min(until, default=self.time)

    def settle(self) -> None:
        """Step Functions hears of what has ended, and goes on."""
        for invocation in self.invocations:
            if invocation.done:
                self._left_by(invocation)
        self.invocations = [invocation for invocation in self.invocations if not invocation.done]
        for run in self.runs.values():
            if not run.running:
                continue
            if run.waits:
                self._after_wait(run)
            ended = [invocation for invocation in run.current if invocation.done]
            told = [invocation for invocation in ended if not invocation.was_killed]
            if told or (ended and len(ended) == len(run.current)):
                run.current = []  # another invocation of the step may still be at work: nobody hears of it
                self._next(run, (told or ended)[0])

    def _left_by(self, invocation: Invocation) -> None:
        """What a killed function leaves: a request that was not sent, or still arrives; a session that nobody knows."""
        if not invocation.was_killed:
            return
        if invocation.name == "execute_datamart":
            for request in self.server.live():
                if (request.run, request.attempt) == (invocation.run, invocation.attempt) and request.on_its_way:
                    request.over = invocation.fate != "late"
        token = token_of(invocation.run, invocation.attempt)
        if invocation.name == "log_in" and "session" not in self._attempt(invocation.run, invocation.attempt):
            self.server.sessions.discard(token)

    # -- the definition -----------------------------------------------------------------------------------------

    def _after_wait(self, run: Run) -> None:
        """A wait in the queue has ended by a reply or its timeout, or not yet."""
        if run.reply is None and self.time < run.since + run.seconds:
            return
        error = "States.Timeout" if run.reply is None else run.reply.get("Error")
        if error is None:
            run.step = "prepare_run"
        elif error == "States.Timeout":
            run.seconds = FIRST_IN_QUEUE_SECONDS
        elif error == FIRST_IN_QUEUE and run.reply is not None:
            run.seconds = int(re.match(r"[0-9]+", run.reply["Cause"])[0])  # type: ignore[index]
        else:
            self._conclude(run, run.reply or {})
        run.token = run.reply = None

    def _conclude(self, run: Run, failure: dict[str, str]) -> None:
        """Without an attempt."""
        run.failure, run.attempt, run.step = failure, None, "conclude_attempt"

    def _after_preparation(self, run: Run, ended: Invocation) -> None:
        match ended.error:
            case None:
                run.attempt = 1 if run.is_old else ended.result["attempt"]
                run.step, run.failure, run.execute_failure, run.follow_up = "log_in", None, None, 0
            case InQueue() as error:
                run.step, run.seconds = "wait_in_queue", int(str(error).partition(" ")[0])
            case RunInProgress() | RunAlreadyEnded() as error:
                self._conclude(run, _error_output(error))
            case Killed():
                pass  # it is retried
            case error:
                self.stop(run, "FAILED")
                raise error

    def _next(self, run: Run, ended: Invocation) -> None:
        """The state that follows (statemachine/run_datamart.asl.yaml)."""
        error = ended.error
        if ended.name == "prepare_run":
            self._after_preparation(run, ended)
        elif ended.name == "wait_in_queue":
            if isinstance(error, NamedError):
                run.token = None
                self._conclude(run, _error_output(error))
            elif error is not None and run.reply is None:
                run.token = None  # it is retried
        elif ended.name == "conclude_attempt":
            self._after_conclusion(run, ended)
        elif ended.name in ("delete_instance", "log_out") or (error is None and ended.name in AFTER):
            run.step = AFTER[ended.name]
        elif ended.name == "execute_datamart":
            self._after_execution(run, ended)
        elif isinstance(error, ServerUnavailable) or (ended.was_killed and ended.name in REPEATED_WHEN_KILLED):
            pass  # it is looked again, or done again
        elif error is None and ended.name == "get_status":
            self._after_look(run, ended.result["phase"])
        elif error is None:
            self._after_follow_up(run, processing=ended.result.get("processing", False))
        else:
            run.failure = _error_output(error)
            run.step = "delete_instance"

    def _after_follow_up(self, run: Run, *, processing: bool) -> None:
        run.follow_up += not processing
        run.step = "get_cube_status" if processing else self._follow_up(run)

    def _follow_up(self, run: Run) -> str:
        """The step of the follow-up that comes next, or the first of the clean-up."""
        then = [] if run.is_old else self._requests[run.arn].get("then", [])
        left = then[run.follow_up :]
        return FOLLOW_UPS[next(iter(left[0]))] if left else "delete_instance"

    def _after_execution(self, run: Run, ended: Invocation) -> None:
        if ended.error is None:
            run.step = "get_status"
            self._after_look(run, ended.result["phase"])
        elif not isinstance(ended.error, ServerUnavailable):  # which is retried: it was not sent
            run.execute_failure = _error_output(ended.error)
            run.step = "get_status"

    def _after_look(self, run: Run, phase: str) -> None:
        if phase == "notExecuted":
            run.failure = run.execute_failure or _error_output(OutcomeUnknown("nothing was executed"))
        if phase in ("notExecuted", "succeeded"):
            run.step = self._follow_up(run) if phase == "succeeded" else "delete_instance"

    def _after_conclusion(self, run: Run, ended: Invocation) -> None:
        end = None if ended.error else ended.result["end"]
        if end == "Again" and run.is_old:
            run.attempt = (run.attempt or 0) + 1
            run.step, run.failure, run.execute_failure = "log_in", None, None
        elif end == "Again":
            run.step = "prepare_run"
        else:
            self.stop(run, "SUCCEEDED" if end == "Succeed" else "FAILED")

    # -- what is watched ----------------------------------------------------------------------------------------

    def _attempt(self, arn: str, attempt: int) -> dict[str, Any]:
        found: dict[str, Any] = self._items.get(arn, {}).get("attempts", {}).get(str(attempt), {})
        return found

    def _written(self, key: str, item: dict[str, Any]) -> None:
        """A write to the table has succeeded; ``item`` is what the table then holds."""
        before, self._items[key] = self._items.get(key, {}), item
        if key not in self.runs:
            return
        for number, attempt in item.get("attempts", {}).items():
            was = before.get("attempts", {}).get(number, {})
            for name in _changed(was, attempt):
                self._attempt_written(key, int(number), name)
        if "endedAt" in item:
            self.closed.setdefault(key, self.time)

    def _attempt_written(self, arn: str, attempt: int, name: str) -> None:
        here = token_of(arn, attempt)
        if name == "closing":
            self.closed.setdefault(here, self.time)
        is_left = name == "session" and here in self.server.not_ended & self.server.sessions  # to the clean-up
        if name in ("session", "instanceId", "postedAt") and {arn, here} & set(self.closed) and not is_left:
            self.flaws.append(f"{name} was written to {here} after its closing")
        if name == "postedAt":  # the intent
            self.server.intend(arn, attempt, self.runs[arn].datamart)


def patch_functions(
    patch: Any, table: str, now: Callable[[], float], client: Callable[..., Any], **environment: str
) -> None:
    """Give the functions their environment, the time that ``now`` returns, and the clients that ``client`` makes."""
    everywhere = {
        "RUN_TABLE": table,
        "HISTORY_TABLE": history_of(table),
        "HISTORY_DAYS": "400",
        "AWS_DEFAULT_REGION": "eu-west-1",
        "POWERTOOLS_TRACE_DISABLED": "true",
        "POWERTOOLS_METRICS_NAMESPACE": "DatamartRunner",
    }
    for name, value in (everywhere | environment).items():
        patch.setenv(name, value)
    patch.setattr(clock, "_source", now)
    # Thousands of lines that nobody reads. logging.disable would leave its result in the caches of the loggers.
    patch.setattr(logging.Logger, "isEnabledFor", lambda logger, level: False)
    patch.setattr(aws_clients, "_session", lambda: SimpleNamespace(create_client=client))


class Gone(Exception):
    """Nobody waits for a task token any more."""


class SteppedTable(Direct):
    """DynamoDB: one operation is done at a time, and each write is watched."""

    def __init__(self, written: Callable[[str, dict[str, Any]], None]) -> None:
        super().__init__()
        self._written = written

    def get_item(self, **given: Any) -> dict[str, Any]:
        pause()
        return super().get_item(**given)

    def put_item(self, **given: Any) -> None:
        pause()
        super().put_item(**given)
        if given["TableName"] == os.environ["RUN_TABLE"]:
            self._watch(given["Item"])

    def update_item(self, **given: Any) -> dict[str, Any]:
        pause()
        result = super().update_item(**given)
        self._watch(result["Attributes"])
        return result

    def _watch(self, stored: dict[str, Any]) -> None:
        item = {name: _plain(value) for name, value in stored.items()}
        self._written(item["executionArn"], item)


_plain = TypeDeserializer().deserialize


class _Context:
    """Lambda's context object; a test's clock does not end an invocation."""

    function_name = "function"
    memory_limit_in_mb = 256
    invoked_function_arn = f"arn:aws:lambda:{REGION_AND_ACCOUNT}:function:function"
    aws_request_id = "1"

    @staticmethod
    def get_remaining_time_in_millis() -> int:
        return 1000 * LAMBDA_SECONDS


def _changed(before: dict[str, Any], after: dict[str, Any]) -> Iterator[str]:
    return (name for name, value in after.items() if before.get(name) != value)


def _error_output(error: BaseException) -> dict[str, str]:
    """What Step Functions catches."""
    known = isinstance(error, NamedError)
    return {"Error": type(error).__name__ if known else "States.Timeout", "Cause": str(error)}


def clear_clients() -> None:
    """Let the functions make their clients of AWS anew."""
    for name, module in list(sys.modules.items()):
        if name.startswith("functions."):
            for value in vars(module).values():
                if isinstance(value, functools._lru_cache_wrapper):
                    value.cache_clear()
