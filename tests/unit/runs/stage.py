"""A stage for the runs of a datamart: Lambda, Step Functions and a Library server that a test moves step by step.

The functions are the real ones as far as they touch the run table; what they do in between is a few lines each here.
Every invocation stands still before each of its operations until the test lets it go on, so that any interleaving of
them can be played, and any crash between two of them.
"""

import re
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import count
from types import SimpleNamespace
from typing import Any

from functions import clock
from functions.errors import OutcomeUnknown, PermissionDenied, ServerBusy, ServerUnavailable, SessionLost
from functions.lifecycle import orphaned_jobs
from functions.limits import LONGEST_SESSION, STEP_TIMEOUTS
from functions.microstrategy import Server, Session
from functions.microstrategy.status import GONE
from functions.requests.execution_input import Start
from functions.requests.request import normalise
from functions.runs import concurrency
from functions.runs.conclusion import conclude
from functions.runs.concurrency import give_back, in_progress, take_lease, take_slot
from functions.runs.job_state import MAY_BE_RUNNING, JobState
from functions.runs.model import Definition, Outcome, ServerObject, Target
from functions.runs.store.attempts import (
    begin_attempt,
    begin_login,
    clear_login,
    clear_session,
    close_attempt,
    set_instance,
    set_session,
)
from functions.runs.store.item_format import Item
from functions.runs.store.job_states import begin_execution, record_accepted, record_job_state, record_loss
from functions.runs.store.record import RunRecord
from functions.runs.store.runs import (
    begin_run,
    end_run,
    find_run,
    load_run,
    record_conclusion,
    record_datamart,
)
from functions.runs.store.table import RunTable
from functions.runs.stored_session import StoredSession
from tests.support.stored_runs import put_in_attempt
from tests.unit.runs.tables import Direct

LAMBDA_SECONDS = max(STEP_TIMEOUTS.values())
"""No function lives longer."""

LATEST_ARRIVAL = 500
"""Seconds until an order is heard of, if at all."""

_here = threading.local()


class Killed(BaseException):
    """Lambda ends the function in the middle."""


class Invocation:
    """A function at work, in a thread that goes on only while the test waits for it."""

    def __init__(self, name: str, work: Callable[[], Any]) -> None:
        self.name = name
        self.done = False
        self.result: Any = None
        self.error: BaseException | None = None
        self._killed = False
        self._turn, self._rest = threading.Semaphore(0), threading.Semaphore(0)
        threading.Thread(target=self._work, args=(work,), daemon=True).start()

    def go_on(self, operations: int = 1_000) -> None:
        """Let it do so many operations."""
        for _ in range(operations):
            if self.done:
                return
            self._turn.release()
            self._rest.acquire()

    def kill(self) -> None:
        self._killed = True
        self.go_on()

    def stand(self) -> None:
        if not self._killed:
            self._rest.release()
            self._turn.acquire()
        if self._killed:
            raise Killed

    def _work(self, work: Callable[[], Any]) -> None:
        _here.invocation = self
        self._turn.acquire()
        try:
            if not self._killed:
                self.result = work()
        except (Exception, Killed) as error:
            self.error = error
        if self._killed:
            self.error = Killed()
        self.done = True
        self._rest.release()


def stand() -> None:
    """An operation comes: it may be another's turn first."""
    invocation = getattr(_here, "invocation", None)
    if invocation is not None:
        invocation.stand()


class SteppedTable(RunTable):
    """A run table on which one operation is done at a time, and each is watched."""

    def __init__(self, name: str, stage: "Stage") -> None:
        super().__init__(name)
        self._client = Direct()
        self._stage = stage

    def create(self, item: Item) -> Item:
        stand()
        return super().create(item)

    def load(self, execution_arn: str) -> Item | None:
        stand()
        return super().load(execution_arn)

    def change(self, execution_arn: str, **arguments: Any) -> Item:
        stand()
        item = super().change(execution_arn, **arguments)
        self._stage.watch(execution_arn, arguments.get("put") or {}, arguments.get("remove") or ())
        return item


@dataclass
class Order:
    """An order to execute, from its intent on, and the job that it becomes. It is live until it is ``over``."""

    run: str
    attempt: int
    datamart: str
    id: str
    at: float
    on_its_way: bool = True
    over: bool = False
    loaded: bool = False
    never_left: bool = False

    def end(self) -> None:
        """The job ends well."""
        self.over = self.loaded = True


