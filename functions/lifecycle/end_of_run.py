"""Finishes a run: closes it, notifies, cleans up, releases its slot and lease. Idempotent.

Every part is done only while the run's item says that it is still due, so it may be called again and again.
"""

from contextlib import ExitStack
from typing import Any

from aws_lambda_powertools.metrics import MetricUnit
from aws_lambda_powertools.utilities.typing import LambdaContext

from functions import clock
from functions.errors import LibraryError
from functions.lifecycle import cleanup
from functions.lifecycle.batch_progress import record_end_of_item
from functions.lifecycle.failures_in_a_row import end_series_of, record_end, record_end_of_message
from functions.lifecycle.hand_over import give_back
from functions.lifecycle.kept_history import keep, log_end
from functions.lifecycle.last_look import look_once_more
from functions.lifecycle.step import Step
from functions.lifecycle.step_log import facts_of
from functions.limits import LONGEST_SESSION
from functions.metric_names import CLEAN_UP_FAILED, ENDED_FROM_OUTSIDE, LOADS_DONE, LOADS_UNKNOWN
from functions.notifications import end_event, failure_notice, lineage, outages, success_notice
from functions.notifications.exactly_once import once
from functions.notifications.history import record_of
from functions.notifications.message_failures import notify_of_failures, register_with_other_runs
from functions.notifications.publish import notify_once
from functions.notifications.run_end import End, end_of, item_outcome_of
from functions.requests.batches.membership import membership_in
from functions.requests.named_jobs import named_in
from functions.requests.started import started_in
from functions.runs.concurrency import give_back_lease
from functions.runs.executions import input_in
from functions.runs.history import HistoryRecord
from functions.runs.message import message_in
from functions.runs.notification import Notification
from functions.runs.slots import run_id
from functions.runs.store.attempts import close_attempt
from functions.runs.store.batches import find_batch
from functions.runs.store.record import RunRecord
from functions.runs.store.runs import end_run_from_outside, find_run, refuse_run
from functions.runs.store.table import run_table
from functions.runs.store.tickets import clear_waiter
from functions.telemetry import logger, metrics

CUT_SHORT = frozenset({"ABORTED", "TIMED_OUT"})
"""Ends of executions that do not wait for the function that is at work."""


def end(detail: dict[str, Any], context: LambdaContext, longest_step: float = 0.0) -> bool:
    """Finish the run of an execution that has ended. Returns whether to call it once more, later.

    ``detail`` is of its status change, or what DescribeExecution answers. An execution that was cut short may leave a
    function at work for ``longest_step`` seconds, and what that one still writes has to be looked at.

    People are notified before the clean-up, which may have to wait for the server, the history gets its record, and the
    batch of the run goes on; what fails of this prevents none of the rest. Lineage comes last, so that nothing waits
    for it. Raises what the server or AWS answers: call it again later.
    """
    run = _closed(detail, context)
    early = detail["status"] in CUT_SHORT and clock.now() < (run.ended_at or 0) + longest_step
    batch = None if run.batch is None else find_batch(run_table(), run.batch.execution)
    with ExitStack() as afterwards:  # from the last to the first, each even where one before it failed
        afterwards.callback(
            lineage.send_once, run, run.arn, lambda stage: lineage.of_run(end_of(run, detail), batch, stage)
        )
        afterwards.callback(_clean_up_all, run, context, early)
        found = end_of(run, detail)
        if batch is not None and run.batch is not None:
            afterwards.callback(record_end_of_item, batch, run.batch.index, item_outcome_of(found))
        record = record_of(found, batch)
        afterwards.callback(keep, record, run.ended_at)
        gathers = _notify(run, found, record, in_batch=batch is not None)
    return early or gathers


def _closed(detail: dict[str, Any], context: LambdaContext) -> RunRecord:
    """The run, closed: from here on no function opens anything on the server for it."""
    run = find_run(run_table(), detail["executionArn"])
    if run is None:  # the first step failed before it wrote an item
        given = input_in(detail)
        job, as_of = named_in(given)
        message = message_in(given, detail["executionArn"])
        batch = membership_in(given, detail["executionArn"])
        started = started_in(given, detail["executionArn"])
        metrics.add_metric(name=ENDED_FROM_OUTSIDE, unit=MetricUnit.Count, value=0)
        return refuse_run(run_table(), detail["executionArn"], job, as_of, None, message, batch, started)
    still_open = [attempt for attempt in run.each_attempt() if attempt.attempt.closing_at is None]
    for attempt in still_open:
        close_attempt(attempt)
    if still_open:
        run.reload()
    if not run.ended:
        look_once_more(Step(run, {}, context))
    from_outside = end_run_from_outside(run, detail["status"], detail.get("error"))
    metrics.add_metric(name=ENDED_FROM_OUTSIDE, unit=MetricUnit.Count, value=int(from_outside))
    return run


