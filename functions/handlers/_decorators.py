"""Decorators that make a Lambda handler of a step: load the run, check it, log, count, keep changed cookies.

A handler is then one function that is given a :class:`functions.lifecycle.step.Step`, calls the Library client once and
returns what the state machine needs next.
"""

from collections.abc import Callable
from functools import wraps

from aws_lambda_powertools.metrics import MetricUnit
from aws_lambda_powertools.utilities.typing import LambdaContext

from functions.aws_clients import in_init
from functions.lifecycle.step import Event, Step, StepResult
from functions.lifecycle.step_log import facts_of
from functions.metric_names import STEP_DONE, STEP_FAILED
from functions.microstrategy.http.tls import public_authorities
from functions.runs.store.attempts import close_attempt
from functions.runs.store.runs import load_run
from functions.runs.store.table import run_table
from functions.telemetry import logger, metrics, tracer


def step(work: Callable[[Step], StepResult]) -> Callable[[Event, LambdaContext], StepResult]:
    """Make a Lambda handler of a step within an attempt: refused when the run is closed or out of time.

    The event holds ``executionArn`` and ``attempt`` beside the step's own arguments.
    """

    @wraps(work)
    def in_time(this: Step) -> StepResult:
        this.run.check_deadline()
        return work(this)

    return deadline_free_step(in_time)


def deadline_free_step(work: Callable[[Step], StepResult]) -> Callable[[Event, LambdaContext], StepResult]:
    """Make a Lambda handler of a step that does not end at the deadline by itself; closed runs are refused."""

    @wraps(work)
    def checked(this: Step) -> StepResult:
        this.run.check_open()
        with this.admitting_loss(), this.keeping_cookies():
            return work(this)

    in_init(public_authorities)
    return _handler(checked)


def cleanup_step(work: Callable[[Step], StepResult]) -> Callable[[Event, LambdaContext], StepResult]:
    """Make a Lambda handler of a step of the clean-up: it works on closed attempts too, and closes this one first."""

    @wraps(work)
    def closing(this: Step) -> StepResult:
        close_attempt(this.run)
        with this.keeping_cookies():
            return work(this)

    return _handler(closing)


def pause_step(work: Callable[[Step], StepResult]) -> Callable[[Event, LambdaContext], StepResult]:
    """Make a Lambda handler of a step between two attempts: it works on the run, not on an attempt."""
    return _handler(work)


def _handler(work: Callable[[Step], StepResult]) -> Callable[[Event, LambdaContext], StepResult]:
    name = work.__module__.rpartition(".")[2]
    in_init(run_table)

    @logger.inject_lambda_context(correlation_id_path="executionArn")
    @metrics.log_metrics
    @tracer.capture_lambda_handler(capture_response=False, capture_error=False)
    @wraps(work)
    def handler(event: Event, context: LambdaContext) -> StepResult:
        run = load_run(run_table(), event["executionArn"], event["attempt"])
        this = Step(run, event, context)
        about = {"step": name, "attempt": run.number}
        try:
            result = work(this)
        except Exception as error:
            this.redact_answers(error)
            failure = {"error": type(error).__name__, "reason": str(error)}
            logger.warning("step failed", extra=about | failure | facts_of(this))
            metrics.add_metric(name=STEP_FAILED, unit=MetricUnit.Count, value=1)
            raise
        logger.info("step done", extra=about | {"phase": result.get("phase")} | facts_of(this))
        metrics.add_metric(name=STEP_DONE, unit=MetricUnit.Count, value=1)
        return result

    return handler
