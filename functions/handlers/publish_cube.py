"""After the load: have a cube published (DESIGN.md "Following up"). Publishing twice does no harm."""

from functions.handlers._decorators import step
from functions.lifecycle.cube_looks import next_wait
from functions.lifecycle.cube_publishing import have_published, is_under_way
from functions.lifecycle.following_up import follow_up_of
from functions.lifecycle.step import Step, StepResult


@step
def handler(step: Step) -> StepResult:
    """Have the cube published, unless it is. Returns ``processing``, and ``waitSeconds`` until the first look.

    Raises FollowUpFailed (the server refused), ServerUnavailable, SessionLost, ServerBusy (all safe to repeat),
    RunTimedOut.
    """
    run, follow_up = step.run, follow_up_of(step)
    if follow_up.is_done:
        return {"processing": False}
    if not is_under_way(step, follow_up):
        have_published(step, follow_up)
    return {"processing": True, "waitSeconds": next_wait(run, run.follow_ups[follow_up.position])}
