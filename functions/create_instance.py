"""Create the datamart's instance in the server's memory; nothing is executed by it (contract 5, note a)."""

from functions.run.errors import RunAlreadyEnded
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
        except RunAlreadyEnded:
            step.library.delete_instance(run.project_id, run.datamart_id, instance_id)
            raise
    return {"instanceId": run.instance_id}
