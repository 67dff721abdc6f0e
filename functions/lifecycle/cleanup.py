"""Cleans up on the server at the end of an attempt and of a run: cancels the job, deletes the instance, logs out.

Idempotent: each part is done only while the run's item says that it is due, and what does not exist any more counts as
removed.
"""

from aws_lambda_powertools.metrics import MetricUnit

from functions.errors import LibraryError, SessionLost
from functions.lifecycle.step import Step
from functions.metric_names import SESSION_EXPIRED
from functions.microstrategy.status import ENDED
from functions.runs.job_state import MAY_BE_RUNNING, UNSETTLED
from functions.runs.model import Run
from functions.runs.store.attempts import clear_session, expire_session, record_instance_deleted
from functions.runs.store.job_states import record_job_ended, record_not_cancelled
from functions.telemetry import logger, metrics


def delete_instance(step: Step) -> None:
    """Cancel the job if it may still be going (where the job monitor is allowed), then delete the instance.

    Raises ServerUnavailable and the like; the caller repeats.
    """
    run = step.run
    if run.attempt.session is None:
        return
    _cancel_job(step)  # also without an instance: the job's ID may have been recorded after it was deleted
    if run.attempt.instance_id is None or run.attempt.instance_deleted:
        return
    try:
        was_there = step.library.delete_instance(run.project_id, run.datamart_id, run.attempt.instance_id)
        _note(step, instance="deleted" if was_there else "was gone")
    except SessionLost:
        _note(step, instance="ended with its session")
    record_instance_deleted(run)


def log_out(step: Step) -> None:
    """End the session and remove it from the run's item. Raises ServerUnavailable and the like; the caller repeats."""
    if step.run.attempt.session is None:
        return
    step.library.log_out()
    _note(step, session="logged out")
    clear_session(step.run)


def may_record_job(run: Run) -> bool:
    """Whether a function that is still at work may write the id of a job, which only the session could cancel."""
    return run.attempt.job_state in UNSETTLED and not run.attempt.job_id


def expire(step: Step, error: LibraryError) -> None:
    """Give the session up: by now the server's idle timeout has ended it, or nothing does. The secret does not stay."""
    expire_session(step.run)
    _note(step, session="given up")
    logger.warning("the session could not be ended, only its idle timeout can", extra={"reason": str(error)})
    metrics.add_metric(name=SESSION_EXPIRED, unit=MetricUnit.Count, value=1)


def _note(step: Step, **removed: str) -> None:
    """For the log line: what was removed (job, instance, session), and how."""
    step.facts["cleaned"] = step.facts.get("cleaned", {}) | removed


def _cancel_job(step: Step) -> None:
    attempt = step.run.attempt
    job_id = attempt.job_id
    if attempt.job_state not in MAY_BE_RUNNING or not job_id or attempt.job_ended:
        return
    try:
        asked = (job_id, step.run.datamart_id, attempt.posted_at)
        if (said := step.library.get_job(*asked)) not in ENDED:
            step.library.cancel_job(job_id)
            said = step.library.get_job(*asked)
        _note(step, job=said)
        if said in ENDED:
            record_job_ended(step.run, said)
        else:
            record_not_cancelled(step.run, f"it was cancelled, and the job monitor still says: {said}")
    except LibraryError as error:
        logger.info("the job was not cancelled; it may go on", extra={"jobId": job_id, "reason": str(error)})
        record_not_cancelled(step.run, str(error))
