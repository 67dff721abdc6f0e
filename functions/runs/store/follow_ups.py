"""The follow-ups in a run's item: what is found out about each, and the intents that come before what is done.

They are of the run and not of an attempt: what an earlier attempt has done is not done again.
"""

from collections.abc import Iterable, Sequence

from functions import clock
from functions.follow_ups.kind import Found
from functions.runs.follow_ups import FollowUp, FollowUpState
from functions.runs.store.item_format import Item
from functions.runs.store.record import RunRecord
from functions.text import one_line, shorten

LONGEST_NAME = 200
"""Bytes that are kept of a name."""

LONGEST_REASON = 500
"""Bytes that are kept of why a follow-up failed."""

LONGEST_ID = 100
"""Bytes that are kept of a job's ID."""


def record_found(run: RunRecord, found: Sequence[Found]) -> None:
    """Record the objects of all follow-ups, in their order, in place of what the request calls them."""
    put: Item = {}
    for place, one in enumerate(found):
        put |= _paths(place, {"id": one.id, "name": shorten(one_line(one.name), LONGEST_NAME)})
    run.write(put=put, remove=tuple(_path(place, "given") for place in range(len(found))))


def begin_once(run: RunRecord, follow_up: FollowUp) -> bool:
    """Record the intent that comes before a call that must not be repeated.

    Returns False when an intent is there already. Raises RunAlreadyEnded if the attempt is closed.
    """
    state = _path(follow_up.position, "state")
    return run.write_once(_begun(run, follow_up), f"attribute_not_exists({{{state}}})")


def begin_again(run: RunRecord, follow_up: FollowUp, updated: str | None) -> None:
    """Record that a cube is about to be published, perhaps once more; ``updated`` as in FollowUp.

    Raises RunAlreadyEnded if the attempt is closed.
    """
    more = {} if updated is None else {"updated": shorten(updated, LONGEST_NAME)}
    here = f"followUps.{follow_up.position}"
    run.write_once(_begun(run, follow_up) | _paths(follow_up.position, more), f"attribute_exists({{{here}}})")


def _begun(run: RunRecord, follow_up: FollowUp) -> Item:
    began = {"state": FollowUpState.BEGUN.value, "attempt": run.number, "at": clock.now(), "seen": False}
    return _paths(follow_up.position, began)


def take_back(run: RunRecord, follow_up: FollowUp) -> None:
    """Record that the call of this invocation was provably not made: it may be made again."""
    begun = tuple(_path(follow_up.position, name) for name in ("state", "attempt", "at"))
    run.write_if(f"{{{run.path('onceBy')}}} = :mine", {"mine": run.intent}, remove=begun)


def record_accepted(run: RunRecord, follow_up: FollowUp, job_id: str | None, durations: Iterable[float] = ()) -> None:
    """Record that the server has accepted the publication of a cube, and what its looks depend on."""
    facts: Item = {"state": FollowUpState.UNDER_WAY.value, "durations": list(durations)}
    facts |= {} if job_id is None else {"jobId": shorten(job_id, LONGEST_ID)}
    without = () if job_id is not None else (_path(follow_up.position, "jobId"),)  # that of an earlier publication
    run.write(put=_paths(follow_up.position, facts), remove=(*without, _path(follow_up.position, "waitsSince")))


def record_wait(run: RunRecord, follow_up: FollowUp, since: float, durations: Iterable[float]) -> None:
    """Record a look that saw somebody else publish the cube, and what the next looks depend on; ours has not begun."""
    facts: Item = {"waitsSince": since, "durations": list(durations), "seen": False, "looks": follow_up.looks + 1}
    run.write(put=_paths(follow_up.position, facts))


def record_look(run: RunRecord, follow_up: FollowUp, *, seen: bool) -> None:
    """Record a look that saw no end yet; ``seen``: it, or one before it, saw the server at work."""
    run.write(put=_paths(follow_up.position, {"seen": seen, "looks": follow_up.looks + 1}))


def record_done(run: RunRecord, follow_up: FollowUp) -> None:
    """Record that the follow-up is done."""
    _end(run, follow_up, FollowUpState.DONE)


def record_failed(run: RunRecord, follow_up: FollowUp, reason: str) -> None:
    """Record that it has failed, and why."""
    _end(run, follow_up, FollowUpState.FAILED, {"reason": shorten(one_line(reason), LONGEST_REASON)})


def record_doubt(run: RunRecord, follow_up: FollowUp, reason: str) -> None:
    """Record why nobody knows whether it was done."""
    run.write(put=_paths(follow_up.position, {"reason": shorten(one_line(reason), LONGEST_REASON)}))


def _end(run: RunRecord, follow_up: FollowUp, state: FollowUpState, more: Item | None = None) -> None:
    ended = {"state": state.value, "endedAt": clock.now()} | (more or {})
    run.write(
        put=_paths(follow_up.position, ended),
        remove=tuple(_path(follow_up.position, name) for name in ("durations", "updated", "waitsSince")),
    )


def _path(position: int, name: str) -> str:
    return f"followUps.{position}.{name}"


def _paths(position: int, values: Item) -> Item:
    return {_path(position, name): value for name, value in values.items()}
