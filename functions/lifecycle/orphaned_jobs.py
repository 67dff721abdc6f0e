"""Orphaned jobs: waits until a job that no run follows any more has ended, so that its datamart may be executed.

Those of earlier runs keep the datamart's lease pending; those of earlier attempts are this run's own
(DESIGN.md "Losing the session or the instance").
"""

from functions import clock
from functions.errors import LibraryError, PermissionDenied, ServerBusy, SessionLost
from functions.lifecycle.step import Step
from functions.microstrategy.status import ENDED, GONE
from functions.runs.attempt import Attempt
from functions.runs.conclusion import may_rerun
from functions.runs.concurrency import in_progress, set_job_ended, take_lease
from functions.runs.job_state import JobState, latest_end, may_go_on
from functions.runs.lease import PendingJob
from functions.runs.store.job_states import record_job_ended
from functions.runs.store.table import run_table
from functions.telemetry import logger

UNKNOWN = "the session was lost, and whether its job has ended cannot be known: {why}"


def take_datamart(step: Step) -> None:
    """Take the datamart's lease, also from a run that has ended if the job monitor shows that its job has, too.

    Raises RunInProgress.
    """
    held = take_lease(run_table(), step.run)
    if held is not None and held.pending is not None and _is_gone(step, held.pending):
        set_job_ended(run_table(), held)
        held = take_lease(run_table(), step.run)
    if held is not None:
        raise in_progress(held)


def _is_gone(step: Step, pending: PendingJob) -> bool:
    try:
        return _look(step, pending.job_id, pending.base_url) in ENDED
    except LibraryError as error:
        known = {"until": pending.until, "jobId": pending.job_id, "baseUrl": pending.base_url}
        logger.info("whether the earlier job has ended is not known", extra=known | {"reason": str(error)})
        return False


def wait_for_orphaned_jobs(step: Step) -> None:
    """Wait for the jobs of earlier attempts that may still run.

    Raises
    ------
    ServerBusy
        One still runs: retry later.
    SessionLost
        Its state cannot be known, it has loaded the table, or the datamart was changed since: it may not be executed
        again.
    """
    is_rerun = any(attempt.job_state is JobState.LOST for attempt in step.run.attempts.values())
    if is_rerun and not may_rerun(step.run):
        raise SessionLost("the session was lost, and the datamart as it is defined now may not be loaded again")
    for lost in step.run.each_attempt():
        if lost.number < step.run.number and may_go_on(lost.attempt):
            said = _wait_for(step, lost.attempt)
            known = {"job": lost.attempt.job_id, "attempt": lost.number, "how": said}
            logger.info("the orphaned job has ended", extra=known)
            record_job_ended(lost, said)
            step.run.reload()
            if lost.attempt.job_state is JobState.LOADED:
                raise SessionLost("the job of an attempt that lost its session has completed")


def _wait_for(step: Step, attempt: Attempt) -> str:
    """What the monitor says of the job, now that it has ended."""
    until = latest_end(attempt)
    if until is not None and clock.now() > until:
        return GONE
    try:
        if (said := _look(step, attempt.job_id, attempt.base_url, attempt.posted_at)) in ENDED:
            return said
        raise ServerBusy(f"the job {attempt.job_id} of an attempt that lost its session still runs")
    except PermissionDenied as error:
        if until is None:
            raise SessionLost(UNKNOWN.format(why=f"the job monitor is closed to the account ({error})")) from None
    raise ServerBusy(f"the job of an attempt that lost its session may go on until {clock.timestamp(until)}")


def _look(step: Step, job_id: str | None, base_url: str | None, posted_at: float | None = None) -> str:
    """What the monitor says of the job of an attempt, or of a pending one."""
    if job_id is None:
        raise PermissionDenied("the response to the execution request has no job ID")
    if base_url != step.run.attempt.base_url:
        raise PermissionDenied("the connection has moved to another server")
    return step.library.get_job(job_id, step.run.datamart_id, posted_at)
