"""Concurrency control: the lease of a datamart, and what a run that has ended keeps from others.

An attempt takes the lease and gives it back when it ends, so that nothing is held while a run waits (DESIGN.md "One run
of a datamart at a time"). Slots of connections are in :mod:`functions.runs.slots`.
"""

from collections.abc import Callable
from functools import partial

from functions import clock
from functions.errors import RunInProgress
from functions.limits import LONGEST_LOG_IN, LONGEST_SESSION
from functions.runs.executions import is_running
from functions.runs.job_state import last_begun, latest_end, may_go_on
from functions.runs.lease import Lease, LeaseHolder, PendingJob
from functions.runs.leases import command_to_free, take
from functions.runs.model import Run
from functions.runs.store import leases as stored
from functions.runs.store.attempts import close_attempt, prevent_attempt
from functions.runs.store.runs import find_run
from functions.runs.store.table import RunTable

LONGEST_JOB = 86_400
"""Seconds that a job is taken to go on for at most where its definition sets no maximum execution time."""

PendingIn = Callable[[Run], PendingJob | None]


def take_lease(table: RunTable, run: Run) -> Lease | None:
    """Take the datamart's lease, if its id is known already; who has it instead, or None."""
    key = lease_of(run)
    return None if key is None else take(table, key, _holder(run), is_running, partial(left_by, table, pending_job))


def _holder(run: Run) -> LeaseHolder:
    return LeaseHolder(run.arn, run.number)


def left_by(table: RunTable, pending_in: PendingIn, owner: str, attempt: int | None = None) -> PendingJob | None:
    """What a run which has ended left pending.

    It may have been stopped, and a function of it may still be about to send the execution request. So its attempt is
    closed before anybody relies on what it has done; so is the one (``attempt``) that it has a slot for.
    """
    run = find_run(table, owner)
    if run is None:
        return None
    close_attempt(run)
    if attempt is not None and attempt > run.newest_attempt:
        prevent_attempt(run, attempt)
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


def give_back_lease(table: RunTable, run: Run) -> bool:
    """Give back the lease that the attempt holds, or the run if it has ended; not while a job of it may go on.

    A clean-up that comes late takes nothing from the attempt that followed. Returns whether nothing is left to give
    back.
    """
    holder = LeaseHolder(run.arn, run.newest_attempt) if run.ended else _holder(run)
    key, pending = lease_of(run), pending_job(run)
    if key is not None:
        if pending is None:
            stored.release(table, key, holder)
        else:
            stored.release_with_pending(table, key, holder, pending)
    return pending is None


def lease_of(run: Run) -> str | None:
    """Key of the datamart's lease; None while its id is not known."""
    if run.datamart is None or run.project is None:
        return None
    return stored.lease_key(run.connection, run.project.id, run.datamart.id)


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
