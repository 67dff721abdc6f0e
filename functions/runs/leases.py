"""Leases: what one run holds so that no other has it, as items of the run table.

``lease/<connection>/<project>/<datamart>`` keeps a datamart to one run, ``slot/<connection>/<number>`` a connection to
its ``maxConcurrentRuns``::

    executionArn: the key, owner: an execution's ARN, attempt: the one it was last taken in, since, expiresAt (TTL)
    uncertain {until, jobId, baseUrl} the owner has let go and its job may not have ended: nobody takes the lease before

There are no heartbeats: whoever finds a lease taken asks Step Functions whether its owner still runs, and the owner's
own item what it has left behind (DESIGN.md "One run of a datamart at a time").
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from functions import clock
from functions.runs.executions import NotAnswered
from functions.runs.run_table import ConditionFailed, Item, RunTable, expiry

IsRunning = Callable[[str, float], bool]
"""Whether the execution of that ARN still runs, which has held something since then. Raises NotAnswered."""

Doubt = dict[str, Any]
"""Until when what a run has left keeps others out: {until}, and of a job {jobId, baseUrl}, the server that it is on."""

DoubtOf = Callable[[str], Doubt | None]
"""The doubt that the ended run of that ARN has left, or None. From then on that run can leave nothing more."""

FREE = "attribute_not_exists({owner})"
OURS = "{owner} = :run AND (attribute_not_exists({attempt}) OR {attempt} <= :attempt)"
"""A function that comes late changes nothing in what a later attempt of its own run holds."""

UNCHANGED = "{owner} = :owner AND {since} = :since"


@dataclass(frozen=True)
class Holder:
    """Who takes a lease: an execution, in one of its attempts."""

    run: str
    attempt: int


@dataclass(frozen=True)
class Held:
    """Somebody else has the lease: ``owner`` since ``since``; ``uncertain`` {until, jobId} if that one has let go.

    ``not_answered`` is why it counts as running although nobody said so.
    """

    key: str
    owner: str
    since: float
    uncertain: Doubt | None
    not_answered: str = ""


def take(table: RunTable, key: str, holder: Holder, is_running: IsRunning, doubt_of: DoubtOf) -> Held | None:
    """Take the lease ``key``; who has it instead, or None once it is taken.

    Taking it twice is taking it once. Of several that find it free, one gets it.
    """
    if _write(table, key, holder, f"{FREE} OR ({OURS})", _ours(holder)):
        return None
    found = table.load(key) or {}
    if found.get("owner") == holder.run:
        return None  # a later attempt of this run has it
    if "owner" not in found:
        return None if _write(table, key, holder, FREE, {}) else _held(table, key, holder)
    held = _of(key, found)
    doubt = held.uncertain
    if doubt is None:
        try:
            if is_running(held.owner, held.since):
                return held
        except NotAnswered as error:
            return replace(held, not_answered=str(error))
        doubt = doubt_of(held.owner)
        if doubt is not None:
            mark(table, held, doubt)
    if doubt is not None and clock.now() < doubt["until"]:
        return Held(key, held.owner, held.since, doubt)
    taken = _write(table, key, holder, UNCHANGED, {"owner": held.owner, "since": held.since})
    return None if taken else _held(table, key, holder)


def _write(table: RunTable, key: str, holder: Holder, condition: str, values: Item) -> bool:
    """Whoever takes it leaves no doubt in it, not even one of his own: what he left before stands in his item."""
    now = clock.now()
    put = {"owner": holder.run, "attempt": holder.attempt, "since": now, "expiresAt": expiry(now)}
    return _changed(table, key, condition, values, put=put, remove=("uncertain",))


def _held(table: RunTable, key: str, holder: Holder) -> Held | None:
    """Who was faster; None if that was ``holder`` itself, whose write was sent again because its answer was lost."""
    held = held_in(table, key) or Held(key, "another run", clock.now(), None)
    return None if held.owner == holder.run else held


def held_in(table: RunTable, key: str) -> Held | None:
    """Who has the lease; None where it is free."""
    found = table.load(key) or {}
    return _of(key, found) if "owner" in found else None


def _of(key: str, found: Item) -> Held:
    return Held(key, found["owner"], found["since"], found.get("uncertain"))


def free(table: RunTable, key: str, holder: Holder) -> bool:
    """Give the lease back; False if ``holder`` has not got it."""
    return _changed(table, key, OURS, _ours(holder), remove=_EVERYTHING)


def put_in_doubt(table: RunTable, key: str, holder: Holder, doubt: Doubt) -> bool:
    """Let go of the lease, and keep others out until the job that the run may have left has ended."""
    return _changed(table, key, OURS, _ours(holder), put={"uncertain": doubt})


def mark(table: RunTable, held: Held, doubt: Doubt) -> bool:
    """Write the doubt about what somebody else has left; False if the lease was taken or given back meanwhile."""
    return _changed(table, held.key, UNCHANGED, _as_found(held), put={"uncertain": doubt})


def remove(table: RunTable, held: Held) -> bool:
    """Take the lease from whom it was found with; False if it was taken or given back meanwhile."""
    return _changed(table, held.key, UNCHANGED, _as_found(held), remove=_EVERYTHING)


_EVERYTHING = ("owner", "attempt", "since", "uncertain")


def _ours(holder: Holder) -> Item:
    return {"run": holder.run, "attempt": holder.attempt}


def _as_found(held: Held) -> Item:
    return {"owner": held.owner, "since": held.since}


def _changed(table: RunTable, key: str, condition: str, values: Item, **change: Any) -> bool:
    try:
        table.change(key, condition=condition, condition_values=values, **change)
    except ConditionFailed:
        return False
    return True


def command_to_free(lease: str, run: str) -> str:
    """The command by which a person frees a datamart's lease that ``run`` has left."""
    return f"datamart free-lease {lease.removeprefix('lease/')} --stage {stage_of(run)}"


def stage_of(execution_arn: str) -> str:
    """The stage, from the state machine's name."""
    return execution_arn.split(":")[-2].removeprefix("datamart-runner-")
