"""How an attempt's failure ends the run (DESIGN.md "Ending an attempt"), and the sentence that a person reads.

Succeed, Fail, or Again; and a kind of Again that waits for a person: Ask.
"""

import random

from functions import clock
from functions.errors import (
    ERRORS,
    DatamartFailed,
    FollowUpFailed,
    NamedError,
    NextAttempt,
    OutcomeUnknown,
    RunInProgress,
    RunTimedOut,
    SaveFailed,
    ServerBusy,
    ServerUnavailable,
    WaitsFor,
)
from functions.runs.attempt import Attempt
from functions.runs.failure import Failure, failed, message_of, name_of
from functions.runs.follow_ups import left_to_do
from functions.runs.job_state import NOTHING_EXECUTED, JobState
from functions.runs.model import Run
from functions.runs.outcome import Again, Conclusion, Succeed
from functions.runs.output import output_of, skipped_output_of, superseded_output_of
from functions.runs.questions import ask_after
from functions.runs.waiting import SUPERSEDED, newer_run
from functions.text import shorten
from functions.transient_errors import NOT_FROM_A_HANDLER, never_started, passes

MOST_LOSSES = 3
"""Attempts that may lose their session or instance before the execution request: after so many it is systematic."""

LOST_LOG_INS = 2
"""A log-in whose answer was lost may have left a session behind; after the second one of a run it is not repeated."""

QUEUE_PAUSE = 1
"""Seconds before an attempt that waits in the queue."""

LAST_TRY = 5
"""Seconds before the deadline at which the last attempt begins at the latest: a pause until the very deadline would
end as a time-out that has forgotten what was waited for."""


def conclude(
    run: Run, failure: Failure | None, saving: bool, queues: bool = False, queue_seconds: float | None = None
) -> Conclusion:
    """What follows this attempt.

    Parameters
    ----------
    run
        The run after the attempt's clean-up, and after what the failure says of people's answers was recorded.
    failure
        ``Error`` and ``Cause`` as Step Functions caught them, or None.
    saving
        Whether the request asks to save the definition.
    queues
        Whether the next attempt waits in the queue for what it waits for: then no pause comes before.
    queue_seconds
        Of a run that waits in the queue: the seconds that are left of its ``queueMinutes``.
    """
    if failure is None:
        return _without_failure(run)
    if name_of(failure) == SUPERSEDED and run.loaded == "no":
        return Succeed(superseded_output_of(run, newer_run(message_of(failure))))
    error, reason = error_of(run, failure), reason_of(failure)
    if (asked := ask_after(run, error)) is not None:
        return asked
    missing = incomplete_after(run, error, saving)
    if run.loaded == "yes" and error.when_loaded is None and missing is None:
        return Succeed(output_of(run))
    if error is RunInProgress and run.on_conflict == "skip" and run.loaded == "no":
        return Succeed(skipped_output_of(run))
    if missing is SaveFailed:
        error = SaveFailed
    if error.next_attempt and may_follow(run, error, aws_passes=passes(name_of(failure))):
        seconds, limit = _left(run, queue_seconds)
        left = int(seconds) - LAST_TRY
        if left > 0:
            why = f"{error.name}: {shorten(reason, 1_000)}"
            pause = QUEUE_PAUSE if queues else _pause(run, error.next_attempt)
            return Again(min(pause, left), waits_for=why)
        error = RunTimedOut if error.times_out else error
        reason = f"{limit}; the last error was: {reason}"
    if missing is FollowUpFailed:
        return failed(run, missing.name, reason)
    if error is RunTimedOut:
        before = f"An earlier attempt of it had ended with {run.waits_for}" if run.waits_for else ""
        reason = " ".join(filter(None, (reason, before, _last_outage(run.attempt))))
    return failed(run, error.name, reason, name_of(failure))


def _without_failure(run: Run) -> Conclusion:
    """What follows an attempt in which no step failed.

    The definition of an earlier release knows no follow-ups: an execution that began with it has done none.
    """
    if run.loaded == "yes" and left_to_do(run.follow_ups):
        return failed(run, FollowUpFailed.name, "the execution began before an upgrade, and does no follow-ups")
    return Succeed(output_of(run))


def incomplete_after(run: Run, error: type[NamedError], saving: bool) -> type[NamedError] | None:
    """The error of a run that has loaded its table, and not done all else that was asked for; None for any other.

    An error that speaks of a loaded table itself stays as it is.
    """
    if run.loaded != "yes" or error.when_loaded is not None:
        return None
    if saving and not run.saved_object_id and run.follow_ups_of is None:
        return SaveFailed
    return FollowUpFailed if left_to_do(run.follow_ups) else None


