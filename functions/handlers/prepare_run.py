"""First step: is the request one? And before every attempt: takes one of the connection's slots.

Nothing is sent to any server before this has passed.
"""

import json
import os
from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from functions.aws_clients import in_init
from functions.errors import InvalidRequest
from functions.lifecycle.hand_over import free_slots_of_ended
from functions.lifecycle.step import Event, StepResult
from functions.requests.batches.membership import membership_in
from functions.requests.execution_input import read_input
from functions.requests.hidden_answers import without_answers
from functions.requests.named_jobs import deployed_jobs, named_in
from functions.requests.started import started_in
from functions.runs.connection_limits import most_at_once
from functions.runs.message import message_in
from functions.runs.model import Run
from functions.runs.queue import Queue
from functions.runs.slots import check_datamart_free, take_slot, taken_under_another_name, ticket_of
from functions.runs.store.record import RunRecord
from functions.runs.store.runs import begin_run, end_queueing, record_request, refuse_run
from functions.runs.store.table import run_table
from functions.runs.waiting import in_queue
from functions.similar_names import nearest
from functions.telemetry import logger, tracer

in_init(run_table)


@logger.inject_lambda_context(correlation_id_path="executionArn")
@tracer.capture_lambda_handler(capture_response=False, capture_error=False)
def handler(event: Event, context: LambdaContext) -> StepResult:
    """Check and normalise the request, write the run's item, and take a slot for the attempt that follows.

    The event's ``input`` is the execution's, ``startedAt`` the time of its start (ISO 8601). ``queue`` is missing under
    the definition of an earlier release, whose log_in takes the slot.

    Returns ``deadline`` (seconds since the epoch), until which the state machine goes on looking at a job although the
    functions cannot be started; ``attempt``, the number of the one that follows; and before the first of them
    ``request``: the request with every default and placeholder filled in.

    Raises
    ------
    InvalidRequest, RunAlreadyEnded
        Nothing follows.
    InQueue
        There is no slot: the run waits. The text begins with the seconds that it may.
    RunInProgress
        Another run of the datamart has a slot, and this one would rather end than wait (``onConflict``).
    """
    run, request = _begun(event)
    if event.get("queue"):
        queue = _take_slot(run)
        end_queueing(run, queue.pauses)
    only_at_first = {} if request is None or run.newest_attempt else {"request": request}
    return only_at_first | {"attempt": run.newest_attempt + 1, "deadline": run.deadline}


def _begun(event: Event) -> tuple[RunRecord, dict[str, Any] | None]:
    """The run and its request; None before a later attempt of a named job whose file was changed and is wrong now."""
    table, arn = run_table(), event["executionArn"]
    message, batch = message_in(event["input"], arn), membership_in(event["input"], arn)
    started = started_in(event["input"], arn)
    try:
        start = read_input(event["input"], event["startedAt"])
        request = start.request
        _check_connection(request["connection"])
    except InvalidRequest as refused:
        job, as_of = named_in(event["input"])
        refused = InvalidRequest(
            without_answers(str(refused), [event["input"], deployed_jobs().get(job) if job else None])
        )
        run = refuse_run(table, arn, job, as_of, str(refused), message, batch, started)
        if run.newest_attempt and not run.ended:
            return run, None
        logger.warning("the request is refused", extra={"reason": str(refused)})
        raise refused from None
    run = begin_run(table, arn, start, most_at_once(request["connection"]), message, batch, started)
    if not run.newest_attempt:
        _check_same(run, request)
        record_request(run, request)
        logger.info("run begun", extra={"connection": request["connection"], "datamart": request["datamart"]})
    return run, request


def _check_same(run: Run, request: dict[str, Any]) -> None:
    """Reject a named job whose file names another datamart since the run waits in the queue. Raises InvalidRequest."""
    known = run.requested
    if known and (run.connection, *known[:2]) != (request["connection"], request["project"], request["datamart"]):
        raise InvalidRequest(
            "the job's file names another connection, project or datamart since this run waits in the queue; start a "
            "new run."
        )


def _take_slot(run: RunRecord) -> Queue:
    """Take a slot for the attempt that follows; the queue that it was in. Raises InQueue, RunInProgress."""
    table, most = run_table(), most_at_once(run.connection)
    ticket = ticket_of(run, behind=taken_under_another_name(table, run))
    taken, queue = take_slot(table, run, run.newest_attempt + 1, ticket, most)
    if not taken and ticket.conflict is not None:
        queue = free_slots_of_ended(table, run.connection, queue)
        check_datamart_free(table, run, queue)
        taken, queue = take_slot(table, run, run.newest_attempt + 1, ticket, most)
    if not taken:
        raise in_queue(run, queue, ticket)
    return queue


def _check_connection(name: str) -> None:
    known: list[str] = json.loads(os.environ["CONNECTIONS"])
    if name not in known:
        there = ", ".join(known)
        raise InvalidRequest(f'connection: "{name}" is not configured{nearest(name, known)}; configured are {there}.')
