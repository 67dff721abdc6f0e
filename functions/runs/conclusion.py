"""How an attempt's failure ends the run (DESIGN.md "Ending an attempt"), and the sentence that a person reads.

Succeed, Fail, or Again; and a kind of Again that waits for a person: Ask.
"""

import random
from typing import Any

from functions.errors import (
    ERRORS,
    DatamartFailed,
    NamedError,
    NextAttempt,
    OutcomeUnknown,
    RunInProgress,
    RunTimedOut,
    SaveFailed,
    ServerUnavailable,
    WaitsFor,
)
from functions.runs.failure import Failure, failed, message_of, name_of
from functions.runs.job_state import NOTHING_ORDERED, Job
from functions.runs.outage import last_outage
from functions.runs.questions import ask_after
from functions.runs.rerun import may_rerun
from functions.runs.run import Run
from functions.text import shorten
from functions.transient_errors import NOT_FROM_A_HANDLER, never_started, passes

MOST_LOSSES = 3
"""Attempts that lose their session, or their instance, before anything was ordered: after so many it is no accident."""

LOST_LOG_INS = 2
"""A log-in whose answer was lost may have left a session behind; after the second one of a run it is not repeated."""

LAST_TRY = 5
"""Seconds before the deadline at which the last attempt begins at the latest: a pause until the very deadline would
end as a time-out that has forgotten what was waited for."""


def conclude(run: Run, failure: Failure | None, saving: bool) -> dict[str, Any]:
    """The end of this attempt.

    Parameters
    ----------
    run
        The run after the attempt's clean-up.
    failure
        ``Error`` and ``Cause`` as Step Functions caught them, or None.
    saving
        Whether the request asks to save the definition.
    """
    if failure is None:
        return {"end": "Succeed", "output": run.output()}
    error, reason = _error_of(failure, run), _reason(failure)
    if (asked := ask_after(run, error, reason)) is not None:
        return asked
    if run.loaded == "yes" and error.when_loaded is None:
        if not saving or run.item.get("saved"):
            return {"end": "Succeed", "output": run.output()}
        error = SaveFailed
    if error is RunInProgress and run.item["onConflict"] == "skip" and run.loaded == "no":
        return {"end": "Succeed", "output": run.output() | {"skipped": True}}
    if error.next_attempt and may_follow(run, error, aws_passes=passes(name_of(failure))):
        left = int(run.seconds_left()) - LAST_TRY
        if left > 0:
            why = f"{error.name}: {shorten(reason, 1_000)}"
            return {"end": "Again", "waitSeconds": min(_pause(run, error.next_attempt), left), "waitsFor": why}
        error = RunTimedOut if error.times_out else error
        reason = f"the run did not end within its timeoutMinutes; the last error was: {reason}"
    if error is RunTimedOut:
        waited = run.item.get("waitsFor")
        before = f"An earlier attempt of it had ended with {waited}" if waited else ""
        reason = " ".join(filter(None, (reason, before, last_outage(run.attempt))))
    return failed(run, error.name, reason, name_of(failure))


def may_follow(run: Run, error: type[NamedError], aws_passes: bool = False) -> bool:
    """Whether another attempt may follow: it may cure the error, and it cannot load the table twice.

    ``aws_passes``: the error is a transient one of AWS, which no handler could record as an outage.
    """
    again = error.next_attempt
    match again and again.waits_for:
        case WaitsFor.DATAMART:
            return bool(run.item["onConflict"] == "wait")
        case WaitsFor.NEW_SESSION if run.job in NOTHING_ORDERED:
            return run.loaded == "no" and run.item["lostLogIns"] < LOST_LOG_INS and _losses(run) < MOST_LOSSES
        case WaitsFor.NEW_SESSION:
            return run.job is Job.LOST and may_rerun(run.item)
        case WaitsFor.SERVER if error is ServerUnavailable and "outage" not in run.attempt and not aws_passes:
            return False
        case WaitsFor.SERVER:
            return run.loaded == "no" or (run.job in NOTHING_ORDERED and may_rerun(run.item))
        case _:
            return False


def _losses(run: Run) -> int:
    return sum("lostAt" in attempt for attempt in run.item["attempts"].values())


def _pause(run: Run, again: NextAttempt) -> int:
    """Seconds until the next attempt; half of the pause is random, so that many runs do not come back at once."""
    longest = min(again.longest_pause, again.first_pause << min(run.number - 1, 10))
    asked_for = int(run.attempt.get("outage", {}).get("retryAfter") or 0)
    return asked_for + longest // 2 + random.randint(0, longest // 2)  # noqa: S311 - spreads load, guards nothing


def _error_of(failure: Failure, run: Run) -> type[NamedError]:
    """The error of the closed list, whatever Step Functions or Lambda called it."""
    name = name_of(failure)
    if name in ERRORS:
        return ERRORS[name]
    if run.loaded == "unknown" and not (passes(name) and run.job in NOTHING_ORDERED):
        return OutcomeUnknown
    return ServerUnavailable if name.startswith(NOT_FROM_A_HANDLER) or passes(name) else DatamartFailed


def _reason(failure: Failure) -> str:
    """The sentence for people; a failure that is none of ours says so."""
    error, message = name_of(failure), message_of(failure)
    if error in ERRORS:
        return message
    broke = "AWS did not start a step's function" if never_started(error) else "a step of the run broke down"
    return f"{broke} ({error}): {message}" if message else f"{broke} ({error})"
