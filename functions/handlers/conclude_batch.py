"""Last step of a batch: counts what was loaded, and decides whether the batch has failed."""

from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from functions import clock
from functions.aws_clients import in_init
from functions.errors import ERRORS, ServerUnavailable
from functions.lifecycle.step import Event, StepResult
from functions.requests.named_jobs import deployed_jobs
from functions.runs.batches.conclusion import outcome_of, output_of
from functions.runs.batches.durations import what_is_loaded
from functions.runs.batches.model import BatchOutcome, BatchPlan
from functions.runs.failure import advice, message_of, name_of
from functions.runs.store.batch_durations import record_seconds
from functions.runs.store.batches import (
    StoredItem,
    end_batch,
    find_batch,
    load_items,
    load_plan,
    refuse_batch,
    stop_starting,
)
from functions.runs.store.table import run_table
from functions.telemetry import logger, tracer

in_init(run_table)


@logger.inject_lambda_context(correlation_id_path="executionArn")
@tracer.capture_lambda_handler(capture_response=False, capture_error=False)
def handler(event: Event, context: LambdaContext) -> StepResult:
    """Close the batch. ``failure`` is what the execution caught, or null where every item has ended.

    Returns ``{"end": "Succeed", "output"}`` or ``{"end": "Fail", "error", "cause"}``.
    """
    table, arn, failure = run_table(), event["executionArn"], event["failure"]
    record, plan = find_batch(table, arn), load_plan(table, arn)
    if record is None or plan is None or not record.states:
        outcome = _broken(failure)
        refuse_batch(table, arn, None, None, outcome)
        return _failed(outcome)
    if failure is not None:
        stop_starting(record)
    items = load_items(table, arn, range(len(record.states)))
    outcomes = {index: item.outcome for index, item in items.items() if item.outcome is not None}
    outcome = record.outcome or _with_failure(outcome_of(record, plan, outcomes), failure)
    end_batch(record, outcome)
    _record_seconds(arn, plan, items)
    outcome = record.outcome or outcome
    logger.info("batch concluded", extra={"counts": outcome.counts, "error": outcome.error})
    if not outcome.succeeded:
        return _failed(outcome)
    return {"end": "Succeed", "output": output_of(record, plan, outcomes, record.ended_at or clock.now())}


def _failed(outcome: BatchOutcome) -> StepResult:
    return {"end": "Fail", "error": outcome.error, "cause": f"{outcome.reason} {outcome.advice}"}


def _broken(failure: dict[str, Any] | None) -> BatchOutcome:
    """A batch that never began: a failure of AWS, or of a function."""
    name = name_of(failure or {})
    error = name if name in ERRORS else ServerUnavailable.name
    reason = f"the batch could not be started ({name}): {message_of(failure or {})}"
    return BatchOutcome(False, {}, error, reason, advice(name, "no"))


def _with_failure(outcome: BatchOutcome, failure: dict[str, Any] | None) -> BatchOutcome:
    """What broke the batch off is said first."""
    if failure is None or outcome.succeeded:
        return outcome
    broken = f"the batch was broken off ({name_of(failure)}): {message_of(failure)}"
    return outcome._replace(reason=f"{broken} {outcome.reason}")


def _record_seconds(batch: str, plan: BatchPlan, items: dict[int, StoredItem]) -> None:
    """Keep how long the items took that were loaded, for the order of the next batch that has them."""
    loads = [
        (what_is_loaded(item.input, deployed_jobs()) if plan.name is None else plan.items[index], item.outcome.seconds)
        for index, item in sorted(items.items())
        if item.outcome is not None and item.outcome.loaded == "yes"
    ]
    if loads:
        record_seconds(run_table(), batch, plan.name, loads)
