"""A queue in moto's DynamoDB, the runs in it, and Step Functions as its own client shows it."""

import json
from types import SimpleNamespace
from typing import Any

from functions import clock
from functions.microstrategy import Server, Session
from functions.requests.execution_input import Start
from functions.requests.request import normalise
from functions.runs import executions
from functions.runs.model import Run
from functions.runs.outcome import Outcome
from functions.runs.slots import datamart_key, run_id, take_slot, ticket_of
from functions.runs.store.attempts import begin_attempt
from functions.runs.store.queues import StoredQueue, join_queue, load_queue
from functions.runs.store.record import RunRecord
from functions.runs.store.runs import begin_queueing, begin_run, end_run, load_run
from functions.runs.store.table import RunTable
from functions.runs.store.tickets import Waiter, set_waiter
from functions.runs.stored_session import StoredSession

NOON = 1_800_000_000.5
PROJECT = "F" * 32
SESSION = StoredSession(Server("https://library"), Session("secret"))


class Gone(Exception):
    """A task token that nobody waits for."""


class Unknown(Exception):
    """An execution that Step Functions does not know."""


class QueueSystem:
    """Runs of one connection with ``slots`` slots; ``sent`` has what was sent to task tokens."""

    def __init__(self, table: RunTable, slots: int, patch: Any) -> None:
        self.table, self.slots = table, slots
        self.time = NOON
        self.ended: set[str] = set()
        self.gone: set[str] = set()
        self.sent: list[tuple[str, str]] = []
        self.outage: Exception | None = None
        patch.setattr(clock, "_source", lambda: self.time)
        patch.setattr(executions, "step_functions", lambda: self)
        patch.setenv("MAX_CONCURRENT_RUNS", json.dumps({"default": slots}))
        self._runs = 0

    # -- Step Functions ---------------------------------------------------------------------------------------------

    exceptions = SimpleNamespace(
        ExecutionDoesNotExist=Unknown, TaskTimedOut=Gone, TaskDoesNotExist=Gone, InvalidToken=Gone
    )

    def describe_execution(self, executionArn: str) -> dict[str, Any]:
        return {"status": "ABORTED" if executionArn in self.ended else "RUNNING"}

    def send_task_success(self, taskToken: str, output: str) -> None:
        self._send(taskToken, "slot")

    def send_task_failure(self, taskToken: str, error: str, cause: str) -> None:
        self._send(taskToken, f"{error}: {cause}")

    def _send(self, token: str, what: str) -> None:
        if self.outage is not None:
            raise self.outage
        if token in self.gone:
            raise Gone
        self.sent.append((token, what))

    # -- runs -------------------------------------------------------------------------------------------------------

    def run(
        self, datamart: str = "", job: str | None = None, burst: bool = False, as_of: str | None = None, **request: Any
    ) -> RunRecord:
        """A run that has not begun an attempt; of a datamart of its own if none is named."""
        self._runs += 1
        arn = f"arn:aws:states:eu-west-1:123456789012:execution:datamart-runner-dev:run-{self._runs}"
        asked = {"project": PROJECT, "datamart": datamart or f"Mart {self._runs}"} | request
        return begin_run(self.table, arn, Start(normalise(asked), job, as_of, burst=burst), self.slots)

    def take(self, run: Run) -> StoredQueue | None:
        """As prepare_run does."""
        taken, queue = take_slot(self.table, run, run.newest_attempt + 1, ticket_of(run), self.slots)
        return None if taken else queue

    def begin(self, run: RunRecord) -> RunRecord:
        """The run in its first attempt."""
        begun = load_run(self.table, run.arn, 1)
        begin_attempt(begun)
        return begun

    def holding(self, datamart: str = "") -> RunRecord:
        """A run in its first attempt, with a slot."""
        run = self.run(datamart)
        assert self.take(run) is None
        return self.begin(run)

    def waiting(self, datamart: str = "", token: str | None = "", first: bool = False, **request: Any) -> RunRecord:
        """A run that waits in the queue, under a token of the run's own name."""
        run = self.run(datamart, **request)
        begin_queueing(run)
        ticket = ticket_of(run, first=first)
        name = token if token != "" else run.arn.rpartition(":")[2]
        set_waiter(self.table, ticket.id, Waiter(run.arn, run.connection, name), ticket.until)
        join_queue(self.table, run.connection, ticket, run.arn, self.slots)
        self.time += 1
        return run

    def end(self, run: RunRecord) -> RunRecord:
        """Its execution has ended, and the run is closed."""
        self.ended.add(run.arn)
        end_run(run, Outcome("ABORTED"))
        return run

    # -- the queue --------------------------------------------------------------------------------------------------

    @property
    def queue(self) -> StoredQueue:
        found = load_queue(self.table, "default")
        assert found is not None
        return found

    def owners(self) -> list[str]:
        """The names of runs that have a slot; those in brackets were given it and have not confirmed it."""
        found = [(h.owner.rpartition(":")[2], h.given) for h in self.queue.holders.values()]
        return sorted(f"({name})" if given else name for name, given in found)

    def tickets(self) -> set[str]:
        return set(self.queue.tickets)

    @staticmethod
    def ids(*runs: Run) -> set[str]:
        return {run_id(run.arn) for run in runs}

    @staticmethod
    def key(run: Run) -> str:
        return datamart_key(run)
