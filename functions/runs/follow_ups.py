"""What follows the load of a run: each follow-up with what is known of it, and what people are told. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Literal

from functions import clock
from functions.follow_ups import KINDS
from functions.follow_ups.kind import FollowUpKind
from functions.text import named, one_line

FollowUpOutcome = Literal["done", "failed", "unknown", "notDone"]
"""How a follow-up ended, in the output, the end event and the history."""

_IN_WORDS: dict[FollowUpOutcome, str] = {
    "done": "{done}",
    "failed": "failed",
    "unknown": "not known whether it was {done}",
    "notDone": "not {done}",
}


class FollowUpState(StrEnum):
    """What is known of a follow-up; each is written before what it describes."""

    BEGUN = "begun"  # the intent: the call may be on its way
    UNDER_WAY = "under way"  # the server has accepted it and works on it
    DONE = "done"
    FAILED = "failed"


_OUTCOMES: dict[FollowUpState | None, FollowUpOutcome] = {
    None: "notDone",
    FollowUpState.BEGUN: "unknown",
    FollowUpState.UNDER_WAY: "unknown",
    FollowUpState.DONE: "done",
    FollowUpState.FAILED: "failed",
}


@dataclass(frozen=True)
class FollowUp:
    """One follow-up of a run.

    Parameters
    ----------
    position
        Its place in ``then`` of the request, from 0.
    kind
        Of :data:`functions.follow_ups.KINDS`.
    given
        How the request names its object; its name once it was found.
    id, name
        The object's, once it was found.
    state
        None before it was begun.
    attempt
        The attempt that began it: what the server does for it ends with that attempt's session.
    began_at, ended_at
        Seconds since the epoch.
    waits_since
        Since when somebody else's publication of the cube has been waited for, in seconds since the epoch; None while
        there is none to wait for.
    reason
        Why it failed, or why nothing is known of it.
    job_id
        ID of the job that publishes a cube.
    updated
        The server's words for when a cube's data were renewed before this publication.
    seen
        Whether a look saw the server at work on it.
    looks
        How often it was looked at.
    durations
        Seconds that the cube's last publications took, oldest first.
    """

    position: int
    kind: FollowUpKind
    given: str
    id: str | None = None
    name: str | None = None
    state: FollowUpState | None = None
    attempt: int | None = None
    began_at: float | None = None
    ended_at: float | None = None
    waits_since: float | None = None
    reason: str | None = None
    job_id: str | None = None
    updated: str | None = None
    seen: bool = False
    looks: int = 0
    durations: tuple[float, ...] = ()

    @property
    def is_done(self) -> bool:
        """Whether nothing is left to do for it."""
        return self.state is FollowUpState.DONE

    @property
    def object_id(self) -> str:
        """The object's ID. Raises ValueError before describe_datamart has found it."""
        if self.id is None:
            raise ValueError(f"then[{self.position}] was not looked up")
        return self.id

    @property
    def outcome(self) -> FollowUpOutcome:
        """How it ended, as far as is known."""
        return _OUTCOMES[self.state]

    @property
    def in_words(self) -> str:
        """``event Sales loaded``, quoted where the name does not read as one."""
        return f"{self.kind.noun} {named(self.name or self.given)}"

    @property
    def said(self) -> str:
        """``event Sales loaded: triggered``"""
        return f"{self.in_words}: {outcome_in_words(self.kind, self.outcome)}"

    def as_json(self) -> dict[str, Any]:
        """``{"kind", "id", "name", "outcome", "reason", "startedAt", "finishedAt"}``; what is not known is None."""
        return {
            "kind": self.kind.key,
            "id": self.id,
            "name": self.name or self.given,
            "outcome": self.outcome,
            "reason": None if self.is_done else self.reason,
            "startedAt": None if self.began_at is None else clock.timestamp(self.began_at),
            "finishedAt": None if self.ended_at is None else clock.timestamp(self.ended_at),
        }


def outcome_in_words(kind: FollowUpKind, outcome: FollowUpOutcome) -> str:
    """``triggered``, ``not known whether it was triggered``"""
    return _IN_WORDS[outcome].format(done=kind.done)


def said_of_record(found: Mapping[str, str | None]) -> str:
    """A follow-up of the history's record in words, with the reason of a failure; a later release may know more."""
    outcome, name, reason = found.get("outcome"), named(found.get("name") or ""), found.get("reason")
    kind = KINDS.get(found.get("kind") or "")
    what = name if kind is None else f"{kind.noun} {name}"
    how = outcome_in_words(kind, outcome) if kind is not None and outcome in _IN_WORDS else str(outcome)
    return f"{what}: {how}" + (f" ({one_line(reason)})" if reason else "")


def left_to_do(follow_ups: Sequence[FollowUp]) -> tuple[FollowUp, ...]:
    """Those that are not done."""
    return tuple(one for one in follow_ups if not one.is_done)
