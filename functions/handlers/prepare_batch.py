"""First step of a batch: is it one? Checks it as a whole, writes it down, and starts the items that may start."""

import json
import os

from aws_lambda_powertools.utilities.typing import LambdaContext

from functions.aws_clients import in_init
from functions.errors import InvalidRequest, RunAlreadyEnded
from functions.lifecycle.batch_progress import move_on
from functions.lifecycle.batch_restart import rest_of
from functions.lifecycle.step import Event, StepResult
from functions.requests.batches.batch import LARGEST
from functions.requests.batches.batch_input import BatchRestart, BatchStart, read_batch_input
from functions.requests.hidden_answers import without_answers
from functions.requests.named_jobs import deployed_jobs, named_in
from functions.requests.started import started_in
from functions.runs.batches.durations import usual, what_is_loaded
from functions.runs.batches.model import BatchOutcome, BatchPlan
from functions.runs.batches.order import ItemState, Plan
from functions.runs.batches.places import places_of
from functions.runs.connection_limits import most_at_once
from functions.runs.store.batch_durations import load_seconds
from functions.runs.store.batches import BatchRecord, begin_batch, find_batch, refuse_batch
from functions.runs.store.table import run_table
from functions.telemetry import logger, tracer

in_init(run_table)


@logger.inject_lambda_context(correlation_id_path="executionArn")
@tracer.capture_lambda_handler(capture_response=False, capture_error=False)
def handler(event: Event, context: LambdaContext) -> StepResult:
    """Check the whole batch, write what it starts from, and start the items that may start.

    The event's ``input`` is the execution's, ``startedAt`` the time of its start (ISO 8601). Returns how many ``items``
    it has.

    Raises
    ------
    InvalidRequest, RunAlreadyEnded
        Nothing was started.
    """
    table, arn = run_table(), event["executionArn"]
    record = find_batch(table, arn) or _begun(event)
    if record.ended:
        raise RunAlreadyEnded("this batch has ended, and cannot be redriven; restart the rest of it.")
    move_on(record)
    return {"items": len(record.states)}


def _begun(event: Event) -> BatchRecord:
    table, arn = run_table(), event["executionArn"]
    started = started_in(event["input"], arn)
    try:
        start = read_batch_input(event["input"], event["startedAt"], _uploaded, json.loads(os.environ["CONNECTIONS"]))
        if isinstance(start, BatchRestart):
            plan, inputs, states = rest_of(table, start, arn)
        else:
            plan, inputs, states = _plan_of(start), start.inputs, ItemState.WAITING * len(start.inputs)
    except InvalidRequest as refused:
        name, as_of = named_in(event["input"], "batch")
        refused = InvalidRequest(without_answers(str(refused), event["input"]))
        outcome = BatchOutcome(False, {}, InvalidRequest.name, str(refused), InvalidRequest.advice)
        refuse_batch(table, arn, name, as_of, outcome, started)
        logger.warning("the batch is refused", extra={"reason": str(refused)})
        raise refused from None
    logger.info("batch begun", extra={"batch": plan.name, "items": len(states), "places": plan.places})
    return begin_batch(table, arn, plan, inputs, states, started)


def _uploaded(reference: dict[str, str]) -> bytes:
    """The content of an uploaded batch. Raises InvalidRequest."""
    # Imported only for such a batch: most have their items from a file beside the code.
    from functions.triggers.stored_object import read_bytes
    from functions.triggers.trigger_event import RejectedEvent
    from functions.triggers.uploaded_object import of_reference

    uploaded = of_reference(reference)
    try:
        return read_bytes(uploaded, LARGEST, "a batch", reader="PrepareBatch")
    except RejectedEvent as problem:
        raise InvalidRequest(f"{uploaded.where}: {problem}") from None


def _plan_of(start: BatchStart) -> BatchPlan:
    batch = start.batch
    names = tuple(item.name for item in batch.items)
    places = {name: index for index, name in enumerate(names)}
    slots = {name: most_at_once(name) for name in set(start.connections)}
    allowed = places_of(start.connections, slots, batch.max_concurrency)
    known = load_seconds(run_table(), start.deployed)
    return BatchPlan(
        items=names,
        plan=Plan(
            after=tuple(tuple(places[name] for name in item.after) for item in batch.items),
            seconds=tuple(
                usual(known, name, what_is_loaded(given, deployed_jobs()))
                for name, given in zip(names, start.inputs, strict=True)
            ),
            on_failure=batch.on_failure,
            connections=allowed.connections,
            slots=allowed.slots,
        ),
        places=allowed.whole,
        tolerated_failures=batch.tolerated_failures,
        name=start.name,
        as_of=start.as_of,
    )
