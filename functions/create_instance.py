"""Create the datamart's instance in the server's memory; nothing is executed by it (contract 5, note a)."""

import contextlib

from functions.library import LibraryError
from functions.step import Answer, Step, step


@step
def handler(step: Step) -> Answer:
    """Create the instance and keep its id. Returns ``instanceId``.

    Raises ServerUnavailable (repeated once: a lost answer leaves an instance until logout), NotFound,
    PermissionDenied, RunAlreadyEnded (the run was closed meanwhile: what was created is deleted again).
    """
    run = step.run
    if run.instance_id is None:
        instance_id = step.library.create_instance(run.project_id, run.datamart_id)
        try:
            run.store(instanceId=instance_id)
        except Exception:  # closed meanwhile, or the table cannot be written: nobody else knows of this instance
            with contextlib.suppress(LibraryError):
                step.library.delete_instance(run.project_id, run.datamart_id, instance_id)
            raise
    return {"instanceId": run.instance_id}
