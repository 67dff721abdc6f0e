"""The attempts of a run, but for their jobs: session, instance, saving, and what a clean-up finds and removes.

At-most-once guards: what must happen once is recorded under a condition before it is done. A second invocation of a
step, or one that comes after the end, finds the intent and does nothing (DESIGN.md "Executing").
"""

from functions import clock
from functions.errors import RunAlreadyEnded, ServerUnavailable
from functions.limits import LONGEST_LOG_IN
from functions.runs.job_state import NOTHING_EXECUTED
from functions.runs.store.item_format import Item
from functions.runs.store.record import RunRecord
from functions.runs.stored_session import StoredSession
from functions.text import shorten

ONLY_OF_THE_NEWEST = (
    *("prompts", "keysTaken", "answersTaken", "slowLists"),
    *("orderAnswer", "outage", "unavailable", "unknownStatuses"),
)
"""What is kept of an attempt until the next one begins: a run may have hundreds, and an item 400 KB."""

MOST_REMOVED = 100
"""Values that one attempt removes from those before it: DynamoDB allows an expression 4 KB. The next attempt
removes the rest."""

LONGEST_REASON = 500
"""Bytes that are kept of why the server was unavailable."""


def begin_attempt(run: RunRecord) -> None:
    """Make room for this attempt's data; of the attempts before it only what still matters is kept.

    An attempt that has begun is left as it is. Raises RunAlreadyEnded.
    """
    here = f"attempts.{run.number}"
    begun = run.write_if(
        f"attribute_not_exists({{{here}}}) AND attribute_not_exists({{endedAt}})",
        put={here: {}, "attempt": run.number},
        remove=tuple(_outdated(run)[:MOST_REMOVED]),
    )
    if not begun:
        run.check_open()


def close_attempt(run: RunRecord) -> None:
    """From here on nothing more is opened on the server for this attempt. One that is known as closed stays so."""
    if run.attempt.closing_at is not None:
        return
    here = f"attempts.{run.number}"
    run.write_if(
        f"attribute_exists({{{here}}}) AND attribute_not_exists({{{here}.closing}})",
        put={f"{here}.closing": clock.now()},
    )


def prevent_attempt(run: RunRecord, number: int) -> None:
    """Close an attempt that has a slot and has not begun: a function of an execution that was stopped may begin it."""
    here = f"attempts.{number}"
    run.write_if(
        f"attribute_not_exists({{{here}}}) AND attribute_not_exists({{endedAt}})",
        put={here: {"closing": clock.now()}, "attempt": number},
    )


def _outdated(run: RunRecord) -> list[str]:
    """Paths of what earlier attempts keep although only the newest needs it."""
    return [
        f"attempts.{number}.{name}"
        for number, attempt in run.stored["attempts"].items()
        for name in ONLY_OF_THE_NEWEST
        if name in attempt and int(number) < run.number
    ]


# -- the session --------------------------------------------------------------------------------------------------


def begin_login(run: RunRecord) -> bool:
    """Record that somebody is about to log in, for as long as that may take; removed when it is settled.

    Nobody else takes the run's slot before. Returns False when the attempt has a session by now, or another invocation
    is about to open one. Raises RunAlreadyEnded if the attempt is closed.
    """
    now, began = clock.now(), run.path("loggingInAt")
    free = f"attribute_not_exists({{{began}}}) OR {{{began}}} < :ended"
    return run.write_once(
        {began: now},
        f"attribute_not_exists({{{run.path('session')}}}) AND ({free})",
        {"ended": now - LONGEST_LOG_IN},
    )


def clear_login(run: RunRecord) -> None:
    """Nobody is about to log in any more."""
    run.write(remove=(run.path("loggingInAt"),))


def set_session(run: RunRecord, session: StoredSession) -> None:
    """Keep the session that a login has opened, and settle the login.

    Raises RunAlreadyEnded, and keeps nothing, if the attempt is closed.
    """
    _write_if_open(
        run,
        {"session": session.to_json(), "baseUrl": session.server.base_url},
        remove=("loggingInAt",),
    )


def set_orphaned_session(run: RunRecord, session: StoredSession) -> None:
    """Keep a session that could neither be kept in time nor logged out, for the clean-up."""
    run.write(put={run.path("session"): session.to_json()})


def update_session(run: RunRecord, session: StoredSession) -> None:
    """Keep what the server changed in the session's cookies, unless the session was ended meanwhile."""
    here = run.path("session")
    run.write_if(f"attribute_exists({{{here}}})", put={here: session.to_json()})


def clear_session(run: RunRecord) -> None:
    """The session has ended on the server."""
    run.write(remove=(run.path("session"),))


def expire_session(run: RunRecord) -> None:
    """Give the session up: nobody could end it, and the secret does not stay."""
    run.write(put={run.path("expired"): clock.now()}, remove=(run.path("session"),))


# -- the instance, and saving -------------------------------------------------------------------------------------


def set_instance(run: RunRecord, instance_id: str) -> bool:
    """Keep the instance that was created; False if an earlier invocation has kept one.

    Raises RunAlreadyEnded if the attempt is closed.
    """
    kept = run.path("instanceId")
    return run.write_once({kept: instance_id}, f"attribute_not_exists({{{kept}}})")


def record_instance_deleted(run: RunRecord) -> None:
    """Record that the instance is gone from the server."""
    run.write(put={run.path("instanceDeleted"): True})


def begin_saving(run: RunRecord) -> bool:
    """Record that the definition is about to be saved; False if an earlier invocation did.

    Raises RunAlreadyEnded if the attempt is closed.
    """
    saving = run.path("saving")
    return run.write_once({saving: clock.now()}, f"attribute_not_exists({{{saving}}})")


# -- what calls found out -----------------------------------------------------------------------------------------


def record_outage(run: RunRecord, error: ServerUnavailable) -> None:
    """Record that the server was unavailable.

    Before anything was executed it is an outage that another attempt may wait for, unless no waiting cures it;
    afterwards the run goes on looking.
    """
    if run.attempt.job_state not in NOTHING_EXECUTED:
        reason = shorten(str(error), LONGEST_REASON)
        run.write(put={run.path("unavailable"): {"at": clock.now(), "reason": reason}})
    elif error.may_pass:
        run.write(put={run.path("outage"): {"retryAfter": error.retry_after}})


def record_slow_lists(run: RunRecord, count: int) -> None:
    """Record how many lists of prompts timed out in a row."""
    run.write(put={run.path("slowLists"): count})


def _write_if_open(run: RunRecord, values: Item, remove: tuple[str, ...] = ()) -> None:
    written = run.write_if(run.open_condition, put=run.paths(values), remove=tuple(map(run.path, remove)))
    if not written:
        raise RunAlreadyEnded("this run was closed in the meantime; start a new one.")
