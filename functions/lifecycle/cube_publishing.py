"""Has a cube published, or waits for somebody else's publication that may not have read the new rows (API.md 12.1)."""

from functions import clock
from functions.errors import DatamartFailed, LibraryError
from functions.lifecycle.cube_looks import described, known_durations
from functions.lifecycle.following_up import LEAVES_IT_OPEN, failed
from functions.lifecycle.step import Step
from functions.microstrategy import CubeInfo, CubeStatus
from functions.runs.follow_ups import FollowUp, FollowUpState
from functions.runs.store.follow_ups import begin_again, record_accepted, record_wait


def is_under_way(step: Step, follow_up: FollowUp) -> bool:
    """Whether the server has accepted the publication in this session: what another session began ended with it."""
    return _is_ours(step, follow_up) and follow_up.state is FollowUpState.UNDER_WAY


def have_published(step: Step, follow_up: FollowUp) -> None:
    """Ask the server to publish the cube, and record that it has accepted.

    A publication of somebody else (a schedule's) that is under way may have begun before the load had ended, and the
    server might join ours to it: then nothing is asked yet. After a lost response one under way counts as ours, which
    some servers would refuse to begin anew.

    Raises FollowUpFailed (the server refused), ServerUnavailable, SessionLost, ServerBusy.
    """
    job_id, cube = None, follow_up.object_id
    is_repeated = _is_ours(step, follow_up) and follow_up.state is FollowUpState.BEGUN
    if not (is_repeated and CubeStatus.PROCESSING in step.library.cube_status(step.run.project_id, cube)):
        before = described(step, cube) or CubeInfo(None, None)
        if not is_repeated and CubeStatus.PROCESSING in (before.status or CubeStatus(0)):
            step.facts["publication"] = "of somebody else"
            _wait_for_others(step, follow_up)
            return
        job_id = _asked(step, follow_up, before, is_repeated=is_repeated)
    record_accepted(step.run, follow_up, job_id, known_durations(step.run, cube))


def _wait_for_others(step: Step, follow_up: FollowUp) -> None:
    """Look at theirs like at ours; nobody tells when it began, so that its time counts from the first look."""
    since, durations = follow_up.waits_since, follow_up.durations
    if since is None:
        since, durations = clock.now(), known_durations(step.run, follow_up.object_id)
    record_wait(step.run, follow_up, since, durations)


def _is_ours(step: Step, follow_up: FollowUp) -> bool:
    return follow_up.attempt == step.run.number


def _asked(step: Step, follow_up: FollowUp, before: CubeInfo, *, is_repeated: bool) -> str | None:
    """Ask, and return the job's ID if the server names it; a repetition that is refused is one that has begun."""
    begin_again(step.run, follow_up, follow_up.updated or before.updated)
    try:
        return step.library.publish_cube(step.run.project_id, follow_up.object_id)
    except LibraryError as error:
        if isinstance(error, LEAVES_IT_OPEN):
            raise
        if not (is_repeated and isinstance(error, DatamartFailed)):
            raise failed(step, follow_up, error) from error
    return None
