"""Let a batch wait until its last item has ended: its execution waits for a token that comes with that end."""

from datetime import datetime
from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from functions.aws_clients import in_init
from functions.errors import RunAlreadyEnded
from functions.lifecycle.batch_progress import move_on
from functions.lifecycle.step import Event, StepResult
from functions.runs.store.batches import find_batch, set_token
from functions.runs.store.table import run_table
from functions.telemetry import logger, tracer

in_init(run_table)


@logger.inject_lambda_context(correlation_id_path="executionArn")
@tracer.capture_lambda_handler(capture_response=False, capture_error=False)
def handler(event: Event, context: LambdaContext) -> StepResult:
    """Keep the ``token``, and look after the batch: an end or a start may have been lost.

    ``entered`` and ``retry`` tell which of two tokens is newer. Raises RunAlreadyEnded, or what AWS answers.
    """
    record = find_batch(run_table(), event["executionArn"])
    if record is None or record.ended:
        raise RunAlreadyEnded("this batch is closed; start a new one, or restart the rest of it.")
    entered: Any = datetime.fromisoformat(event["entered"]).timestamp()
    if set_token(record, event["token"], entered, event["retry"]):
        move_on(record)
    return {}
