"""Leases of datamarts and slots of connections whose owner's execution has ended."""

from functions import clock
from functions.lifecycle.sweep.has_ended import Describe, has_ended
from functions.notifications.sweep_notice import Thing
from functions.runs.concurrency import PendingIn, left_by, pending_job, pending_session
from functions.runs.leases import command_to_free
from functions.runs.store.leases import LEASE, SLOT, kind_of, load_lease, set_pending, take_away
from functions.runs.store.runs import find_run
from functions.runs.store.table import run_table

KINDS: dict[str, tuple[str, PendingIn, str]] = {
    LEASE: (
        "its datamart was kept from other runs",
        pending_job,
        "its job may still write the table, until {until} at the latest. When you know that the job has ended, let "
        "other runs go on with: {command}",
    ),
    SLOT: (
        "its slot of the connection was kept from other runs",
        pending_session,
        "its session may still be open, until {until} at the latest; then the slot is free by itself",
    ),
}
"""By how a key begins: what it is, what may speak for keeping it, and what to say then."""


def free(key: str, owner: str, describe: Describe) -> list[Thing]:
    """Free what an execution that has ended holds, unless something that it left could meet another run."""
    table = run_table()
    run = find_run(table, owner)
    described = describe(owner)
    if described is not None and not has_ended(described, run):
        return []
    lease = load_lease(table, key)
    if lease is None or lease.owner != owner:
        return []  # freed with its run, or taken by another run
    what, pending_in, why = KINDS[kind_of(key)]
    name = (run and ((run.datamart and run.datamart.name) or run.job_name)) or "unknown"
    pending = lease.pending or left_by(table, pending_in, owner)
    if pending is None or pending.until <= clock.now():
        return [Thing(owner, name, what, "free now")] if take_away(table, lease) else []
    set_pending(table, lease, pending)
    now = why.format(until=clock.timestamp(pending.until), command=command_to_free(key, owner))
    return [Thing(owner, name, what, now, left=True)]
