"""First step: is the request one? Nothing is sent to any server before this has passed."""

import json
import os

from aws_lambda_powertools.utilities.typing import LambdaContext

from functions.errors import InvalidRequest
from functions.lifecycle.step import Event, StepResult
from functions.requests.execution_input import read_input
from functions.requests.named_jobs import named_in
from functions.runs.message import message_in
from functions.runs.store.runs import begin_run, refuse_run
from functions.runs.store.table import run_table
from functions.similar_names import nearest
from functions.telemetry import logger, tracer


@logger.inject_lambda_context(correlation_id_path="executionArn")
@tracer.capture_lambda_handler(capture_response=False, capture_error=False)
def handler(event: Event, context: LambdaContext) -> StepResult:
    """Check and normalise the request and write the run's item.

    The event's ``input`` is the execution's, ``startedAt`` the time of its start (ISO 8601). Returns ``request``: the
    request with every default and placeholder filled in; and ``deadline`` (seconds since the epoch), until which the
    state machine goes on looking at a job although the functions cannot be started. Raises InvalidRequest,
    RunAlreadyEnded.
    """
    message = message_in(event["input"], event["executionArn"])
    try:
        start = read_input(event["input"], event["startedAt"])
        request = start.request
        _check_connection(request["connection"])
    except InvalidRequest as refused:
        logger.warning("the request is refused", extra={"reason": str(refused)})
        job, as_of = named_in(event["input"])
        refuse_run(run_table(), event["executionArn"], job, as_of, str(refused), message)
        raise
    run = begin_run(run_table(), event["executionArn"], start, _most_at_once(request["connection"]), message)
    logger.info("run begun", extra={"connection": request["connection"], "datamart": request["datamart"]})
    return {"request": request, "deadline": run.deadline}


def _most_at_once(connection: str) -> int:
    limits: dict[str, int] = json.loads(os.environ["MAX_CONCURRENT_RUNS"])
    return limits[connection]


def _check_connection(name: str) -> None:
    known: list[str] = json.loads(os.environ["CONNECTIONS"])
    if name not in known:
        there = ", ".join(known)
        raise InvalidRequest(f'connection: "{name}" is not configured{nearest(name, known)}; configured are {there}.')