@dataclass
class Execution:
    """An execution of the state machine."""

    arn: str
    datamart: str
    attempt: int = 1
    step: str = "log_in"
    status: str = "RUNNING"
    ended_at: float = 0
    failure: dict[str, str] | None = None
    session_lost: bool = False
    current: list[Invocation] = field(default_factory=list)

    @property
    def running(self) -> bool:
        return self.status == "RUNNING"


class Stage:
    """Everything at once; ``flaws`` has a sentence for each rule that was broken."""

    def __init__(self, table: str, connection: str, limit: int, longest: int | None, monitor: bool) -> None:
        self.table = SteppedTable(table, self)
        self.connection, self.limit, self.longest, self.monitor = connection, limit, longest, monitor
        self.time = 1_800_000_000.0
        self.executions: dict[str, Execution] = {}
        self.invocations: list[Invocation] = []
        self.orders: list[Order] = []
        self.sessions: set[tuple[str, int]] = set()
        self.closed: dict[str, float] = {}
        self.asked: list[str] = []
        self.flaws: list[str] = []
        self._numbers = count(1)

    def patched(self, patch: Any) -> None:
        """Let the functions see this stage."""
        patch.setattr(clock, "_source", self.now)
        patch.setattr(concurrency, "is_running", self.is_running)
        patch.setattr(orphaned_jobs, "run_table", lambda: self.table)

    def now(self) -> float:
        """No two looks at a clock tell the same time."""
        self.time += 0.001
        return self.time

    def is_running(self, arn: str, since: float) -> bool:
        stand()
        return self.executions[arn].running

    # -- what the test may do -----------------------------------------------------------------------------------

    def begin(self, datamart: str) -> Execution:
        name = f"{self.connection}-{next(self._numbers)}"
        arn = f"arn:aws:states:eu-west-1:123456789012:execution:datamart-runner-dev:{name}"
        request = {"project": "P" * 32, "datamart": datamart, "rerunIfReplacing": True, "timeoutMinutes": 1440}
        begin_run(self.table, arn, Start(normalise(request | {"connection": self.connection})), self.limit)
        self.executions[arn] = Execution(arn, datamart)
        return self.executions[arn]

    def invoke(self, execution: Execution, fate: str = "") -> Invocation:
        """Begin the step that the execution is in; a second time, too, as Step Functions may."""
        work, arn, attempt = STEPS[execution.step], execution.arn, execution.attempt
        invocation = Invocation(execution.step, lambda: work(self, arn, attempt, fate))
        execution.current.append(invocation)
        self.invocations.append(invocation)
        return invocation

    def end_run(self, execution: Execution) -> Invocation:
        """What the queue does after every end, at least once."""
        self.invocations.append(Invocation("end_run", lambda: _end_run(self, execution.arn)))
        return self.invocations[-1]

    def stop(self, execution: Execution, status: str = "ABORTED") -> None:
        execution.status, execution.ended_at = status, self.time

    def pass_time(self, seconds: float) -> None:
        """Functions end by their timeout, jobs by their maximum execution time, sessions of nobody by being idle."""
        if seconds >= LAMBDA_SECONDS:
            for invocation in self.invocations:
                invocation.kill()
            self.settle()
        for order in self.orders:
            if order.on_its_way and not order.over:
                order.on_its_way, order.at = False, self.time + min(seconds, LATEST_ARRIVAL)
        self.time += seconds
        longest = self.longest or concurrency.LONGEST_JOB - LATEST_ARRIVAL
        for order in self.orders:
            order.over |= self.time > order.at + longest
        for arn, attempt in list(self.sessions):
            if self.time > self._last_used(arn, attempt) + LONGEST_SESSION:
                self.sessions.discard((arn, attempt))

    def _last_used(self, arn: str, attempt: int) -> float:
        """When a session was last used at the latest: sessions end by being idle."""
        execution = self.executions[arn]
        until = [] if execution.running else [execution.ended_at]
        until += [self.closed[closed] for closed in (f"{arn}#{attempt}",) if closed in self.closed]
        return min(until, default=self.time)

    def settle(self) -> None:
        """Step Functions hears of what has ended, and goes on."""
        self.invocations = [invocation for invocation in self.invocations if not invocation.done]
        for execution in self.executions.values():
            if not execution.running:
                continue
            ended = [invocation for invocation in execution.current if invocation.done]
            told = [invocation for invocation in ended if not isinstance(invocation.error, Killed)]
            if told or (ended and len(ended) == len(execution.current)):
                execution.current = []  # another invocation of the step may still be at work: nobody hears of it
                self._next(execution, (told or ended)[0])

    def _next(self, execution: Execution, ended: Invocation) -> None:
        error = ended.error
        after = {"log_in": "create", "create": "execute", "execute": "look", "clean_up": "conclude"}
        if ended.name == "conclude":
            end = None if error else ended.result["end"]
            if end == "Again":
                execution.attempt += 1
                execution.step, execution.failure, execution.session_lost = "log_in", None, False
            else:
                self.stop(execution, "SUCCEEDED" if end == "Succeed" else "FAILED")
        elif ended.name == "clean_up" or (error is None and ended.name in after):
            execution.step = after[ended.name]
        elif error is None:
            execution.step = "clean_up" if ended.result == "loaded" else "look"
        elif ended.name == "execute" and isinstance(error, ServerUnavailable):
            pass  # it never left: the retry
        elif ended.name == "execute" and isinstance(error, (OutcomeUnknown, Killed)):
            execution.step = "look"
        else:
            name = "States.Timeout" if isinstance(error, Killed) else type(error).__name__
            execution.failure = {"Error": name, "Cause": str(error)}
            execution.step = "clean_up"

    # -- what is watched ----------------------------------------------------------------------------------------

    def watch(self, arn: str, put: Item, removed: tuple[str, ...]) -> None:
        """A write to the table has succeeded."""
        for path in put:
            if path == "endedAt":
                self.closed.setdefault(arn, self.time)
            elif told := re.fullmatch(r"attempts\.(\d+)\.(\w+)", path):
                self._watch(arn, int(told[1]), told[2])
        for path in removed:
            if told := re.fullmatch(r"attempts\.(\d+)\.session", path):
                self.sessions.discard((arn, int(told[1])))

    def _watch(self, arn: str, attempt: int, key: str) -> None:
        here = f"{arn}#{attempt}"
        if key == "closing":
            self.closed.setdefault(here, self.time)
        if key in ("session", "instanceId", "postedAt") and {arn, here} & set(self.closed):
            self.flaws.append(f"{key} was written to {here} after its closing")
        if key == "postedAt":  # the intent
            self._order(arn, attempt)

    def _order(self, arn: str, attempt: int) -> None:
        datamart = self.executions[arn].datamart
        for order in self.orders:
            if (order.run, order.attempt) == (arn, attempt) and not order.never_left:
                self.flaws.append(f"{arn}#{attempt} executes twice")
            if not order.over and order.datamart == datamart:
                self.flaws.append(f"{arn}#{attempt} executes while the job of {order.run}#{order.attempt} is live")
        self.orders.append(Order(arn, attempt, datamart, f"job-{len(self.orders)}", self.time))

    def log_in(self, arn: str, attempt: int) -> None:
        """The server opens a session."""
        if (arn, attempt) in self.sessions:
            self.flaws.append(f"{arn}#{attempt} has logged in twice")
        self.sessions.add((arn, attempt))
        if len({run for run, _ in self.sessions}) > self.limit:
            self.flaws.append(f"{len(self.sessions)} sessions are open, and {self.limit} slots there are")

    def order_of(self, arn: str, attempt: int) -> Order:
        return [order for order in self.orders if (order.run, order.attempt) == (arn, attempt)][-1]

    def live(self) -> list[Order]:
        return [order for order in self.orders if not order.over]


