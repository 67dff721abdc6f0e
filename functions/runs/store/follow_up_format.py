"""The form in which a run's item has its follow-ups::

    followUps {"0": {kind, given | id, name, state, attempt, at, endedAt, waitsSince, reason, jobId, updated, seen,
                     looks, durations}}             by their place in ``then`` of the request
    followUpsOf                                     of a run that loads nothing: the execution that has loaded

``given`` is how the request names an object until it is found.
"""

from typing import Any

from functions.follow_ups import KINDS
from functions.requests.follow_ups import THEN
from functions.runs.follow_ups import FollowUp, FollowUpState


def stored_follow_ups(request: dict[str, Any]) -> dict[str, Any]:
    """What a run's item has of its request's follow-ups; nothing without any."""
    given = [(kind, reference) for one in request.get(THEN, []) for kind, reference in one.items()]
    if not given:
        return {}
    each = {str(place): {"kind": kind, "given": reference} for place, (kind, reference) in enumerate(given)}
    return {"followUps": each}


def follow_ups_of(stored: dict[str, Any]) -> tuple[FollowUp, ...]:
    """The follow-ups in their order, from ``followUps`` of the item."""
    return tuple(_follow_up(place, stored[str(place)]) for place in range(len(stored)))


def _follow_up(position: int, stored: dict[str, Any]) -> FollowUp:
    get = stored.get
    state = get("state")
    return FollowUp(
        position=position,
        kind=KINDS[stored["kind"]],
        given=get("given") or get("name") or "",
        id=get("id"),
        name=get("name"),
        state=None if state is None else FollowUpState(state),
        attempt=get("attempt"),
        began_at=get("at"),
        ended_at=get("endedAt"),
        waits_since=get("waitsSince"),
        reason=get("reason"),
        job_id=get("jobId"),
        updated=get("updated"),
        seen=bool(get("seen")),
        looks=get("looks", 0),
        durations=tuple(get("durations") or ()),
    )
