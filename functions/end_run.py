"""After every end of an execution: tell of the end, once, and finish the clean-up that is still due.

An execution that is stopped or runs into its own timeout never reaches its clean-up states (platform notes,
section 4). The rule on the status change delivers at least once, through a queue that repeats for hours: so every
part is done only while the run's item says that it is still to be done.
"""

import json
from typing import Any

from aws_lambda_powertools.metrics import MetricUnit
from aws_lambda_powertools.utilities.data_classes import SQSEvent
from aws_lambda_powertools.utilities.typing import LambdaContext

from functions import clean_up
from functions.run.admission import give_back
from functions.run.loads import JobLoads
from functions.run.record import run_table
from functions.run.run import Run
from functions.run.start import named_in
from functions.step import Answer, Event, Step
from functions.telemetry import logger, metrics, tracer
from functions.telling import event as end_event
from functions.telling import notice
from functions.telling.end import end_of
from functions.telling.once import tell_once


@logger.inject_lambda_context
@metrics.log_metrics
@tracer.capture_lambda_handler(capture_response=False, capture_error=False)
def handler(event: Event, context: LambdaContext) -> Answer:
    """Take "Step Functions Execution Status Change" events from the queue, one at a time.

    Raises what the server or AWS answers, so that the queue delivers the event again later.
    """
    for record in SQSEvent(event).records:
        _end(json.loads(record.body)["detail"], context)
    return {}


def _end(detail: dict[str, Any], context: LambdaContext) -> None:
    """Close, tell, clean up: people are told at once, also while the server is down and the clean-up has to wait."""
    logger.set_correlation_id(detail["executionArn"])
    run = _closed(detail)
    end = end_of(run, detail)
    if end.loaded == "yes" and run.item.get("job"):
        JobLoads(run_table()).note(run.item["job"], run.item.get("finishedAt") or run.item["endedAt"], run.arn)
    told = {"event": tell_once("event", end, end_event.send)}
    if notice.is_due(end):
        told["notice"] = tell_once("notice", end, notice.send)
    logger.info("the end was told", extra={"told": told, "status": end.status, "loaded": end.loaded})
    try:
        for attempt in _attempts(run):
            step = Step(attempt, {}, context)
            clean_up.delete_instance(step)
            clean_up.log_out(step)
    finally:
        run.reload()
        give_back(run_table(), run)


def _closed(detail: dict[str, Any]) -> Run:
    """The run, closed: from here on nothing is opened on the server any more, by whichever function still works."""
    item = run_table().load(detail["executionArn"])
    if item is None:  # the first step broke down before it wrote anything
        job, as_of = named_in(_input_in(detail))
        metrics.add_metric(name="RunEndedFromOutside", unit=MetricUnit.Count, value=0)
        return Run.refuse(run_table(), detail["executionArn"], job, as_of, None)
    run = Run(run_table(), item, item["attempt"])
    for attempt in _attempts(run):
        attempt.close_attempt()
    from_outside = run.end({"end": detail["status"], "error": detail.get("error"), "loaded": run.loaded})
    metrics.add_metric(name="RunEndedFromOutside", unit=MetricUnit.Count, value=int(from_outside))
    return run


def _attempts(run: Run) -> list[Run]:
    """The run at each of its attempts, from the first."""
    return [Run(run_table(), run.item, number) for number in sorted(map(int, run.item["attempts"]))]


def _input_in(detail: dict[str, Any]) -> Any:
    """The execution's input; the event has none where it is long or the state machine has a key of its own."""
    try:
        return json.loads(detail.get("input") or "null")
    except ValueError:
        return None
