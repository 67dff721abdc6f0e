"""After the load: have a cube published (DESIGN.md "Following up"). Publishing twice does no harm."""

from functions.errors import DatamartFailed, LibraryError
from functions.handlers._decorators import step
from functions.lifecycle.cube_looks import known_durations, next_wait, updated
from functions.lifecycle.following_up import LEAVES_IT_OPEN, failed, follow_up_of
from functions.lifecycle.step import Step, StepResult
from functions.microstrategy import CubeStatus
from functions.runs.follow_ups import FollowUp, FollowUpState
from functions.runs.store.follow_ups import begin_again, record_accepted


@step
def handler(step: Step) -> StepResult:
    """Have the cube published, unless it is. Returns ``processing``, and ``waitSeconds`` until the first look.

    What another session has begun ended with it, and begins anew. After a lost response the cube is looked at first:
    some servers refuse a second publication while one goes on.

    Raises FollowUpFailed (the server refused), ServerUnavailable, SessionLost, ServerBusy (all safe to repeat),
    RunTimedOut.
    """
    run, follow_up = step.run, follow_up_of(step)
    if follow_up.is_done:
        return {"processing": False}
    is_ours = follow_up.attempt == run.number
    if not (is_ours and follow_up.state is FollowUpState.UNDER_WAY):
        _publish(step, follow_up, is_repeated=is_ours and follow_up.state is FollowUpState.BEGUN)
    return {"processing": True, "waitSeconds": next_wait(run, run.follow_ups[follow_up.position])}


def _publish(step: Step, follow_up: FollowUp, *, is_repeated: bool) -> None:
    """Begin, and record that the server has accepted it; ``is_repeated``: the response to the last try was lost."""
    run, cube = step.run, follow_up.object_id
    job_id = None
    if not (is_repeated and CubeStatus.PROCESSING in step.library.cube_status(run.project_id, cube)):
        before = follow_up.updated or updated(step, cube)
        begin_again(run, follow_up, before)
        try:
            job_id = step.library.publish_cube(run.project_id, cube)
        except LibraryError as error:
            if isinstance(error, LEAVES_IT_OPEN):
                raise
            if not (is_repeated and isinstance(error, DatamartFailed)):
                raise failed(step, follow_up, error) from error
    record_accepted(run, follow_up, job_id, known_durations(run, cube))
