"""One last look at the job of a run that was stopped or timed out, so that the notification is up to date."""

from functions.errors import LibraryError, RunError
from functions.lifecycle.job_status import look
from functions.lifecycle.step import Step
from functions.lifecycle.step_log import facts_of
from functions.runs.job_state import UNSETTLED
from functions.telemetry import logger


def look_once_more(step: Step) -> None:
    """Look at the job of an attempt whose execution was stopped or timed out. A failure is only logged."""
    if step.run.attempt.job_state not in UNSETTLED or step.run.attempt.session is None:
        return
    reason = None
    with step.keeping_cookies():
        try:
            look(step)
        except (LibraryError, RunError) as error:
            reason = str(error)
    logger.info("the last look at the job", extra={"attempt": step.run.number, "reason": reason} | facts_of(step))
