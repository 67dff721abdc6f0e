"""After every end of an execution, by the EventBridge rule on its status: finish the clean-up that is still due.

An execution that is stopped or runs into its own timeout never reaches its clean-up states (platform notes,
section 4). Delivered at least once, so it may run twice: then there is nothing left to do.
"""

from aws_lambda_powertools.metrics import MetricUnit
from aws_lambda_powertools.utilities.typing import LambdaContext

from functions import clean_up
from functions.run.record import run_table
from functions.run.run import Run
from functions.step import Answer, Event, Step
from functions.telemetry import logger, metrics, tracer


@logger.inject_lambda_context(correlation_id_path="detail.executionArn")
@metrics.log_metrics
@tracer.capture_lambda_handler(capture_response=False, capture_error=False)
def handler(event: Event, context: LambdaContext) -> Answer:
    """Clean up after every attempt that still has a session, then close the run.

    ``event`` is a "Step Functions Execution Status Change". Raises what the server answers, so that the queue
    delivers the event again later.
    """
    detail = event["detail"]
    item = run_table().load(detail["executionArn"])
    if item is None:
        metrics.add_metric(name="RunEndedFromOutside", unit=MetricUnit.Count, value=0)
        return {}  # the request was refused: no run was ever begun
    for number in sorted(map(int, item["attempts"])):
        run = Run(run_table(), item, number)
        run.close_attempt()
        step = Step(run, event, context)
        clean_up.delete_instance(step)
        clean_up.log_out(step)
        item = run.item
    run = Run(run_table(), item, item["attempt"])
    from_outside = run.end({"end": detail["status"], "error": detail.get("error"), "cause": None, "loaded": run.loaded})
    metrics.add_metric(name="RunEndedFromOutside", unit=MetricUnit.Count, value=int(from_outside))
    return {}
