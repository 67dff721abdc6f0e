"""Jobs that nobody follows any more: have they ended, so that their datamart may be executed?

Those of earlier runs keep the datamart's lease in doubt; those of earlier attempts are this run's own
(DESIGN.md "Losing the session or the instance").
"""

from functions import clock
from functions.errors import LibraryError, PermissionDenied, ServerBusy, SessionLost
from functions.lifecycle.step import Step
from functions.microstrategy.status import ENDED, GONE
from functions.runs.concurrency import believe_ended, in_progress, latest_end, may_go_on, take_lease
from functions.runs.job_state import Job
from functions.runs.job_transitions import learn_of_end
from functions.runs.leases import Doubt
from functions.runs.rerun import may_rerun
from functions.runs.run import Run
from functions.runs.run_table import Item, run_table
from functions.telemetry import logger

UNKNOWN = "the session was lost, and whether its job has ended cannot be known: {why}"


def take_datamart(step: Step) -> None:
    """Take the datamart's lease, also from a run that has ended if the job monitor shows that its job has, too.

    Raises RunInProgress.
    """
    held = take_lease(run_table(), step.run)
    if held is not None and held.uncertain is not None and _is_gone(step, held.uncertain):
        believe_ended(run_table(), held)
        held = take_lease(run_table(), step.run)
    if held is not None:
        raise in_progress(held)


def _is_gone(step: Step, doubt: Doubt) -> bool:
    try:
        return _look(step, doubt) in ENDED
    except LibraryError as error:
        logger.info("whether the earlier job has ended is not known", extra=doubt | {"reason": str(error)})
        return False


def wait_for_lost_jobs(step: Step) -> None:
    """Look after the jobs of earlier attempts that may still go on.

    Raises
    ------
    ServerBusy
        One still does: come back later.
    SessionLost
        It cannot be known, it has loaded the table, or the datamart has been changed since: nothing may be ordered
        again.
    """
    is_rerun = any(attempt.get("job") == Job.LOST for attempt in step.run.item["attempts"].values())
    if is_rerun and not may_rerun(step.run.item):
        raise SessionLost("the session was lost, and the datamart as it is defined now may not be loaded again")
    for number, attempt in step.run.item["attempts"].items():
        if int(number) < step.run.number and may_go_on(attempt):
            ended = _wait_for(step, attempt)
            logger.info("the lost job has ended", extra={"job": attempt.get("jobId"), "attempt": number, "how": ended})
            lost = Run(run_table(), step.run.item, int(number))
            learn_of_end(lost, ended)
            step.run.reload()
            if lost.job is Job.LOADED:
                raise SessionLost("the job of an attempt that lost its session has completed")


def _wait_for(step: Step, attempt: Item) -> str:
    """What the monitor says of the job, now that it has ended."""
    until = latest_end(attempt)
    if until is not None and clock.now() > until:
        return GONE
    try:
        if (said := _look(step, attempt)) in ENDED:
            return said
        raise ServerBusy(f"the job {attempt['jobId']} of an attempt that lost its session still runs")
    except PermissionDenied as error:
        if until is None:
            raise SessionLost(UNKNOWN.format(why=f"the job monitor is closed to the account ({error})")) from None
    raise ServerBusy(f"the job of an attempt that lost its session may go on until {clock.timestamp(until)}")


def _look(step: Step, job: Item) -> str:
    """What the monitor says of the job of an attempt, or of a doubt."""
    if job.get("jobId") is None:
        raise PermissionDenied("the response to the execution request has no job ID")
    if job.get("baseUrl") != step.run.attempt["baseUrl"]:
        raise PermissionDenied("the connection has moved to another server")
    return step.library.get_job(job["jobId"], step.run.datamart_id, job.get("postedAt"))
