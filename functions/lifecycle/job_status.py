"""Polls a job once, also when it is not known whether the execution request arrived."""

from functions import clock
from functions.errors import (
    DatamartFailed,
    InstanceLost,
    JobCancelled,
    LibraryError,
    NotFound,
    OutcomeUnknown,
    ServerBusy,
    ServerUnavailable,
)
from functions.lifecycle.progress import fail, next_wait, progress
from functions.lifecycle.step import Step, StepResult
from functions.microstrategy.codes import ENDED_IN_SQL
from functions.microstrategy.models import Execution
from functions.microstrategy.status import classify
from functions.runs.job_state import LATEST_BEGINNING, JobState
from functions.runs.model import Run
from functions.runs.store.runs import count_poll

NOT_CONCLUSIVE = frozenset({None, 0, 13})
"""What GET may answer although nothing was ever posted (API.md 11.6)."""


def look(step: Step) -> StepResult:
    """Ask for the job's status and keep what it says. Returns the progress.

    Raises DatamartFailed, JobCancelled, SessionLost, InstanceLost, OutcomeUnknown, ServerUnavailable,
    PromptAnswerRejected.
    """
    run, asked_at = step.run, clock.now()
    try:
        execution = _ask(step)
    except (DatamartFailed, JobCancelled) as error:
        if error.i_server_code in ENDED_IN_SQL:
            raise fail(run, error) from None
        if run.attempt.job_state is JobState.POSTING:
            return _not_yet(run, error)
        raise
    except (InstanceLost, NotFound, ServerUnavailable, ServerBusy) as error:
        if run.attempt.job_state is JobState.POSTING:
            return _not_yet(run, error)
        if error.retry_after is None:
            raise _not_now(error) from None
        return {"phase": "unknown", "waitSeconds": next_wait(run, error.retry_after)}
    says_nothing = execution.status in NOT_CONCLUSIVE or classify(execution.status) == "unknown"
    if run.attempt.job_state is JobState.POSTING and says_nothing:
        step.facts["status"] = execution.status
        count_poll(run)
        return _not_yet(run, None)
    return progress(step, execution, asked_at, polls=1)


def _not_now(error: LibraryError) -> LibraryError:
    """A server that is too busy for a look says nothing of the job: it is looked at again, like after no answer."""
    return ServerUnavailable(str(error)) if isinstance(error, ServerBusy) else error


def _ask(step: Step) -> Execution:
    run = step.run
    return step.library.get_execution(run.project_id, run.datamart_id, str(run.execution_instance_id))


def _not_yet(run: Run, error: LibraryError | None) -> StepResult:
    """The POST may or may not have arrived: only a response that a job alone can give settles it.

    Raises OutcomeUnknown when no job can begin any more (DESIGN.md "Executing").
    """
    if clock.now() - (run.attempt.posted_at or 0) > LATEST_BEGINNING:
        answers = {"The response to that": run.attempt.execution_response, "The last look at the job": error}
        said = "".join(f" {which}: {answer}." for which, answer in answers.items() if answer)
        raise OutcomeUnknown(
            f"the execution request was sent, and {LATEST_BEGINNING // 60} minutes showed no sign of a job.{said}"
        )
    return {"phase": "unknown", "waitSeconds": next_wait(run)}
