"""The real end_run and sweep for runs that fail on one connection, whose calls of AWS a test lets happen one by one.

The queue of ends is played: an end that was not processed, or is due once more, is delivered again after its visibility
timeout; it may also come twice, late, or never. Any invocation may be overtaken, or killed between two of its calls.
"""

import functools
import json
import re
from collections import Counter
from dataclasses import dataclass, field
from itertools import count
from types import SimpleNamespace
from typing import Any

from functions.handlers import end_run, sweep
from functions.limits import END_VISIBILITY, SWEEP_GRACE, TIMEOUTS
from functions.notifications.exactly_once import NotificationInProgress
from functions.requests.execution_input import Start
from functions.requests.request import normalise
from functions.runs.outcome import Outcome
from functions.runs.store import runs as stored_runs
from functions.runs.store.attempts import begin_attempt
from functions.runs.store.job_states import begin_execution
from functions.runs.store.table import RunTable
from tests.support.interleaving_simulator import SteppedTable, _Context, clear_clients, patch_functions
from tests.support.invocations import Invocation, Killed, at_work, pause
from tests.unit.runs.tables import Direct

EXECUTION = "arn:aws:states:eu-west-1:123456789012:execution:datamart-runner-dev"

EXPECTED = Killed | ConnectionError | NotificationInProgress
"""What functions fail with here: they were killed, SNS refuses, or another one is at work."""


@dataclass
class QueuedEnd:
    """The end of a run in its queue; at ``visible`` it is delivered again."""

    run: str
    visible: float
    is_lost: bool = False
    deliveries: list[Invocation] = field(default_factory=list)


@dataclass
class Published:
    """A notification, and whether the invocation that published it was killed before it was done."""

    subject: str
    text: str
    by: Invocation | None

    @property
    def runs(self) -> list[str]:
        """Names of the runs that it is about, as often as it has them."""
        return re.findall(r"executions/details/\S+:([\w-]+)$", self.text, re.MULTILINE)


