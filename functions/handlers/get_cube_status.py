"""Look at a cube that is being published. Like a job it is looked at first, and the deadline is checked afterwards."""

from functions.handlers._decorators import deadline_free_step
from functions.lifecycle.cube_looks import look, next_wait, record_cube_duration
from functions.lifecycle.cube_publishing import have_published, is_under_way
from functions.lifecycle.following_up import failed, follow_up_of
from functions.lifecycle.step import Step, StepResult
from functions.runs.store.follow_ups import record_done, record_look


@deadline_free_step
def handler(step: Step) -> StepResult:
    """Look once. Returns ``processing``, and ``waitSeconds`` until the next look while it goes on.

    While somebody else's publication is waited for, it tries once more to begin ours.

    Raises FollowUpFailed (the cube is not ready, or its job has failed), SessionLost, ServerUnavailable, RunTimedOut.
    """
    run, follow_up = step.run, follow_up_of(step)
    if follow_up.is_done:
        return {"processing": False}
    if not is_under_way(step, follow_up):
        run.check_deadline()
        have_published(step, follow_up)
        return {"processing": True, "waitSeconds": next_wait(run, run.follow_ups[follow_up.position])}
    found, is_at_work = look(step, follow_up)
    step.facts["publication"] = found.name
    if found.has_failed:
        raise failed(step, follow_up, found.value)
    if found.has_ended:
        record_done(run, follow_up)
        record_cube_duration(run, follow_up)
        return {"processing": False}
    record_look(run, follow_up, seen=follow_up.seen or is_at_work)
    run.check_deadline()
    return {"processing": True, "waitSeconds": next_wait(run, run.follow_ups[follow_up.position])}
