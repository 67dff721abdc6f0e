"""What the end of a run or a batch means for the failures in a row of its job or batch."""

from functions import clock
from functions.notifications.run_end import End
from functions.requests.named_batches import deployed_batches
from functions.requests.named_jobs import deployed_jobs
from functions.runs.last_loads import is_load_of, is_run_of
from functions.runs.notification import Notification
from functions.runs.series import Series
from functions.runs.store.batches import BatchRecord
from functions.runs.store.last_loads import key_of, record_load
from functions.runs.store.record import RunRecord
from functions.runs.store.series import begin_recovery, end_recovery, record_failure


def record_end(run: RunRecord, end: End, *, reported_alone: bool) -> Series | None:
    """Record a load or a failure for the run's job, if it is deployed.

    Returns the failures in a row with this one; of a load those that it ends, if it is this run that notifies people of
    it. None where there are none, and for a run that is not ``reported_alone``: its batch or its message is.
    """
    job = deployed_jobs().get(run.job_name) if run.job_name else None
    if job is None:
        return None
    name, at = str(run.job_name), run.finished_at or run.ended_at or clock.now()
    if end.loaded == "yes":
        if not is_load_of(job, run):
            return None
        item = record_load(run.table, name, at, run.arn)
        if reported_alone and end.status == "SUCCEEDED":
            return begin_recovery(run.table, key_of("job", name), run.arn, at, item)
    elif reported_alone and end.status != "SUCCEEDED" and not run.notice_sent and is_run_of(job, run):
        return record_failure(run.table, key_of("job", name), run.arn, at)
    return None


def record_end_of_batch(record: BatchRecord, *, succeeded: bool) -> Series | None:
    """The same for a batch, which is loaded where it has succeeded."""
    if record.name is None or record.name not in deployed_batches():
        return None
    at, key = record.ended_at or clock.now(), key_of("batch", record.name)
    if succeeded:
        item = record_load(record.table, record.name, at, record.arn, "batch")
        return begin_recovery(record.table, key, record.arn, at, item)
    return None if Notification.NOTICE in record.notified else record_failure(record.table, key, record.arn, at)


def end_series_of(run: RunRecord) -> None:
    """People were notified that the failures have ended."""
    end_recovery(run.table, key_of("job", str(run.job_name)), run.arn)


def end_series_of_batch(record: BatchRecord) -> None:
    """The same of a batch."""
    end_recovery(record.table, key_of("batch", str(record.name)), record.arn)