def _notify(run: RunRecord, found: End, record: HistoryRecord, *, in_batch: bool) -> bool:
    """Notify machines and people. Returns whether to call it once more: it gathers the failures of an outage."""
    gathers = False

    def send() -> None:
        end_event.send(found)
        log_end(record)

    series = record_end(run, found, reported_alone=not (in_batch or run.message))
    sent = {Notification.EVENT: once(run, Notification.EVENT, send)}
    if sent[Notification.EVENT]:
        _count_outcome(found)
    gathered = outages.is_gathered(found) and not in_batch
    if run.message and not in_batch:
        sent[Notification.NOTICE] = _notify_with_message(run, found, elsewhere=gathered)
    if in_batch:
        pass  # the notification of its batch has it
    elif gathered:
        sent[Notification.NOTICE], gathers = outages.notify_with_outage(
            run, str(run.connection), outages.failure_of(found)
        )
    elif run.message:
        pass  # that of its message has it
    elif failure_notice.is_due(found):
        sent[Notification.NOTICE] = notify_once(run, lambda: failure_notice.notice(found, series))
    if not in_batch and run.follow_ups_of is None and success_notice.is_due(found.status, found.loaded, series):
        sent[Notification.NOTICE] = notify_once(run, lambda: success_notice.notice(found, series))
    if series is not None and found.status == "SUCCEEDED":
        end_series_of(run)
    logger.info("notified of the end", extra={"sent": sent, "status": found.status, "loaded": found.loaded})
    return gathers


def _notify_with_message(run: RunRecord, found: End, *, elsewhere: bool) -> bool:
    """Register the end with those of the runs that the same message started; notify people once all have ended.

    They count as one for the failures in a row of their job. Returns whether people were notified now.
    """
    message, sent = register_with_other_runs(run, found, elsewhere=elsewhere)
    if message.missing:
        return sent
    series = record_end_of_message(message, run)
    if message.has_failures:
        return notify_of_failures(message, series) or sent
    if success_notice.is_recovery(series):
        sent = notify_once(message, lambda: success_notice.notice(found, series))
    if series is not None:
        end_series_of(run, by=message.key)
    return sent


def _count_outcome(end: End) -> None:
    """Count the outcome, once a run; what is certainly not loaded has the metrics of Step Functions."""
    is_load = end.loaded == "yes" and end.run.follow_ups_of is None
    metrics.add_metric(name=LOADS_DONE, unit=MetricUnit.Count, value=int(is_load))
    metrics.add_metric(name=LOADS_UNKNOWN, unit=MetricUnit.Count, value=int(end.loaded == "unknown"))


def _clean_up_all(run: RunRecord, context: LambdaContext, early: bool) -> None:
    attempts = run.each_attempt()
    is_due = any(attempt.attempt.session is not None for attempt in attempts)
    try:
        problems = [_clean_up(Step(attempt, {}, context), early) for attempt in attempts]
    finally:
        if is_due:
            run.reload()
        if not run.lease_free:
            give_back_lease(run_table(), run)
        give_back(run_table(), run, is_held=not run.lease_free)
        if run.queued_since is not None or run.queued_seconds:
            clear_waiter(run_table(), run_id(run.arn))
    for problem in filter(None, problems):
        raise problem


def _clean_up(step: Step, early: bool) -> LibraryError | None:
    """Clean up one attempt, and log that. Returns the error that prevented it, unless it outlasts every session."""
    try:
        return _removed(step, early)
    finally:
        if facts := facts_of(step):
            logger.info("cleaned up", extra={"attempt": step.run.number} | facts)


def _removed(step: Step, early: bool) -> LibraryError | None:
    with step.keeping_cookies():
        try:
            cleanup.delete_instance(step)
        except LibraryError as error:
            logger.info("the instance was not deleted; it ends with its session", extra={"reason": str(error)})
        if early and cleanup.may_record_job(step.run):
            return None
        try:
            cleanup.log_out(step)
        except LibraryError as error:
            if clock.now() < (step.run.ended_at or 0) + LONGEST_SESSION:
                logger.warning("the session could not be ended; it is tried again", extra={"reason": str(error)})
                metrics.add_metric(name=CLEAN_UP_FAILED, unit=MetricUnit.Count, value=1)
                return error
            cleanup.expire(step, error)
    return None
