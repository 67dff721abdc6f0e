"""Runs whose execution has ended and which are not closed, not notified, or have a session left."""

from collections.abc import Callable

from aws_lambda_powertools.utilities.typing import LambdaContext

from functions.errors import LibraryError
from functions.lifecycle import end_of_run
from functions.lifecycle.sweep.has_ended import Describe, has_ended
from functions.notifications.sweep_notice import SEE_LOG, Thing
from functions.runs.model import Run
from functions.runs.notification import Notification
from functions.runs.store.runs import find_run
from functions.runs.store.table import run_table
from functions.telemetry import logger


def _is_open(run: Run) -> bool:
    return not run.ended


def _is_not_notified(run: Run) -> bool:
    succeeded = run.outcome is not None and run.outcome.succeeded
    by_batch = run.batch is not None  # whose notification has the failure
    if Notification.NOTICE.chat_is_due(run.claimed, run.notified):
        return True
    return not run.end_event_sent or not (succeeded or run.notice_sent or by_batch)


def _has_session(run: Run) -> bool:
    return any(attempt.session is not None for attempt in run.attempts.values())


OPEN, NOT_NOTIFIED, SESSION = (
    "its end had not been processed",
    "its end had not been notified",
    "a session of it was still kept",
)

FLAWS: dict[str, Callable[[Run], bool]] = {OPEN: _is_open, NOT_NOTIFIED: _is_not_notified, SESSION: _has_session}
"""What must not be true of a run that has ended."""

REPAIRED = {OPEN: "done now", NOT_NOTIFIED: "notified now", SESSION: "logged out now"}

GIVEN_UP = "the server could not be reached for hours: by now its idle timeout has ended the session, if nothing else"


def flaws(run: Run) -> list[str]:
    """Which of the flaws a run has; one that is under way has some of them rightly."""
    return [flaw for flaw, is_there in FLAWS.items() if is_there(run)]


def finish(execution_arn: str, describe: Describe, context: LambdaContext) -> list[Thing]:
    """Do for a run what end_run would have done."""
    run = find_run(run_table(), execution_arn)  # it may have gone on since it was found
    if run is None or not (found := flaws(run)):
        return []
    described = describe(execution_arn)
    if described is None or not has_ended(described, run):
        return []  # it still runs, end_run works on it, or it is so old that its item is about to expire
    problem = ""
    try:
        end_of_run.end(described, context)
    except LibraryError as error:
        problem = f"{error}; the next sweep tries again"
    except Exception as error:
        logger.warning("not finished", extra={"error": type(error).__name__, "reason": str(error)})
        problem = f"{type(error).__name__}, {SEE_LOG}; the next one tries again"
    run.reload()
    left = flaws(run)
    repaired = REPAIRED | ({SESSION: GIVEN_UP} if _is_given_up(run) else {})
    name = run.datamart_in_words or run.job_name or "unknown"
    return [
        Thing(execution_arn, name, flaw, problem if flaw in left else repaired[flaw], left=flaw in left)
        for flaw in found
    ]


def _is_given_up(run: Run) -> bool:
    return any(attempt.expired_at is not None for attempt in run.attempts.values())
