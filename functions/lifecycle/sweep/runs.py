"""Runs whose execution has ended and which are not closed, not told of, or have a session left."""

from collections.abc import Callable

from aws_lambda_powertools.utilities.typing import LambdaContext

from functions.errors import LibraryError
from functions.lifecycle import end_of_run
from functions.lifecycle.sweep.has_ended import Describe, is_over
from functions.notifications.sweep_notice import SEE_LOG, Thing
from functions.runs.run import Run
from functions.runs.run_table import Item, run_table
from functions.telemetry import logger

FIELDS = ("attempts", "endedAt", "outcome", "told")
"""What tells whether a run has to be looked at."""


def _is_open(item: Item) -> bool:
    return "endedAt" not in item


def _is_untold(item: Item) -> bool:
    succeeded = (item.get("outcome") or {}).get("end") in ("Succeed", "SUCCEEDED")
    told = item.get("told") or {}
    return "event" not in told or not (succeeded or "notice" in told)


def _has_session(item: Item) -> bool:
    return any("session" in attempt for attempt in item["attempts"].values())


OPEN, UNTOLD, SESSION = (
    "its end had not been worked off",
    "its end had been told to nobody",
    "a session of it was still kept",
)

FLAWS: dict[str, Callable[[Item], bool]] = {OPEN: _is_open, UNTOLD: _is_untold, SESSION: _has_session}
"""What a run that has ended must not be."""

MENDED = {OPEN: "done now", UNTOLD: "told now", SESSION: "logged out now"}

GIVEN_UP = "the server could not be reached for hours: by now its idle timeout has ended the session, if nothing else"


def flaws(item: Item) -> list[str]:
    """Which of the flaws a run has; one that is under way has some of them rightly."""
    return [flaw for flaw, is_there in FLAWS.items() if is_there(item)]


def finish(run: str, describe: Describe, context: LambdaContext) -> list[Thing]:
    """Do for a run what end_run would have done."""
    item = run_table().load(run)  # it may have gone on since it was found
    if item is None or not (found := flaws(item)):
        return []
    described = describe(run)
    if described is None or not is_over(described, item):
        return []  # it still runs, end_run is at it, or it is so old that its item is about to expire
    problem = ""
    try:
        end_of_run.end(described, context)
    except LibraryError as error:
        problem = f"{error}; the next sweep tries again"
    except Exception as error:
        logger.warning("not worked off", extra={"error": type(error).__name__, "reason": str(error)})
        problem = f"{type(error).__name__}, {SEE_LOG}; the next one tries again"
    after = run_table().load(run) or item
    left = flaws(after)
    mended = MENDED | ({SESSION: GIVEN_UP} if _is_given_up(after) else {})
    name = Run(run_table(), after, after["attempt"]).asked or after.get("job") or "unknown"
    return [Thing(run, name, flaw, problem if flaw in left else mended[flaw], left=flaw in left) for flaw in found]


def _is_given_up(item: Item) -> bool:
    return any("expired" in attempt for attempt in item["attempts"].values())
