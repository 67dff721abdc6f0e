"""Poll the job's status, also after an execution request without a response.

It polls first and checks the deadline afterwards: a job that has ended in time is not a run that timed out.
"""

from functions.handlers._decorators import deadline_free_step
from functions.lifecycle.job_status import look
from functions.lifecycle.longer_than_usual import notify_if_longer
from functions.lifecycle.progress import recorded_failure, recorded_success
from functions.lifecycle.step import Step, StepResult
from functions.runs.job_state import FAILED, NOTHING_EXECUTED, JobState

GOING_ON = frozenset({"running", "queued", "unknown"})


@deadline_free_step
def handler(step: Step) -> StepResult:
    """Ask for the job's status once, unless its result is recorded already.

    Returns the progress, or phase ``notExecuted`` when no job was ever started.

    Raises DatamartFailed, JobCancelled, SessionLost, InstanceLost, OutcomeUnknown, ServerUnavailable, RunTimedOut.
    """
    run = step.run
    if run.is_loaded_before:
        return recorded_success(run)
    if run.attempt.job_state in NOTHING_EXECUTED:
        return {"phase": "notExecuted"}
    if run.attempt.job_state in FAILED:
        raise recorded_failure(run)
    if run.attempt.job_state is JobState.LOADED:
        return recorded_success(run)
    answer = look(step)
    if answer["phase"] in GOING_ON:
        run.check_deadline()
        notify_if_longer(run)
    return answer
