"""Slots as releases up to commit 300f2ce stored them, an item each; who has one keeps it until its execution ends.

The items are ``slot/<connection>/<number>``, in the form of a lease (:mod:`functions.runs.store.leases`).
"""

from functions.runs.lease import Lease, LeaseHolder, PendingJob
from functions.runs.store.leases import load_lease, release, release_with_pending, slot_key
from functions.runs.store.table import RunTable

MOST = 20
"""Slots that a connection had at most."""


def were_used(table: RunTable, connection: str | None) -> bool:
    """Whether a run of an earlier release ever took one, in the last 90 days."""
    return table.load(slot_key(connection, 0)) is not None


def earlier_slots(table: RunTable, connection: str | None) -> list[Lease]:
    """Those that somebody has."""
    found = (load_lease(table, slot_key(connection, number)) for number in range(MOST))
    return [slot for slot in found if slot is not None]


def release_earlier_slots(
    table: RunTable, connection: str | None, holder: LeaseHolder, pending: PendingJob | None
) -> None:
    """Free those that a run has, or keep others out of them as long as what the run left may go on."""
    for slot in earlier_slots(table, connection):
        if slot.owner == holder.run:
            if pending is None:
                release(table, slot.key, holder)
            else:
                release_with_pending(table, slot.key, holder, pending)
