"""Leave nothing behind: what the end of an attempt and the end of a run do on the server.

Idempotent: each part is done only while the run item says that there is something, and a thing that is gone
already counts as removed.
"""

from aws_lambda_powertools.metrics import MetricUnit

from functions import clock
from functions.errors import LibraryError, SessionLost
from functions.lifecycle.step import Step
from functions.metric_names import SESSION_EXPIRED
from functions.microstrategy.status import ENDED
from functions.runs.job_state import MAY_BE_RUNNING, UNSETTLED
from functions.runs.job_transitions import learn_of_end
from functions.runs.run import Run
from functions.telemetry import logger, metrics
from functions.text import shorten

LONGEST_REASON = 500
"""Bytes that are kept of why a job was not cancelled."""


def delete_instance(step: Step) -> None:
    """Cancel the job if it may still be going (where the job monitor is allowed), then delete the instance.

    Raises ServerUnavailable and the like; the caller repeats.
    """
    run = step.run
    if run.access is None:
        return
    _cancel_job(step)  # also when the instance is gone: the job's id may have been learned after that
    if run.instance_id is None or run.attempt.get("instanceDeleted"):
        return
    try:
        step.library.delete_instance(run.project_id, run.datamart_id, run.instance_id)
    except SessionLost:
        logger.info("the session is gone, and the instance with it")
    run.learn(instanceDeleted=True)


def log_out(step: Step) -> None:
    """End the session and forget it. Raises ServerUnavailable and the like; the caller repeats."""
    if step.run.access is None:
        return
    step.library.log_out()
    step.run.forget("session")


def may_learn_job(run: Run) -> bool:
    """Whether a function that is still at work may write the id of a job, which only the session could cancel."""
    return run.job in UNSETTLED and not run.attempt.get("jobId")


def expire(step: Step, error: LibraryError) -> None:
    """Give the session up: by now the server's idle timeout has ended it, or nothing does. The secret does not stay."""
    here = f"attempts.{step.run.number}"
    step.run.change(put={f"{here}.expired": clock.now()}, remove=(f"{here}.session",))
    logger.warning("the session could not be ended, only its idle timeout can", extra={"reason": str(error)})
    metrics.add_metric(name=SESSION_EXPIRED, unit=MetricUnit.Count, value=1)


def _cancel_job(step: Step) -> None:
    job_id = step.run.attempt.get("jobId")
    if step.run.job not in MAY_BE_RUNNING or not job_id or step.run.attempt.get("jobEnded"):
        return
    try:
        asked = (job_id, step.run.datamart_id, step.run.attempt["postedAt"])
        if (said := step.library.get_job(*asked)) not in ENDED:
            step.library.cancel_job(job_id)
            said = step.library.get_job(*asked)
        if said in ENDED:
            learn_of_end(step.run, said)
        else:
            _learn_not_cancelled(step.run, f"it was cancelled, and the job monitor still says: {said}")
    except LibraryError as error:
        logger.info("the job was not cancelled; it may go on", extra={"jobId": job_id, "reason": str(error)})
        _learn_not_cancelled(step.run, str(error))


def _learn_not_cancelled(run: Run, why: str) -> None:
    run.learn(notCancelled=shorten(why, LONGEST_REASON))
