"""Leases of datamarts and slots of connections: what one run holds so that no other has it.

``lease/<connection>/<project>/<datamart>`` keeps a datamart to one run, ``slot/<connection>/<number>`` a connection to
its ``maxConcurrentRuns``::

    executionArn: the key, owner: an execution's ARN, attempt: the one it was last taken in, since, expiresAt (TTL)
    uncertain {until, jobId, baseUrl}: the owner has let go, and what it left may still go on

Each function returns whether it has written: False if the lease was taken or given back meanwhile.
"""

from typing import Any

from functions import clock
from functions.runs.lease import Lease, LeaseHolder, PendingJob
from functions.runs.store.item_format import Item, pending_job_of, stored_pending_job
from functions.runs.store.table import ConditionFailed, RunTable, expiry

LEASE, SLOT = "lease", "slot"
"""How the keys of both kinds begin."""

FREE = "attribute_not_exists({owner})"

OURS = "{owner} = :run AND (attribute_not_exists({attempt}) OR {attempt} <= :attempt)"
"""A function that comes late changes nothing in what a later attempt of its own run holds."""

UNCHANGED = "{owner} = :owner AND {since} = :since"

EVERYTHING = ("owner", "attempt", "since", "uncertain")


def lease_key(connection: str | None, project_id: str, datamart_id: str) -> str:
    """Key of a datamart's lease."""
    return f"{LEASE}/{connection}/{project_id}/{datamart_id}"


def slot_key(connection: str | None, number: int | str) -> str:
    """Key of one of a connection's slots."""
    return f"{SLOT}/{connection}/{number}"


def kind_of(key: str) -> str:
    """LEASE or SLOT."""
    return key.partition("/")[0]


def load_lease(table: RunTable, key: str) -> Lease | None:
    """Who has it; None where it is free."""
    found = table.load(key) or {}
    if "owner" not in found:
        return None
    return Lease(key, found["owner"], found["since"], pending_job_of(found.get("uncertain")))


def take_free(table: RunTable, key: str, holder: LeaseHolder) -> bool:
    """Take it if nobody has it."""
    return _take(table, key, holder, FREE, {})


def take_free_or_own(table: RunTable, key: str, holder: LeaseHolder) -> bool:
    """Take it if nobody has it, or this run in this or an earlier attempt."""
    return _take(table, key, holder, f"{FREE} OR ({OURS})", _ours(holder))


def take_over(table: RunTable, found: Lease, holder: LeaseHolder) -> bool:
    """Take it from the owner that it was found with."""
    return _take(table, found.key, holder, UNCHANGED, _as_found(found))


def _take(table: RunTable, key: str, holder: LeaseHolder, condition: str, values: Item) -> bool:
    """A new owner leaves nothing pending in it, not even its own: what it left before stands in its run's item."""
    now = clock.now()
    put = {"owner": holder.run, "attempt": holder.attempt, "since": now, "expiresAt": expiry(now)}
    return _changed(table, key, condition, values, put=put, remove=("uncertain",))


def release(table: RunTable, key: str, holder: LeaseHolder) -> bool:
    """Give it back, if ``holder`` has it."""
    return _changed(table, key, OURS, _ours(holder), remove=EVERYTHING)


def release_with_pending(table: RunTable, key: str, holder: LeaseHolder, pending: PendingJob) -> bool:
    """Let go of it, and keep others out while what the run left may go on."""
    return _changed(table, key, OURS, _ours(holder), put={"uncertain": stored_pending_job(pending)})


def set_pending(table: RunTable, found: Lease, pending: PendingJob) -> bool:
    """Record what the owner that it was found with has left."""
    put = {"uncertain": stored_pending_job(pending)}
    return _changed(table, found.key, UNCHANGED, _as_found(found), put=put)


def take_away(table: RunTable, found: Lease) -> bool:
    """Take it away from the owner that it was found with; nobody has it then."""
    return _changed(table, found.key, UNCHANGED, _as_found(found), remove=EVERYTHING)


def _ours(holder: LeaseHolder) -> Item:
    return {"run": holder.run, "attempt": holder.attempt}


def _as_found(found: Lease) -> Item:
    return {"owner": found.owner, "since": found.since}


def _changed(table: RunTable, key: str, condition: str, values: Item, **change: Any) -> bool:
    try:
        table.change(key, condition=condition, condition_values=values, **change)
    except ConditionFailed:
        return False
    return True
