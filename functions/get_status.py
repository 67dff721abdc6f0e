"""Look at the job: how far is it? Also the look after an order to execute whose fate is not known.

It looks first and asks for the deadline afterwards: a job that has ended in time is not a run that timed out.
"""

from functions.library import (
    DatamartFailed,
    InstanceLost,
    JobCancelled,
    LibraryError,
    NotFound,
    ServerBusy,
    ServerUnavailable,
)
from functions.library.job_codes import ENDED_IN_SQL
from functions.library.models import Execution
from functions.library.status import classify
from functions.progress import fail, next_wait, progress, told_failure
from functions.run import clock
from functions.run.errors import OutcomeUnknown
from functions.run.outcome import FAILED, NOTHING_ORDERED, Job
from functions.run.run import Run
from functions.step import Answer, Step, deadline_free_step

CONFIRM_SECONDS = 600
"""How long an order whose fate is unknown is looked for before the run ends as OutcomeUnknown (DESIGN.md)."""

NOT_CONCLUSIVE = frozenset({None, 0, 13})
"""What GET may answer although nothing was ever posted (contract 11, point 6)."""

GOING_ON = frozenset({"running", "queued", "unknown"})


@deadline_free_step
def handler(step: Step) -> Answer:
    """Ask for the job's status once. Returns the progress, or phase ``notExecuted`` when no job was ever started.

    Raises DatamartFailed, JobCancelled, SessionLost, InstanceLost, OutcomeUnknown, ServerUnavailable, RunTimedOut.
    """
    run = step.run
    if run.job in NOTHING_ORDERED:
        return {"phase": "notExecuted"}
    if run.job in FAILED:
        raise told_failure(run)
    run.note(add={"polls": 1})
    answer = _look(step)
    if answer["phase"] in GOING_ON:
        run.check_deadline()
    return answer


def _look(step: Step) -> Answer:
    run, asked_at = step.run, clock.now()
    try:
        execution = _ask(step)
    except (DatamartFailed, JobCancelled) as error:
        if error.i_server_code in ENDED_IN_SQL:
            raise fail(run, error) from None
        if run.job is Job.POSTING:
            return _not_yet(run, error)
        raise
    except (InstanceLost, NotFound, ServerUnavailable, ServerBusy) as error:
        if run.job is Job.POSTING:
            return _not_yet(run, error)
        if error.retry_after is None:
            raise _not_now(error) from None
        return {"phase": "unknown", "waitSeconds": next_wait(run, error.retry_after)}
    if run.job is Job.POSTING and (execution.status in NOT_CONCLUSIVE or classify(execution.status) == "unknown"):
        return _not_yet(run, None)
    return progress(step, execution, asked_at)


def _not_now(error: LibraryError) -> LibraryError:
    """A server that is too busy for a look says nothing of the job: it is looked at again, like after no answer."""
    return ServerUnavailable(str(error)) if isinstance(error, ServerBusy) else error


def _ask(step: Step) -> Execution:
    run = step.run
    return step.library.get_execution(run.project_id, run.datamart_id, str(run.execution_instance_id))


def _not_yet(run: Run, error: LibraryError | None) -> Answer:
    """The POST may or may not have arrived: only an answer that a job alone can give settles it."""
    if clock.now() - run.attempt["postedAt"] > CONFIRM_SECONDS:
        answers = {"The order was answered": run.attempt.get("orderAnswer"), "The last look": error}
        said = "".join(f" {which}: {answer}." for which, answer in answers.items() if answer)
        raise OutcomeUnknown(
            f"the order to execute went out and in {CONFIRM_SECONDS // 60} minutes no sign of the job was seen.{said}"
        )
    return {"phase": "unknown", "waitSeconds": next_wait(run)}
