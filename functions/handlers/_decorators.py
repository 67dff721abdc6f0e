"""What every handler of a REST step shares: find the run, may it go on, one client, keep what the server changed.

A handler is then one function that is given a :class:`Step`, calls the Library client once and returns what the
state machine needs next.
"""

import contextlib
from collections.abc import Callable, Generator
from functools import wraps
from typing import Any

from aws_lambda_powertools.metrics import MetricUnit
from aws_lambda_powertools.utilities.typing import LambdaContext

from functions.microstrategy import Client, InstanceLost, ServerUnavailable, SessionLost
from functions.runs.job_transitions import lose_job
from functions.runs.outage import note_outage
from functions.runs.run import Run
from functions.runs.run_table import run_table
from functions.runs.stored_session import Access
from functions.telemetry import logger, metrics, tracer

Event = dict[str, Any]
Answer = dict[str, Any]

SPARE_SECONDS = 3.0
"""A call to the server ends this long before the Lambda would be killed, so that its failure is still told."""


class Step:
    """One invocation: the run, what the state machine handed over, and the client with the run's session.

    Parameters
    ----------
    run
        The run, at the attempt that the state machine is in.
    event
        The state's arguments.
    context
        Lambda's context: it knows how much time is left.
    """

    def __init__(self, run: Run, event: Event, context: LambdaContext) -> None:
        self.run = run
        self.event = event
        self._context = context
        self._client: Client | None = None

    def at(self, number: int) -> "Step":
        """The same invocation, at another attempt of the run."""
        return Step(Run(run_table(), self.run.item, number), self.event, self._context)

    @property
    def budget(self) -> float:
        """Seconds that the next call to the server may take in total."""
        return max(1.0, self._context.get_remaining_time_in_millis() / 1000 - SPARE_SECONDS)

    @property
    def library(self) -> Client:
        """The client of the run's session; each use gives the next call all the time that is left."""
        if self._client is None:
            access = self.run.access
            if access is None:
                raise SessionLost("there is no session on the server in this attempt")
            self._client = Client(access.server, access.session, budget=self.budget)
        self._client.budget = self.budget
        return self._client

    @contextlib.contextmanager
    def admitting_loss(self) -> Generator[None]:
        """Say in the run that its session or instance is gone, or the server out of reach, when a call finds out."""
        try:
            yield
        except (SessionLost, InstanceLost):
            lose_job(self.run)
            raise
        except ServerUnavailable as error:
            note_outage(self.run, error)
            raise

    @contextlib.contextmanager
    def keeping_cookies(self) -> Generator[None]:
        """Keep cookies that the server changed, whatever became of the call (API.md 1.4)."""
        before = self.run.access
        try:
            yield
        finally:
            now = self._client.session if self._client else None
            if before is not None and now is not None and now != before.session:
                self.run.keep_session(Access(before.server, now).to_json())


def step(work: Callable[[Step], Answer]) -> Callable[[Event, LambdaContext], Answer]:
    """Make a Lambda handler of a step within an attempt: refused when the run is closed or out of time.

    The event holds ``executionArn`` and ``attempt`` beside the step's own arguments.
    """

    @wraps(work)
    def checked(this: Step) -> Answer:
        this.run.check_open()
        this.run.check_deadline()
        with this.admitting_loss(), this.keeping_cookies():
            return work(this)

    return _handler(checked)


def deadline_free_step(work: Callable[[Step], Answer]) -> Callable[[Event, LambdaContext], Answer]:
    """Make a Lambda handler of a step that does not end at the deadline by itself; closed runs are refused."""

    @wraps(work)
    def checked(this: Step) -> Answer:
        this.run.check_open()
        with this.admitting_loss(), this.keeping_cookies():
            return work(this)

    return _handler(checked)


def cleanup_step(work: Callable[[Step], Answer]) -> Callable[[Event, LambdaContext], Answer]:
    """Make a Lambda handler of a step of the clean-up: it works on closed attempts too, and closes this one first."""

    @wraps(work)
    def closing(this: Step) -> Answer:
        this.run.close_attempt()
        with this.keeping_cookies():
            return work(this)

    return _handler(closing)


def pause_step(work: Callable[[Step], Answer]) -> Callable[[Event, LambdaContext], Answer]:
    """Make a Lambda handler of a step between two attempts: it works on the run, not on an attempt."""
    return _handler(work)


def _handler(work: Callable[[Step], Answer]) -> Callable[[Event, LambdaContext], Answer]:
    name = work.__module__.rpartition(".")[2]

    @logger.inject_lambda_context(correlation_id_path="executionArn")
    @metrics.log_metrics
    @tracer.capture_lambda_handler(capture_response=False, capture_error=False)
    @wraps(work)
    def handler(event: Event, context: LambdaContext) -> Answer:
        run = Run.load(run_table(), event["executionArn"], event["attempt"])
        try:
            answer = work(Step(run, event, context))
        except Exception as error:
            logger.warning("step failed", extra={"step": name, "error": type(error).__name__, "reason": str(error)})
            metrics.add_metric(name="StepFailed", unit=MetricUnit.Count, value=1)
            raise
        logger.info("step done", extra={"step": name, "attempt": run.number, "phase": answer.get("phase")})
        metrics.add_metric(name="StepDone", unit=MetricUnit.Count, value=1)
        return answer

    return handler
