"""Looks at a cube that is being published: what one says, and when the next one follows (API.md 12.1).

The waits are those of jobs, learned from the cube's own publications.
"""

import contextlib
import os
from typing import NamedTuple

from botocore.exceptions import BotoCoreError, ClientError

from functions import clock
from functions.errors import DatamartFailed, NotFound, PermissionDenied, ServerBusy, ServerUnavailable
from functions.lifecycle.following_up import failed
from functions.lifecycle.step import Step
from functions.microstrategy import CubeInfo, CubeStatus
from functions.microstrategy.cube_publication import START_SECONDS, Publication, publication
from functions.microstrategy.status import ENDED
from functions.runs.follow_ups import FollowUp
from functions.runs.model import Polling, Run
from functions.runs.polling import LOOK_COST, seconds_until_next_look, with_duration
from functions.runs.store.durations import load_durations, record_durations_of
from functions.runs.store.record import RunRecord
from functions.runs.store.table import ConditionFailed
from functions.telemetry import logger


class CubeLook(NamedTuple):
    """What a look says: how far the publication is, and whether the server was seen at work on it."""

    publication: Publication
    is_at_work: bool


def look(step: Step, follow_up: FollowUp) -> CubeLook:
    """Ask for the cube's state, for the job's, and where it counts whether the cube has new data.

    Raises FollowUpFailed (the server refuses to tell), SessionLost, ServerUnavailable (also for a server that is busy).
    """
    try:
        return _look(step, follow_up)
    except ServerBusy as error:
        raise ServerUnavailable(str(error)) from None
    except (NotFound, PermissionDenied, DatamartFailed) as error:
        raise failed(step, follow_up, error) from error


def _look(step: Step, follow_up: FollowUp) -> CubeLook:
    run, cube = step.run, follow_up.object_id
    status, job = step.library.cube_status(run.project_id, cube), _job(step, follow_up)
    goes_on = CubeStatus.PROCESSING in status or (job is not None and job not in ENDED)
    is_renewed = None if goes_on or CubeStatus.READY not in status else _is_renewed(step, follow_up)
    has_begun = follow_up.seen or clock.now() >= (follow_up.began_at or 0) + START_SECONDS
    return CubeLook(publication(status, job, is_renewed, has_begun), goes_on)


def _job(step: Step, follow_up: FollowUp) -> str | None:
    """The monitor's word for the job; None where it has no known ID, or the account may not look."""
    if follow_up.job_id is None:
        return None
    try:
        return step.library.get_job(follow_up.job_id, follow_up.object_id, follow_up.began_at)
    except PermissionDenied:
        return None


def _is_renewed(step: Step, follow_up: FollowUp) -> bool | None:
    """Whether the cube has other data than before; None where the server does not tell."""
    before = follow_up.updated
    now = None if before is None else described(step, follow_up.object_id)
    return None if now is None or now.updated is None else now.updated != before


def described(step: Step, cube: str) -> CubeInfo | None:
    """What the server says of a cube; None where it does not tell."""
    with contextlib.suppress(NotFound, PermissionDenied, DatamartFailed):
        return step.library.cube_info(step.run.project_id, cube)
    return None


def next_wait(run: Run, follow_up: FollowUp) -> int:
    """Whole seconds until the next look; all looks of the run count, because its history has limited room.

    What is looked at is our publication, or before it somebody else's that is waited for.
    """
    since = follow_up.waits_since or follow_up.began_at or clock.now()
    return seconds_until_next_look(
        max(0.0, clock.now() - since),
        run.polls + sum(one.looks for one in run.follow_ups),
        follow_up.durations,
        remaining=run.seconds_left(),
        longest=(run.polling or Polling()).longest_wait,
        look_cost=float(os.environ.get("LOOK_COST", LOOK_COST)),
    )


def known_durations(run: RunRecord, cube: str) -> tuple[float, ...]:
    """How long the cube's last publications took; none where they cannot be read."""
    try:
        return load_durations(run.table, run.connection, run.project_id, cube).durations
    except (ClientError, BotoCoreError) as error:
        logger.warning("the durations of earlier publications cannot be read", extra={"reason": str(error)})
        return ()


def record_cube_duration(run: RunRecord, follow_up: FollowUp) -> None:
    """Record how long the publication took that was just found ready; what cannot be written is done without.

    ``follow_up`` is as it was before: it has the durations of the publications before this one.
    """
    if follow_up.began_at is None or run.ended:
        return
    durations = with_duration(follow_up.durations, clock.now() - follow_up.began_at)
    try:
        record_durations_of(run.table, run, follow_up.object_id, durations)
    except ConditionFailed:
        pass  # an earlier publication of this run is recorded
    except (ClientError, BotoCoreError) as error:
        logger.warning("the duration of the publication cannot be recorded", extra={"reason": str(error)})
