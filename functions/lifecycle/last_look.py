"""One last look at the job of a run that was stopped or timed out, so that the notification is up to date."""

from functions.errors import LibraryError, RunError
from functions.lifecycle.job_status import look
from functions.lifecycle.step import Step
from functions.runs.job_state import UNSETTLED
from functions.telemetry import logger


def look_once_more(step: Step) -> None:
    """Look at the job of an attempt whose execution was stopped or timed out. A failure is only logged."""
    if step.run.attempt.job_state not in UNSETTLED or step.run.attempt.session is None:
        return
    with step.keeping_cookies():
        try:
            look(step)
        except (LibraryError, RunError) as error:
            logger.info("the last look at the job", extra={"reason": str(error)})
