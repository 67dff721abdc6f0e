"""Concurrency control: the slots of a connection, and the lease of a datamart.

An attempt takes them and gives them back when it ends, so that nothing is held while a run waits (DESIGN.md "One run of
a datamart at a time").
"""

from collections.abc import Callable
from functools import partial

from functions import clock
from functions.errors import RunInProgress, ServerBusy
from functions.limits import LONGEST_LOG_IN, LONGEST_SESSION
from functions.runs.executions import is_running
from functions.runs.job_state import last_begun, latest_end, may_go_on
from functions.runs.lease import Lease, LeaseHolder, PendingJob
from functions.runs.leases import command_to_free, take
from functions.runs.model import Reference, Run, ServerObject
from functions.runs.store import leases as stored
from functions.runs.store.attempts import close_attempt
from functions.runs.store.runs import find_run
from functions.runs.store.table import RunTable
from functions.similar_names import composed

LONGEST_JOB = 86_400
"""Seconds that a job is taken to go on for at most where its definition sets no maximum execution time."""

PendingIn = Callable[[Run], PendingJob | None]


def take_slot(table: RunTable, run: Run) -> None:
    """Take one of the connection's slots.

    Raises ServerBusy when others have them all, and RunInProgress when one of those is of the same datamart.
    """
    others: list[Lease] = []
    slots = slots_of(run)
    for key in _own_first(table, slots, run):
        taken = take(table, key, _holder(run), is_running, partial(left_by, table, pending_session))
        if taken is None:
            return
        others.append(taken)
    for taken in others:
        if taken.pending is None and is_same_datamart(run, find_run(table, taken.owner)):
            raise in_progress(taken)
    if others:
        taken = others[-1]
        raise ServerBusy(
            f'the connection "{run.connection}" may run {len(slots)} datamart(s) at once '
            f"(maxConcurrentRuns), and {taken.owner} has not ended or not been cleaned up{_not_answered(taken)}"
        )


def _own_first(table: RunTable, slots: list[str], run: Run) -> list[str]:
    """The run may have one already: another invocation took it, or a session of the run is still open.

    A single slot has no order, and needs no look.
    """
    if len(slots) == 1:
        return slots
    found = {slot: stored.load_lease(table, slot) for slot in slots}
    return sorted(slots, key=lambda slot: (taken := found[slot]) is None or taken.owner != run.arn)


def take_lease(table: RunTable, run: Run) -> Lease | None:
    """Take the datamart's lease, if its id is known already; who has it instead, or None."""
    key = lease_of(run)
    return None if key is None else take(table, key, _holder(run), is_running, partial(left_by, table, pending_job))


def _holder(run: Run) -> LeaseHolder:
    return LeaseHolder(run.arn, run.number)


def left_by(table: RunTable, pending_in: PendingIn, owner: str) -> PendingJob | None:
    """What a run which has ended left pending.

    It may have been stopped, and a function of it may still be about to send the execution request. So its attempt is
    closed before anybody relies on what it has done.
    """
    run = find_run(table, owner)
    if run is None:
        return None
    close_attempt(run)
    return pending_in(run)


def set_job_ended(table: RunTable, lease: Lease) -> None:
    """The pending job of a lease has ended: the lease may be taken, unless its owner has come back to it."""
    stored.set_pending(table, lease, PendingJob(until=0))


def in_progress(lease: Lease) -> RunInProgress:
    """The error of a run that finds its datamart taken."""
    if lease.pending is None:
        since = clock.timestamp(lease.since)
        said = f"another run of this datamart is under way ({lease.owner}, since {since})"
        return RunInProgress(f"{said}{_not_answered(lease)}")
    return RunInProgress(
        f"the job of an earlier run ({lease.owner}) may still write the table, until "
        f"{clock.timestamp(lease.pending.until)} at the latest; when you know that it has ended, free the datamart "
        f"with: {command_to_free(lease.key, lease.owner)}"
    )


def _not_answered(lease: Lease) -> str:
    return f". It counts as under way: {lease.not_answered}" if lease.not_answered else ""


def give_back(table: RunTable, run: Run) -> None:
    """Give back what the attempt holds, or the run if it has ended, as far as nothing it left could meet another run.

    A clean-up that comes late takes nothing from the attempt that followed.
    """
    holder = LeaseHolder(run.arn, run.newest_attempt) if run.ended else _holder(run)
    key = lease_of(run)
    if key is not None:
        _release(table, key, holder, pending_job(run))
    pending = pending_session(run)
    for slot in slots_of(run):
        _release(table, slot, holder, pending)


def _release(table: RunTable, key: str, holder: LeaseHolder, pending: PendingJob | None) -> None:
    if pending is None:
        stored.release(table, key, holder)
    else:
        stored.release_with_pending(table, key, holder, pending)


def lease_of(run: Run) -> str | None:
    """Key of the datamart's lease; None while its id is not known."""
    if run.datamart is None or run.project is None:
        return None
    return stored.lease_key(run.connection, run.project.id, run.datamart.id)


def slots_of(run: Run) -> list[str]:
    """Keys of the connection's slots."""
    return [stored.slot_key(run.connection, number) for number in range(run.max_concurrent_runs)]


def pending_job(run: Run) -> PendingJob | None:
    """Until when a job of the run may still write the table; None when none may."""
    left = [attempt for attempt in run.attempts.values() if may_go_on(attempt)]
    if not left:
        return None
    last = max(left, key=last_begun)
    return PendingJob(latest_end(last) or last_begun(last) + LONGEST_JOB, last.job_id, last.base_url)


def pending_session(run: Run) -> PendingJob | None:
    """Until when a session of the run may live: the logout that ends it may end all sessions of its user (API.md 2.5).

    A function that was about to log in when its attempt was closed logs out again what it has opened.
    """
    attempts = run.attempts.values()
    until = [each.login_began_at + LONGEST_LOG_IN for each in attempts if each.login_began_at is not None]
    if any(attempt.session is not None for attempt in attempts):
        until.append((clock.now() if run.ended_at is None else run.ended_at) + LONGEST_SESSION)
    return PendingJob(max(until)) if until else None


def is_same_datamart(run: Run, other: Run | None) -> bool:
    """Whether two runs of a connection are of one datamart, as far as ids and names tell.

    A run that has not logged in yet knows only what its request says: two requests that name project or datamart in
    different ways (one by id, the other by name) are known to be the same once the first of them has found both.
    """
    if other is None:
        return False
    return all(one & another for one, another in zip(_names(run), _names(other), strict=True))


def _names(run: Run) -> tuple[set[str], set[str]]:
    """What project and datamart are called: by the request, and by the server."""
    asked = run.requested
    project, datamart = (None, None) if asked is None else (asked.project, asked.datamart)
    return _called(project, run.project), _called(datamart, run.datamart)


def _called(requested: Reference | None, found: ServerObject | None) -> set[str]:
    said = f"{requested.get('path')}/{requested['name']}" if isinstance(requested, dict) else requested
    return {composed(str(word)) for word in (said, found and found.id, found and found.name) if word}
