"""After every end of an execution: notify once, and finish the clean-up that is still due.

An execution that is stopped or runs into its own timeout never reaches its clean-up states (infra/PLATFORM.md
"Step Functions"), and does not stop the function that is at work. The rule on the status change delivers at least once,
through a queue that repeats for hours: so every part is done only while the run's item says that it is still due.
"""

import json

from aws_lambda_powertools.utilities.typing import LambdaContext

from functions.aws_clients import in_init
from functions.lifecycle import end_of_batch, end_of_run
from functions.lifecycle.step import Event, StepResult
from functions.limits import LONGEST_STEP
from functions.names import is_batch
from functions.notifications.end_event import events
from functions.runs.store.table import run_table
from functions.telemetry import logger, metrics, tracer

in_init(run_table, events)


@logger.inject_lambda_context
@metrics.log_metrics
@tracer.capture_lambda_handler(capture_response=False, capture_error=False)
def handler(event: Event, context: LambdaContext) -> StepResult:
    """Take "Step Functions Execution Status Change" events from the queue, one at a time.

    Returns ``batchItemFailures``: what is to be delivered once more, without being an error. Raises what the server or
    AWS answers, so that the queue delivers the event again, too.
    """
    again = []
    for record in event["Records"]:
        detail = json.loads(record["body"])["detail"]
        logger.set_correlation_id(detail["executionArn"])
        if is_batch(detail["executionArn"]):
            is_due_again = end_of_batch.end(detail, LONGEST_STEP)
        else:
            is_due_again = end_of_run.end(detail, context, LONGEST_STEP)
        if is_due_again:
            again.append({"itemIdentifier": record["messageId"]})
    return {"batchItemFailures": again}
