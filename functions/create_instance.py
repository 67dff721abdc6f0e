"""Take the datamart for this run, then create its instance in the server's memory (contract 5, note a).

Nothing is executed by it.
"""

import contextlib

from functions.library import LibraryError
from functions.lost_jobs import take_datamart, wait_for_lost_jobs
from functions.step import Answer, Step, step


@step
def handler(step: Step) -> Answer:
    """Create the instance and keep its id. Returns ``instanceId``.

    Raises ServerUnavailable (repeated once: a lost answer leaves an instance until logout), NotFound,
    PermissionDenied, RunInProgress (another run has the datamart), ServerBusy (a lost job of this run still goes on),
    RunAlreadyEnded (the run was closed meanwhile: what was created is deleted again).
    """
    run = step.run
    if run.instance_id is None:
        take_datamart(step)
        wait_for_lost_jobs(step)
        instance_id = step.library.create_instance(run.project_id, run.datamart_id)
        try:
            run.store(instanceId=instance_id)
        except Exception:  # closed meanwhile, or the table cannot be written: nobody else knows of this instance
            with contextlib.suppress(LibraryError):
                step.library.delete_instance(run.project_id, run.datamart_id, instance_id)
            raise
    return {"instanceId": run.instance_id}
