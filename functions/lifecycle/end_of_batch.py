"""Finishes a batch: closes it, stops its runs where it was stopped, notifies, keeps its record. Idempotent."""

from typing import Any

from functions import clock
from functions.lifecycle.batch_progress import execution_of, move_on
from functions.lifecycle.failures_in_a_row import end_series_of_batch, record_end_of_batch
from functions.lifecycle.kept_history import keep, log_end
from functions.notifications import batch_end, lineage, outages, success_notice
from functions.notifications.batch_end import BatchEnd
from functions.notifications.exactly_once import once
from functions.notifications.history import record_of_batch
from functions.notifications.publish import notify_once
from functions.requests.named_jobs import named_in
from functions.requests.started import started_in
from functions.runs.batches.model import BatchOutcome, BatchPlan
from functions.runs.batches.order import ItemState
from functions.runs.executions import input_in, stop
from functions.runs.notification import Notification
from functions.runs.series import Series
from functions.runs.store.batch_lines import load_lines
from functions.runs.store.batches import (
    BatchRecord,
    end_batch,
    find_batch,
    load_plan,
    refuse_batch,
    stop_starting,
)
from functions.runs.store.table import run_table
from functions.telemetry import logger

STOPPED = "BatchStopped"
"""The error with which the runs of a stopped batch are stopped."""


def end(detail: dict[str, Any], longest_step: float = 0.0) -> bool:
    """Finish the batch whose execution has ended. Returns whether to call it once more, later.

    ``detail`` is of its status change, or what DescribeExecution answers. A function that was at work when the
    execution was stopped may still start an item for ``longest_step`` seconds.
    """
    table, arn = run_table(), detail["executionArn"]
    record = find_batch(table, arn)
    if record is None:  # the first step failed before it wrote anything
        given = input_in(detail)
        record = refuse_batch(table, arn, *named_in(given, "batch"), None, started_in(given, arn))
    plan = load_plan(table, arn) if record.states else None
    first_time = not record.ended
    if plan is not None and first_time:
        stop_starting(record)
    if first_time:
        end_batch(record, BatchOutcome(False, {}, detail.get("error"), detail.get("cause")))
    series = record_end_of_batch(record, succeeded=detail["status"] == "SUCCEEDED")
    early = record.stopped_at is not None and clock.now() < (record.ended_at or 0) + longest_step
    if plan is not None and record.stopped_at is not None:
        _stop_runs(record, plan, early)
    try:
        gathers = _notify(record, plan, detail, series)
        if series is not None and detail["status"] == "SUCCEEDED":
            end_series_of_batch(record)
    finally:
        lineage.send_once(record, arn, lambda _: lineage.of_batch(BatchEnd.of(record, plan, [], detail)))
    return early or gathers


def _stop_runs(record: BatchRecord, plan: BatchPlan, early: bool) -> None:
    """Stop the runs of a batch that starts nothing more; each cleans up as ever, and its end is recorded as ever.

    An item that was claimed and whose run is not there may still be started while it is ``early``; later it is stopped.
    """
    never_started = {}
    for index in record.items_in(ItemState.RUNNING):
        is_there = stop(execution_of(record, plan, index), STOPPED, f"its batch was stopped: {record.arn}")
        if not (is_there or early):
            never_started[index] = ItemState.STOPPED
    if never_started:
        move_on(record, never_started)


def _notify(record: BatchRecord, plan: BatchPlan | None, detail: dict[str, Any], series: Series | None) -> bool:
    """Notify machines and people. Returns whether to call it once more: it gathers the failures of an outage."""
    found = BatchEnd.of(record, plan, [] if plan is None else load_lines(record, plan), detail)
    kept, gathers = record_of_batch(found), False

    def send() -> None:
        batch_end.send_event(found)
        log_end(kept)

    try:
        sent = {Notification.EVENT: once(record, Notification.EVENT, send)}
        connection = outages.connection_of_batch(record.table, found)
        if connection is not None:
            sent[Notification.NOTICE], gathers = outages.notify_with_outage(
                record, connection, outages.failure_of_batch(found)
            )
        elif batch_end.is_due(found):
            sent[Notification.NOTICE] = notify_once(record, lambda: batch_end.notice(found, series))
        elif success_notice.is_due(found.status, "yes", series):
            sent[Notification.NOTICE] = notify_once(record, lambda: success_notice.notice_of_batch(found, series))
    finally:
        keep(kept, record.ended_at)
    logger.info("notified of the end of a batch", extra={"sent": sent, "status": found.status})
    return gathers
