"""Send the execution request: at most once (DESIGN.md "Executing")."""

import contextlib

from botocore.exceptions import BotoCoreError, ClientError

from functions import clock
from functions.errors import LibraryError, OutcomeUnknown, ServerUnavailable
from functions.handlers._decorators import step
from functions.lifecycle.progress import progress
from functions.lifecycle.refusals import is_refusal
from functions.lifecycle.step import Step, StepResult
from functions.runs.job_state import JobState
from functions.runs.store.job_states import begin_execution, record_job_state, record_not_executed
from functions.runs.store.record import RunRecord


@step
def handler(step: Step) -> StepResult:
    """Write the intent, post, keep what the response says. Returns the progress, as get_status does.

    Where another run or attempt has loaded the table, nothing is sent: only what follows is left to do.

    Raises
    ------
    ServerUnavailable
        Only when the POST provably never left: the one case in which it is sent again.
    OutcomeUnknown
        An intent is there already, or the answer was lost: look, never post.
    LibraryError
        The server answered that it does not execute.
    """
    run = step.run
    if run.is_loaded_before:
        return {"phase": "succeeded", "waitSeconds": 1}
    if not _intend(run):
        raise OutcomeUnknown("another invocation of this step has sent the execution request")
    asked_at = clock.now()
    try:
        execution = step.library.execute(run.project_id, run.datamart_id, str(run.attempt.instance_id))
    except LibraryError as error:
        known = _after(error)
        record_not_executed(run, known, error)
        if known is JobState.POSTING:
            raise OutcomeUnknown(f"it is unknown whether the server accepted the execution request: {error}") from error
        raise
    return progress(step, execution, asked_at, job_id=execution.job_id)


def _intend(run: RunRecord) -> bool:
    """Record the intent. If that fails, or may have failed, the execution request is not sent."""
    try:
        return begin_execution(run)
    except (ClientError, BotoCoreError) as error:
        with contextlib.suppress(ClientError, BotoCoreError):
            record_job_state(run, JobState.NOT_SENT)
        raise ServerUnavailable(
            f"the datamart was not executed: the intent could not be recorded in DynamoDB ({error})"
        ) from error


def _after(error: LibraryError) -> JobState:
    """What is known of the job once the POST has failed."""
    if error.delivery == "not sent":
        return JobState.NOT_SENT
    return JobState.REFUSED if error.delivery == "answered" and is_refusal(error) else JobState.POSTING
