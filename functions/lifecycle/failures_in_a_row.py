"""What the end of a run or a batch means for the failures in a row of its job or batch."""

from functions import clock
from functions.notifications.run_end import End
from functions.requests.named_batches import deployed_batches
from functions.requests.named_jobs import deployed_jobs
from functions.runs.last_loads import is_load_of, is_run_of
from functions.runs.model import Run
from functions.runs.notification import Notification
from functions.runs.series import Series
from functions.runs.store.batches import BatchRecord
from functions.runs.store.durations import key_of_datamart
from functions.runs.store.last_loads import key_of, record_load
from functions.runs.store.notices import MessageRecord
from functions.runs.store.record import RunRecord
from functions.runs.store.runs import find_runs
from functions.runs.store.series import begin_recovery, end_recovery, record_failure
from functions.runs.store.table import expiry

INSTANT = 0.001
"""Seconds between the end of a run and that of the message which started it."""


def record_end(run: RunRecord, end: End, *, reported_alone: bool) -> Series | None:
    """Record a load or a failure for the run's job, if it is deployed; of a run without a job for its datamart.

    Returns the failures in a row with this one; of a load those that it ends, if it is this run that notifies people of
    it. None where there are none, and for a run that is not ``reported_alone``: its batch or its message counts. A run
    that only does the follow-ups of another neither loads nor fails to.
    """
    if run.follow_ups_of is not None:
        return None
    at, is_load = run.finished_at or run.ended_at or clock.now(), end.loaded == "yes"
    ends_series = is_load and reported_alone and end.status == "SUCCEEDED"
    fails = not is_load and reported_alone and end.status != "SUCCEEDED" and not run.notice_sent
    if run.job_name is None:
        key = None if run.datamart is None else key_of_datamart(run)
        if key and ends_series and run.ends_series:
            return begin_recovery(run.table, key, run.arn, at, run.table.load(key) or {})
        return record_failure(run.table, key, run.arn, at, expiry(at)) if key and fails else None
    job, key = deployed_jobs().get(run.job_name), key_of("job", run.job_name)
    if job is None:
        return None
    if is_load and is_load_of(job, run):
        item = record_load(run.table, run.job_name, at, run.arn)
        return begin_recovery(run.table, key, run.arn, at, item) if ends_series else None
    return record_failure(run.table, key, run.arn, at) if fails and is_run_of(job, run) else None


def record_end_of_batch(record: BatchRecord, *, succeeded: bool) -> Series | None:
    """The same for a batch, which is loaded where it has succeeded."""
    if record.name is None or record.name not in deployed_batches():
        return None
    at, key = record.ended_at or clock.now(), key_of("batch", record.name)
    if succeeded:
        item = record_load(record.table, record.name, at, record.arn, "batch")
        return begin_recovery(record.table, key, record.arn, at, item)
    return None if Notification.NOTICE in record.notified else record_failure(record.table, key, record.arn, at)


def record_end_of_message(message: MessageRecord, run: Run) -> Series | None:
    """The same for the runs that one message started, which count as one: failed where one of them has.

    ``run`` is one of them.
    """
    job = deployed_jobs().get(run.job_name or "")
    if job is None or run.job_name is None:
        return None
    key, at = key_of("job", run.job_name), _last_end(message, run)
    if message.has_failures:
        is_due = is_run_of(job, run) and not message.notice_sent
        return record_failure(message.table, key, message.key, at) if is_due else None
    if run.loaded != "yes" or not is_load_of(job, run):
        return None
    return begin_recovery(message.table, key, message.key, at, message.table.load(key) or {})


def _last_end(message: MessageRecord, run: Run) -> float:
    """Just after the last of the runs of a message ended, whichever end is processed last: all are of one job.

    A run that has loaded may have ended at the same instant; its load does not come after the message.
    """
    beginning = run.arn.rpartition("-")[0]
    runs = find_runs(message.table, [f"{beginning}-{digits}" for digits in message.ends])
    return max((each.ended_at for each in runs if each.ended_at is not None), default=clock.now()) + INSTANT


def end_series_of(run: RunRecord, by: str | None = None) -> None:
    """People were notified that the failures have ended, ``by`` a run or the key of its message; its own by default."""
    end_recovery(run.table, key_of("job", run.job_name) if run.job_name else key_of_datamart(run), by or run.arn)


def end_series_of_batch(record: BatchRecord) -> None:
    """The same of a batch."""
    end_recovery(record.table, key_of("batch", str(record.name)), record.arn)
