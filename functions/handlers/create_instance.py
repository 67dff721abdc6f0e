"""Take the datamart for this run, then create its instance in the server's memory (API.md 5, note a).

Nothing is executed by it.
"""

import contextlib

from functions.errors import LibraryError
from functions.handlers._decorators import step
from functions.lifecycle.orphaned_jobs import take_datamart, wait_for_orphaned_jobs
from functions.lifecycle.step import Step, StepResult
from functions.runs.store.attempts import set_instance


@step
def handler(step: Step) -> StepResult:
    """Create the instance and keep its id. Returns ``instanceId``: None where the table is loaded already.

    Raises ServerUnavailable (repeated once: a lost answer leaves an instance until logout), NotFound,
    PermissionDenied, RunInProgress (another run has the datamart), ServerBusy (an orphaned job of this run still runs),
    RunAlreadyEnded (the run was closed meanwhile). What could not be kept in the run is deleted again.
    """
    run = step.run
    if run.attempt.instance_id is None:
        take_datamart(step)
        if run.is_loaded_before:
            return {"instanceId": None}
        wait_for_orphaned_jobs(step)
        instance_id = step.library.create_instance(run.project_id, run.datamart_id)
        kept = False
        try:
            kept = set_instance(run, instance_id)
        finally:  # closed meanwhile, another invocation was first, or the table cannot be written
            if not kept:
                with contextlib.suppress(LibraryError):
                    step.library.delete_instance(run.project_id, run.datamart_id, instance_id)
    return {"instanceId": run.attempt.instance_id}
