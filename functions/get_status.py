"""Look at the job: how far is it? Also the look after an order to execute whose fate is not known."""

from functions.library import DatamartFailed, InstanceLost, JobCancelled, LibraryError, ServerUnavailable
from functions.library.models import Execution
from functions.library.status import classify
from functions.progress import failed_job, next_wait, progress
from functions.run import clock
from functions.run.errors import OutcomeUnknown
from functions.run.outcome import Job
from functions.run.run import Run
from functions.step import Answer, Step, step

CONFIRM_SECONDS = 600
"""How long an order whose fate is unknown is looked for before the run ends as OutcomeUnknown (DESIGN.md)."""

NOT_CONCLUSIVE = frozenset({None, 0, 13})
"""What GET may answer although nothing was ever posted (contract 11, point 6)."""

NEVER_EXECUTED = frozenset({None, Job.NOT_SENT, Job.REFUSED})


@step
def handler(step: Step) -> Answer:
    """Ask for the job's status once. Returns the progress, or phase ``notExecuted`` when no job was ever started.

    Raises DatamartFailed, JobCancelled, SessionLost, InstanceLost, OutcomeUnknown, ServerUnavailable, RunTimedOut.
    """
    run = step.run
    if run.job in NEVER_EXECUTED:
        return {"phase": "notExecuted"}
    run.note(add={"polls": 1})
    if run.job is Job.POSTING:
        return _confirm(step)
    try:
        return progress(step, _ask(step))
    except JobCancelled:
        run.learn(job=failed_job(run).value)
        raise


def _ask(step: Step) -> Execution:
    run = step.run
    return step.library.get_execution(run.project_id, run.datamart_id, str(run.execution_instance_id))


def _confirm(step: Step) -> Answer:
    """The POST may or may not have arrived: only an answer that a job alone can give settles it."""
    try:
        execution = _ask(step)
    except (InstanceLost, ServerUnavailable, DatamartFailed) as error:
        return _not_yet(step.run, error)
    if execution.status in NOT_CONCLUSIVE or classify(execution.status) == "unknown":
        return _not_yet(step.run, None)
    return progress(step, execution)


def _not_yet(run: Run, error: LibraryError | None) -> Answer:
    if clock.now() - run.attempt["postedAt"] > CONFIRM_SECONDS:
        last = f" The last answer was: {error}" if error else ""
        raise OutcomeUnknown(
            f"the order to execute went out and in {CONFIRM_SECONDS // 60} minutes no sign of the job was seen.{last}"
        )
    return {"phase": "running", "waitSeconds": next_wait(run)}
