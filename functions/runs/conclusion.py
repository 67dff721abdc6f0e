"""How an attempt's failure ends the run (DESIGN.md "Ending an attempt"), and the sentence that a person reads.

Succeed, Fail, or Again; and a kind of Again that waits for a person: Ask.
"""

import random
from typing import Any

from functions.errors import shorten
from functions.runs.advice import MEND
from functions.runs.failure import Failure, failed, message_of, name_of
from functions.runs.job_state import NOTHING_ORDERED, Job
from functions.runs.outage import last_outage
from functions.runs.questions import ask_after
from functions.runs.rerun import may_rerun
from functions.runs.run import Run
from functions.transient_errors import never_started, passes

FAIL_THOUGH_LOADED = frozenset({"SaveFailed", "PromptAnswerRejected"})
"""Errors that stay errors although the table is complete: something else that was asked for was not done."""

PAUSES = {
    "RunInProgress": (10, 300),
    "ServerBusy": (30, 600),
    "ServerUnavailable": (30, 600),
    "SessionLost": (10, 600),
    "InstanceLost": (10, 600),
}
"""Seconds outside an attempt, holding nothing, the first and the longest: doubled with every attempt, and half of it
drawn by lot so that many runs do not come back at once. By the errors that another attempt may cure."""

LATE = {"ServerBusy": "RunTimedOut"}
"""What an error is called once there is no time for another attempt."""

LOST = frozenset({"SessionLost", "InstanceLost"})

NOT_NOW = frozenset({"ServerBusy", "ServerUnavailable"})

MOST_LOSSES = 3
"""Attempts that lose their session, or their instance, before anything was ordered: after so many it is no accident."""

LOST_LOG_INS = 2
"""A log-in whose answer was lost may have left a session behind; after the second one of a run it is not repeated."""

NOT_OF_OUR_CODE = ("States.Timeout", "Lambda.", "Sandbox.", "Runtime.")
"""Beginnings of the names that AWS gives to functions that were killed, throttled or out of reach."""

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
    error, reason = _name(failure, run), _reason(failure)
    if (asked := ask_after(run, error, reason)) is not None:
        return asked
    if run.loaded == "yes" and error not in FAIL_THOUGH_LOADED:
        if not saving or run.item.get("saved"):
            return {"end": "Succeed", "output": run.output()}
        error = "SaveFailed"
    if error == "RunInProgress" and run.item["onConflict"] == "skip" and run.loaded == "no":
        return {"end": "Succeed", "output": run.output() | {"skipped": True}}
    if may_come_back(run, error, aws_passes=passes(name_of(failure))):
        left = int(run.seconds_left()) - LAST_TRY
        if left > 0:
            why = f"{error}: {shorten(reason, 1_000)}"
            return {"end": "Again", "waitSeconds": min(_pause(run, error), left), "waitsFor": why}
        error = LATE.get(error, error)
        reason = f"the run did not end within its timeoutMinutes; the last answer was: {reason}"
    if error == "RunTimedOut":
        waited = run.item.get("waitsFor")
        before = f"An earlier attempt of it had ended with {waited}" if waited else ""
        reason = " ".join(filter(None, (reason, before, last_outage(run.attempt))))
    return failed(run, error, reason, name_of(failure))


def may_come_back(run: Run, error: str, aws_passes: bool = False) -> bool:
    """Whether another attempt may cure the error and cannot load the table twice.

    ``aws_passes``: the error is one of AWS that passes by itself, which no handler could write down as an outage.
    """
    if error == "RunInProgress":
        return bool(run.item["onConflict"] == "wait")
    if error in LOST and run.job not in NOTHING_ORDERED:
        return run.job is Job.LOST and may_rerun(run.item)
    if error in LOST:
        return run.loaded == "no" and run.item["lostLogIns"] < LOST_LOG_INS and _losses(run) < MOST_LOSSES
    if error == "ServerUnavailable" and "outage" not in run.attempt and not aws_passes:
        return False
    return error in NOT_NOW and (run.loaded == "no" or (run.job in NOTHING_ORDERED and may_rerun(run.item)))


def _losses(run: Run) -> int:
    return sum("lostAt" in attempt for attempt in run.item["attempts"].values())


def _pause(run: Run, error: str) -> int:
    shortest, most = PAUSES[error]
    longest = min(most, shortest << min(run.number - 1, 10))
    asked_for = int(run.attempt.get("outage", {}).get("retryAfter") or 0)
    return asked_for + longest // 2 + random.randint(0, longest // 2)  # noqa: S311 - spreads load, guards nothing


def _name(failure: Failure, run: Run) -> str:
    """The error by a name of the closed list, whatever Step Functions or Lambda called it."""
    error = name_of(failure)
    if error in MEND:
        return error
    if run.loaded == "unknown" and not (passes(error) and run.job in NOTHING_ORDERED):
        return "OutcomeUnknown"
    return "ServerUnavailable" if error.startswith(NOT_OF_OUR_CODE) or passes(error) else "DatamartFailed"


def _reason(failure: Failure) -> str:
    """The sentence for people; a failure that is none of ours says so."""
    error, message = name_of(failure), message_of(failure)
    if error in MEND:
        return message
    broke = "AWS did not start a step's function" if never_started(error) else "a step of the run broke down"
    return f"{broke} ({error}): {message}" if message else f"{broke} ({error})"
