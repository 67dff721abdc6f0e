"""What the steps of follow-ups share: which one it is, and how a failure of it is told (DESIGN.md "Following up")."""

from functions.errors import FollowUpFailed, LibraryError, ServerBusy, ServerUnavailable, SessionLost
from functions.lifecycle.step import Step
from functions.runs.follow_ups import FollowUp
from functions.runs.store.follow_ups import record_doubt, record_failed

LEAVES_IT_OPEN = (ServerUnavailable, ServerBusy, SessionLost)
"""Errors that say nothing of the follow-up itself: another try, or another session, may do it."""


def follow_up_of(step: Step) -> FollowUp:
    """The follow-up that the step is about: the state's argument ``followUp`` is its position."""
    found = step.run.follow_ups[int(step.event["followUp"])]
    step.facts["followUp"] = {"kind": found.kind.key, "name": found.name or found.given}
    return found


def failed(step: Step, follow_up: FollowUp, error: LibraryError | str) -> FollowUpFailed:
    """Record that it has failed, and return the error that ends the attempt."""
    record_failed(step.run, follow_up, str(error))
    return FollowUpFailed(f"the {follow_up.in_words} was not {follow_up.kind.done}: {error}")


def in_doubt(step: Step, follow_up: FollowUp, why: str) -> FollowUpFailed:
    """Record why nobody knows whether it was done, and return the error that ends the attempt."""
    record_doubt(step.run, follow_up, why)
    return FollowUpFailed(
        f"it is not known whether the {follow_up.in_words} was {follow_up.kind.done}, and it is not done twice: {why}"
    )