class OutageSimulator:
    """A connection, the runs that failed on it, and what people were notified of."""

    def __init__(self, table: str, connection: str) -> None:
        self.connection = connection
        self.time = 1_800_000_000.0
        self.queue: list[QueuedEnd] = []
        self.looks: list[Invocation] = []
        self.published: list[Published] = []
        self.refusals = 0
        self.failed: dict[str, str] = {}
        self._numbers = count(1)
        self._table = table

    def patched(self, patch: Any) -> None:
        """Let the handlers see this system and no other."""
        patch_functions(
            *(patch, self._table, self.now, self._client),
            NOTICE_TOPIC_ARN="arn:aws:sns:eu-west-1:123456789012:notices",
            CONNECTIONS=json.dumps([self.connection]),
        )
        clear_clients()

    def now(self) -> float:
        """No two looks at a clock tell the same time."""
        self.time += 0.001
        return self.time

    def _client(self, service: str, **_: Any) -> Any:
        if service == "dynamodb":
            return SteppedTable(lambda key, item: None)
        if service == "sns":
            return SimpleNamespace(publish=self._publish)
        if service == "events":
            return SimpleNamespace(put_events=lambda Entries: {"FailedEntryCount": 0})
        assert service == "stepfunctions", service
        return SimpleNamespace(
            describe_execution=lambda executionArn: {"executionArn": executionArn, "status": "FAILED"},
            exceptions=SimpleNamespace(ExecutionDoesNotExist=KeyError),
        )

    def _publish(self, TopicArn: str, Subject: str, Message: str) -> None:
        pause()
        if self.refusals:
            self.refusals -= 1
            raise ConnectionError("SNS is out of reach")
        self.published.append(Published(Subject, Message, at_work()))

    # -- what happens -------------------------------------------------------------------------------------------

    def fail(self, error: str = "ServerUnavailable", loaded: Any = "no", **request: Any) -> str:
        """A run fails; its end is in the queue. Returns its name."""
        name = f"{self.connection}-{next(self._numbers)}"
        arn = f"{EXECUTION}:{name}"
        asked = {"project": "Tutorial", "datamart": "City", "connection": self.connection} | request
        table = RunTable(self._table, Direct())
        run = stored_runs.begin_run(table, arn, Start(normalise(asked)))
        if loaded == "unknown":
            run = stored_runs.load_run(table, arn, 1)
            begin_attempt(run)
            begin_execution(run)
        stored_runs.end_run(run, Outcome("Fail", loaded, error, f"reason of {name}.", "advice."), lease_free=True)
        self.queue.append(QueuedEnd(name, self.time))
        self.failed[name] = error
        return name

    def lose(self, name: str) -> None:
        """The end of a run is never delivered."""
        self._end(name).is_lost = True

    def deliver(self, name: str) -> Invocation:
        """Deliver the end of a run: the first time, again, or twice."""
        end = self._end(name)
        detail = {"executionArn": f"{EXECUTION}:{name}", "status": "FAILED", "error": self.failed[name], "cause": "why"}
        event = {"Records": [{"messageId": "1", "body": json.dumps({"detail": detail})}]}
        end.visible = self.time + END_VISIBILITY
        end.deliveries.append(self._begin("end_run", functools.partial(end_run.handler, event, _Context())))
        return end.deliveries[-1]

    def look(self) -> Invocation:
        """What the sweep does every five minutes."""
        self.looks.append(self._begin("sweep", functools.partial(sweep.handler, {"look": "queues"}, _Context())))
        return self.looks[-1]

    def sweep(self) -> None:
        """The sweep finds runs whose ends were lost."""
        self.time += SWEEP_GRACE + 1
        for end in self.queue:
            if end.is_lost:
                self.deliver(end.run).go_on()

    def pass_time(self, seconds: float) -> None:
        """Functions end by their timeout; ends that are due are delivered again."""
        until = self.time + seconds
        while self.time < until:
            due = [end for end in self.queue if self._is_due_again(end)]
            self.time = max(self.time, min([until, *(end.visible for end in due)]))
            self._time_out()
            for end in due:
                if end.visible <= self.time < until:
                    self.deliver(end.run).go_on()

    def _time_out(self) -> None:
        """Kill what has run for longer than a function may."""
        for invocation in self.invocations:
            if self.time >= self._begun[id(invocation)] + TIMEOUTS[invocation.name]:
                invocation.kill()

    def _is_due_again(self, end: QueuedEnd) -> bool:
        last = end.deliveries[-1] if end.deliveries else None
        if last is None or end.is_lost:
            return False
        if not last.done or last.error is not None:
            return True
        return bool(last.result["batchItemFailures"])

    @property
    def invocations(self) -> list[Invocation]:
        """What is at work."""
        every = [*self.looks, *(each for end in self.queue for each in end.deliveries)]
        return [invocation for invocation in every if not invocation.done]

    def _begin(self, name: str, work: Any) -> Invocation:
        begun = Invocation(name, "", 0, "", work)
        self._begun[id(begun)] = self.time
        return begun

    @functools.cached_property
    def _begun(self) -> dict[int, float]:
        return {}

    def _end(self, name: str) -> QueuedEnd:
        return next(end for end in self.queue if end.run == name)

    # -- what people know ---------------------------------------------------------------------------------------

    def told(self) -> Counter[str]:
        """How often each run was in a notification; no function may have failed for another reason than the test's."""
        ended = [*self.looks, *(each for end in self.queue for each in end.deliveries)]
        assert [each.error for each in ended if not isinstance(each.error, EXPECTED | None)] == []
        return Counter(run for message in self.published for run in message.runs)

    def may_be_told_twice(self) -> set[str]:
        """The runs in notifications whose senders were killed before they had marked them as sent."""
        return {run for message in self.published if message.by and message.by.was_killed for run in message.runs}