class Monitor:
    """The Library client, as far as it is asked for jobs."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage

    def get_job(self, job_id: str, datamart_id: str, since: float | None = None) -> str:
        stand()
        self._stage.asked.append(job_id)
        if not self._stage.monitor:
            raise PermissionDenied("the monitor is closed")
        return "executing" if any(order.id == job_id and not order.over for order in self._stage.orders) else GONE


# -- the functions ----------------------------------------------------------------------------------------------


def _open(stage: Stage, arn: str, attempt: int) -> RunRecord:
    run = load_run(stage.table, arn, attempt)
    run.check_open()
    return run


def _log_in(stage: Stage, arn: str, attempt: int, fate: str) -> None:
    run = _open(stage, arn, attempt)
    begin_attempt(run)
    if run.attempt.session is not None:
        return
    held = take_lease(stage.table, run)
    if held is not None and held.pending is None:
        raise in_progress(held)
    take_slot(stage.table, run)
    if not begin_login(run):
        if run.attempt.session is not None:
            return
        raise ServerBusy("another invocation is at it")
    try:
        stand()
        stage.log_in(arn, attempt)
        set_session(run, StoredSession(Server("https://library"), Session("token")))
    except BaseException as error:  # logged out again; what a function leaves that was killed, nobody can log out
        stage.sessions.discard((arn, attempt))
        if not isinstance(error, Killed):
            clear_login(run)
        raise


def _create(stage: Stage, arn: str, attempt: int, fate: str) -> None:
    run = _open(stage, arn, attempt)
    definition = Definition(readable=True, runs_extra_sql=False, max_execution_seconds=stage.longest)
    datamart = ServerObject(stage.executions[arn].datamart)
    record_datamart(run, ServerObject("P" * 32), datamart, Target("S", "T", append=False), definition)
    if run.attempt.instance_id is None:
        step: Any = SimpleNamespace(run=run, library=Monitor(stage))
        orphaned_jobs.take_datamart(step)
        orphaned_jobs.wait_for_orphaned_jobs(step)
        stand()
        set_instance(run, "I" * 32)


def _execute(stage: Stage, arn: str, attempt: int, fate: str) -> None:
    run = _open(stage, arn, attempt)
    if not begin_execution(run):
        raise OutcomeUnknown("given by another invocation")
    order = stage.order_of(arn, attempt)
    try:
        stand()
    except Killed:
        order.over = fate != "late"  # or the server hears of it although the function is gone
        raise
    if fate in REFUSING:
        order.over, order.never_left = True, fate == "not sent"
        known, error = REFUSING[fate]
        record_job_state(run, known)
        raise error
    order.on_its_way, order.at = fate == "late", stage.time
    stand()
    if fate in ("answer lost", "late"):
        record_job_state(run, JobState.POSTING)
        raise OutcomeUnknown("the answer was lost")
    record_accepted(run, order.id, None)


REFUSING = {
    "not sent": (JobState.NOT_SENT, ServerUnavailable("no connection")),
    "refused": (JobState.REFUSED, ServerBusy("too many jobs")),
}


def _look(stage: Stage, arn: str, attempt: int, fate: str) -> str:
    run = _open(stage, arn, attempt)
    if run.attempt.job_state in (None, JobState.NOT_SENT, JobState.REFUSED):
        raise OutcomeUnknown("nothing was executed")
    stand()
    order = stage.order_of(arn, attempt)
    if stage.executions[arn].session_lost:
        record_loss(run)
        raise SessionLost("somebody ended it")
    if order.on_its_way or (order.over and not order.loaded):
        raise OutcomeUnknown("there is no sign of the job")
    if order.over:
        record_job_state(run, JobState.LOADED, of_the_run={"finishedAt": stage.time})
        return "loaded"
    record_job_state(run, JobState.ACCEPTED)
    return "running"


def _clean_up(stage: Stage, arn: str, attempt: int, fate: str) -> None:
    run = load_run(stage.table, arn, attempt)
    close_attempt(run)
    _cancel(stage, run)
    stand()
    if fate == "logout fails":
        raise ServerUnavailable("no logout")
    clear_session(run)


def _cancel(stage: Stage, run: RunRecord) -> None:
    attempt = run.attempt
    if not attempt.job_id or attempt.session is None:
        return
    if attempt.job_state not in MAY_BE_RUNNING or attempt.job_state is JobState.LOST:
        return
    stand()
    if stage.monitor:
        stage.order_of(run.arn, run.number).over = True
        put_in_attempt(run, jobEnded=True)


def _conclude(stage: Stage, arn: str, attempt: int, fate: str) -> dict[str, Any]:
    run = load_run(stage.table, arn, attempt)
    close_attempt(run)
    conclusion = conclude(run, stage.executions[arn].failure, saving=False)
    record_conclusion(run, conclusion)
    give_back(stage.table, run)
    return conclusion.as_response()


def _end_run(stage: Stage, arn: str) -> None:
    run = find_run(stage.table, arn)
    assert run is not None
    for attempt in run.each_attempt():
        close_attempt(attempt)
    end_run(run, Outcome("ABORTED", run.loaded))
    try:
        for attempt in run.each_attempt():
            _cancel(stage, attempt)
            clear_session(attempt)
    finally:
        run.reload()
        give_back(stage.table, run)


STEPS: dict[str, Callable[[Stage, str, int, str], Any]] = {
    "log_in": _log_in,
    "create": _create,
    "execute": _execute,
    "look": _look,
    "clean_up": _clean_up,
    "conclude": _conclude,
}
