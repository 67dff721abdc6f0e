"""What a run that was cut short had come to, as far as one more look at its job tells: that is what people are told."""

from functions.errors import LibraryError, RunError
from functions.lifecycle.job_status import look
from functions.lifecycle.step import Step
from functions.runs.job_state import UNSETTLED
from functions.telemetry import logger


def look_once_more(step: Step) -> None:
    """Look at the job of an attempt whose execution was stopped or timed out. It does not matter if that fails."""
    if step.run.attempt.job_state not in UNSETTLED or step.run.attempt.session is None:
        return
    with step.keeping_cookies():
        try:
            look(step)
        except (LibraryError, RunError) as error:
            logger.info("the last look at the job", extra={"reason": str(error)})
