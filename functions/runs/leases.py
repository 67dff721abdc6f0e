"""Who may take a lease: nobody while its owner runs, or while what an ended owner left may still go on.

Owners send no heartbeats: a run that finds a lease taken asks Step Functions whether its owner runs, and the owner's
own item what it has left behind (DESIGN.md "One run of a datamart at a time").
"""

from collections.abc import Callable

from functions import clock
from functions.names import stage_of
from functions.runs.executions import NotAnswered
from functions.runs.lease import Lease, LeaseHolder, PendingJob
from functions.runs.store import leases as stored
from functions.runs.store.table import RunTable

IsRunning = Callable[[str, float], bool]
"""Whether the execution of that ARN still runs, which has held something since then. Raises NotAnswered."""

PendingOf = Callable[[str], PendingJob | None]
"""What the ended run of that ARN has left that may still go on. From then on that run can leave nothing more."""


def take(table: RunTable, key: str, holder: LeaseHolder, is_running: IsRunning, pending_of: PendingOf) -> Lease | None:
    """Take the lease ``key``; who has it instead, or None once it is taken.

    Idempotent. Of several that find it free, one gets it.
    """
    if stored.take_free_or_own(table, key, holder):
        return None
    found = stored.load_lease(table, key)
    if found is None:
        return None if stored.take_free(table, key, holder) else _taken_by(table, key, holder)
    if found.owner == holder.run:
        return None  # a later attempt of this run has it
    pending = found.pending
    if pending is None:
        try:
            if is_running(found.owner, found.since):
                return found
        except NotAnswered as error:
            return found._replace(not_answered=str(error))
        pending = pending_of(found.owner)
        if pending is not None:
            stored.set_pending(table, found, pending)
    if pending is not None and clock.now() < pending.until:
        return found._replace(pending=pending)
    return None if stored.take_over(table, found, holder) else _taken_by(table, key, holder)


def _taken_by(table: RunTable, key: str, holder: LeaseHolder) -> Lease | None:
    """Who was faster; None if that was ``holder`` itself, whose write was sent again because its response was lost."""
    found = stored.load_lease(table, key) or Lease(key, "another run", clock.now())
    return None if found.owner == holder.run else found


def command_to_free(lease: str, run: str) -> str:
    """The command by which a person frees a datamart's lease that ``run`` has left."""
    return f"datamart free-lease {lease.removeprefix(f'{stored.LEASE}/')} --stage {stage_of(run)}"
