"""Leases: what one run holds so that no other has it, as items of the run table.

``lease/<connection>/<project>/<datamart>`` keeps a datamart to one run, ``slot/<connection>/<number>`` a connection to
its ``maxConcurrentRuns``::

    executionArn: the key, owner: an execution's ARN, since, expiresAt (TTL)
    uncertain {until, jobId}          the owner has ended and its job may not have: nobody takes the lease before

There are no heartbeats: whoever finds a lease taken asks Step Functions whether its owner still runs, and the owner's
own item what it has left behind (DESIGN.md, "One run of a datamart at a time").
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from functions.run import clock
from functions.run.record import DAYS_KEPT, ConditionFailed, Item, RunTable

SECONDS_A_DAY = 86_400

IsRunning = Callable[[str], bool]
"""Whether the execution of that ARN still runs."""

DoubtOf = Callable[[Item], dict[str, Any] | None]
"""Until when what an ended run has left keeps others out ({until, jobId}), from its item; None: not at all."""


@dataclass(frozen=True)
class Held:
    """Somebody else has the lease: ``owner`` since ``since``; ``uncertain`` {until, jobId} if that one has ended."""

    key: str
    owner: str
    since: float
    uncertain: dict[str, Any] | None


def take(table: RunTable, key: str, run: str, is_running: IsRunning, doubt_of: DoubtOf) -> Held | None:
    """Take the lease ``key`` for the execution ``run``; who has it instead, or None once it is taken.

    Taking it twice is taking it once. Of several that find it free, one gets it.
    """
    if _write(table, key, run, "attribute_not_exists({owner}) OR {owner} = :run", {}):
        return None
    found = table.load(key) or {}
    if "owner" not in found:
        return None if _write(table, key, run, "attribute_not_exists({owner})", {}) else _held(table, key)
    former = {"former": found["owner"], "since": found["since"]}
    doubt = found.get("uncertain")
    if doubt is None:
        if is_running(found["owner"]):
            return _of(key, found)
        doubt = doubt_of(table.load(found["owner"]) or {})
        if doubt is not None:
            put_in_doubt(table, key, found["owner"], doubt)
    if doubt is not None and clock.now() < doubt["until"]:
        return _of(key, found | {"uncertain": doubt})
    taken = _write(table, key, run, "{owner} = :former AND {since} = :since", former)
    return None if taken else _held(table, key)


def _write(table: RunTable, key: str, run: str, condition: str, values: Item) -> bool:
    now = clock.now()
    put = {"owner": run, "since": now, "expiresAt": int(now) + DAYS_KEPT * SECONDS_A_DAY}
    others = {} if ":run" not in condition else {"run": run}
    try:
        remove = () if others else ("uncertain",)  # whoever takes it anew does not take the doubt over
        table.change(key, put=put, remove=remove, condition=condition, condition_values=values | others)
    except ConditionFailed:
        return False
    return True


def _held(table: RunTable, key: str) -> Held:
    return _of(key, table.load(key) or {"owner": "another run", "since": clock.now()})


def _of(key: str, found: Item) -> Held:
    return Held(key, found.get("owner", "another run"), found.get("since", clock.now()), found.get("uncertain"))


def free(table: RunTable, key: str, run: str) -> bool:
    """Give the lease back; False if ``run`` has not got it."""
    return _if_owner(table, key, run, remove=("owner", "since", "uncertain"))


def put_in_doubt(table: RunTable, key: str, run: str, doubt: dict[str, Any]) -> bool:
    """Keep the lease of ``run``, which has ended or is about to, until the job that it may have left has ended."""
    return _if_owner(table, key, run, put={"uncertain": doubt})


def _if_owner(table: RunTable, key: str, run: str, **change: Any) -> bool:
    try:
        table.change(key, condition="{owner} = :run", condition_values={"run": run}, **change)
    except ConditionFailed:
        return False
    return True