def _left(run: Run, queue_seconds: float | None) -> tuple[float, str]:
    """The seconds within which another attempt may begin, and the sentence about the limit once they have passed.

    A run that waits in the queue has two limits, and its deadline does not come nearer.
    """
    seconds = run.seconds_left()
    if queue_seconds is not None and queue_seconds < seconds:
        return queue_seconds, f"the run waited in the queue for its queueMinutes ({run.queue_minutes})"
    return seconds, "the run did not end within its timeoutMinutes"


def may_follow(run: Run, error: type[NamedError], aws_passes: bool) -> bool:
    """Whether another attempt may follow: it may cure the error, and it cannot load the table twice.

    ``aws_passes``: the error is a transient one of AWS, which no handler could record as an outage.
    """
    again, state = error.next_attempt, run.attempt.job_state
    if run.loaded == "yes":
        return _may_follow_up(run, error, aws_passes=aws_passes)
    match again and again.waits_for:
        case WaitsFor.DATAMART:
            return run.on_conflict == "wait"
        case WaitsFor.NEW_SESSION if state in NOTHING_EXECUTED:
            return run.loaded == "no" and run.lost_logins < LOST_LOG_INS and _losses(run) < MOST_LOSSES
        case WaitsFor.NEW_SESSION:
            return state is JobState.LOST and may_rerun(run)
        case WaitsFor.SERVER if error is ServerUnavailable and run.attempt.outage is None and not aws_passes:
            return False
        case WaitsFor.SERVER:
            return run.loaded == "no" or (state in NOTHING_EXECUTED and may_rerun(run))
        case _:
            return False


def _may_follow_up(run: Run, error: type[NamedError], *, aws_passes: bool) -> bool:
    """Whether another attempt may follow that only does what is left to do after the load."""
    match error.next_attempt and error.next_attempt.waits_for:
        case WaitsFor.DATAMART:
            return run.on_conflict == "wait"
        case WaitsFor.NEW_SESSION:
            return run.lost_logins < LOST_LOG_INS and _losses(run) < MOST_LOSSES
        case WaitsFor.SERVER:
            return error is not ServerUnavailable or run.attempt.outage is not None or aws_passes
        case _:
            return False


def may_rerun(run: Run) -> bool:
    """Whether a run whose job was lost may execute its datamart once more: a second load only repeats the first.

    It was asked for (``rerunIfReplacing``), the definition could be read, it replaces the table and runs no SQL of its
    own, and it happens once. The next attempt finds out that the orphaned job has ended, before it executes anything
    (DESIGN.md "Losing the session or the instance").
    """
    definition, target = run.definition, run.target
    lost = [attempt for attempt in run.attempts.values() if attempt.job_state is JobState.LOST]
    harmless = definition is not None and definition.readable and not definition.runs_extra_sql
    replaces = target is not None and target.append is False
    return run.rerun_if_replacing and harmless and replaces and len(lost) == 1


def _losses(run: Run) -> int:
    return sum(attempt.lost_at is not None for attempt in run.attempts.values())


def _last_outage(attempt: Attempt) -> str:
    """The sentence about it for a run whose time is over; empty where the server was always there."""
    found = attempt.unavailable
    return f"The server was last unavailable at {clock.timestamp(found.at)}: {found.reason}" if found else ""


def _pause(run: Run, again: NextAttempt) -> int:
    """Seconds until the next attempt; half of the pause is random, so that many runs do not come back at once."""
    longest = min(again.longest_pause, again.first_pause << min(max(run.number - 1, 0), 10))
    if run.queued_since is not None and again is ServerBusy.next_attempt:  # the queue is full, perhaps for long
        longest = again.longest_pause
    outage = run.attempt.outage
    asked_for = int((outage and outage.retry_after) or 0)
    return asked_for + longest // 2 + random.randint(0, longest // 2)  # noqa: S311 - spreads load, guards nothing


def error_of(run: Run, failure: Failure) -> type[NamedError]:
    """The error of the closed list, whatever Step Functions or Lambda called it."""
    name = name_of(failure)
    if name in ERRORS:
        return ERRORS[name]
    if run.loaded == "unknown" and not (passes(name) and run.attempt.job_state in NOTHING_EXECUTED):
        return OutcomeUnknown
    return ServerUnavailable if name.startswith(NOT_FROM_A_HANDLER) or passes(name) else DatamartFailed


def reason_of(failure: Failure) -> str:
    """The sentence for people; an error that is not in our table is named as it is."""
    error, message = name_of(failure), message_of(failure)
    if error in ERRORS:
        return message
    broke = "AWS did not start a step's function" if never_started(error) else "a step of the run broke down"
    return f"{broke} ({error}): {message}" if message else f"{broke} ({error})"
