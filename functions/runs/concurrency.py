"""May this run go on, or is another one at it? Slots of a connection, and the lease of a datamart.

An attempt takes them and gives them back when it ends, so that nothing is held while a run waits (DESIGN.md "One run of
a datamart at a time").
"""

from collections.abc import Callable
from functools import partial

from functions import clock
from functions.errors import RunInProgress, ServerBusy
from functions.limits import LONGEST_LOG_IN, LONGEST_SESSION
from functions.runs.executions import is_running
from functions.runs.job_state import MAY_GO_ON, Job
from functions.runs.leases import Doubt, Held, Holder, command_to_free, free, held_in, mark, put_in_doubt, take
from functions.runs.run import Run
from functions.runs.run_table import Item, RunTable
from functions.runs.same import of_the_same_datamart

LONGEST_JOB = 86_400
"""Seconds that a job is taken to go on for at most where its definition sets no maximum execution time."""

LATEST_BEGINNING = 600
"""Seconds after the order, or after answers to its prompts, within which a job begins, if at all: its maximum execution
time counts from there."""


def take_slot(table: RunTable, run: Run) -> None:
    """Take one of the connection's slots.

    Raises ServerBusy when others have them all, and RunInProgress when one of those is of the same datamart.
    """
    others: list[Held] = []
    slots = slots_of(run.item)
    for key in _ours_first(table, slots, run):
        held = take(table, key, _holder(run), is_running, partial(left_by, table, session_in_doubt))
        if held is None:
            return
        others.append(held)
    for held in others:
        if held.uncertain is None and of_the_same_datamart(run.item, table.load(held.owner) or {}):
            raise in_progress(held)
    if others:
        held = others[-1]
        raise ServerBusy(
            f'the connection "{run.item["connection"]}" may run {len(slots)} datamart(s) at once '
            f"(maxConcurrentRuns), and {held.owner} has not ended or not been cleaned up{_unasked(held)}"
        )


def _ours_first(table: RunTable, slots: list[str], run: Run) -> list[str]:
    """The run may have one already: another invocation took it, or a session of the run is still open.

    Of one slot there is no order, and nothing to look at.
    """
    if len(slots) == 1:
        return slots
    holders = {slot: held_in(table, slot) for slot in slots}
    return sorted(slots, key=lambda slot: (held := holders[slot]) is None or held.owner != run.arn)


def take_lease(table: RunTable, run: Run) -> Held | None:
    """Take the datamart's lease, if its id is known already; who has it instead, or None."""
    key = lease_of(run.item)
    return None if key is None else take(table, key, _holder(run), is_running, partial(left_by, table, job_in_doubt))


def _holder(run: Run) -> Holder:
    return Holder(run.arn, run.number)


def left_by(table: RunTable, doubt_of: Callable[[Item], Doubt | None], owner: str) -> Doubt | None:
    """The doubt that a run which has ended leaves.

    It may have been stopped, and a function of it may still be about to give the order to execute. So its attempt is
    closed before anybody goes by what it has done.
    """
    item = table.load(owner)
    if item is None:
        return None
    run = Run(table, item, item["attempt"])
    run.close_attempt()
    return doubt_of(run.item)


def believe_ended(table: RunTable, held: Held) -> None:
    """The job that keeps a lease in doubt has ended: the lease may be taken, unless its owner has come back to it."""
    mark(table, held, {"until": 0, "jobId": None})


def in_progress(held: Held) -> RunInProgress:
    """The error of a run that finds its datamart taken."""
    if held.uncertain is None:
        since = clock.timestamp(held.since)
        said = f"another run of this datamart is under way ({held.owner}, since {since})"
        return RunInProgress(f"{said}{_unasked(held)}")
    return RunInProgress(
        f"the job of an earlier run ({held.owner}) may still write the table, until "
        f"{clock.timestamp(held.uncertain['until'])} at the latest; when you know that it has ended, free the datamart "
        f"with: {command_to_free(held.key, held.owner)}"
    )


def _unasked(held: Held) -> str:
    return f". It counts as under way: {held.not_answered}" if held.not_answered else ""


def give_back(table: RunTable, run: Run) -> None:
    """Give back what the attempt holds, or the run if it has ended, as far as nothing it left could meet another run.

    A clean-up that comes late takes nothing from the attempt that followed.
    """
    holder = Holder(run.arn, run.item["attempt"]) if run.ended else _holder(run)
    key = lease_of(run.item)
    if key is not None:
        _let_go(table, key, holder, job_in_doubt(run.item))
    doubt = session_in_doubt(run.item)
    for slot in slots_of(run.item):
        _let_go(table, slot, holder, doubt)


def _let_go(table: RunTable, key: str, holder: Holder, doubt: Doubt | None) -> None:
    if doubt is None:
        free(table, key, holder)
    else:
        put_in_doubt(table, key, holder, doubt)


def lease_of(item: Item) -> str | None:
    """Key of the datamart's lease; None while its id is not known."""
    if "datamart" not in item or "project" not in item:
        return None
    return f"lease/{item['connection']}/{item['project']['id']}/{item['datamart']['id']}"


def slots_of(item: Item) -> list[str]:
    """Keys of the connection's slots."""
    return [f"slot/{item['connection']}/{number}" for number in range(item.get("maxConcurrentRuns", 0))]


def job_in_doubt(item: Item) -> Doubt | None:
    """Until when a job of the run may still write the table; None when none may."""
    doubts = [attempt for attempt in item.get("attempts", {}).values() if may_go_on(attempt)]
    if not doubts:
        return None
    last = max(doubts, key=_begun)
    where = {key: last.get(key) for key in ("jobId", "baseUrl")}
    return {"until": latest_end(last) or _begun(last) + LONGEST_JOB} | where


def latest_end(attempt: Item) -> float | None:
    """When the attempt's job has ended whatever became of it; None where its definition sets no limit."""
    limit = attempt.get("maxExecutionSeconds")
    return float(_begun(attempt) + LATEST_BEGINNING + limit) if limit else None


def _begun(attempt: Item) -> float:
    """When the job was last made to go on: by the order, or by answers for which it had stood still."""
    return max(float(attempt[key]) for key in ("postedAt", "answeringAt") if key in attempt)


def may_go_on(attempt: Item) -> bool:
    """Whether the attempt's job may still be running on the server."""
    job = attempt.get("job")
    return job is not None and Job(job) in MAY_GO_ON and not attempt.get("jobEnded")


def session_in_doubt(item: Item) -> Doubt | None:
    """Until when a session of the run may live: the logout that ends it may end all sessions of its user (API.md 2.5).

    A function that was about to log in when its attempt was closed logs out again what it has opened.
    """
    attempts = item.get("attempts", {}).values()
    doubts = [attempt["loggingInAt"] + LONGEST_LOG_IN for attempt in attempts if "loggingInAt" in attempt]
    if any("session" in attempt for attempt in attempts):
        doubts.append(item.get("endedAt", clock.now()) + LONGEST_SESSION)
    return {"until": max(doubts), "jobId": None} if doubts else None
