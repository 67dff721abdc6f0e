"""The states of an attempt's job: what each says about the table, and which may replace which (DESIGN.md "The run").

Pure: :mod:`functions.runs.store.job_states` makes the guarded transitions. A job is in one of the states from the
moment before the execution request is sent. A state is written before the step that it describes, so that a Lambda that
dies leaves the more careful one.
"""

from enum import StrEnum
from typing import TYPE_CHECKING, Literal

from functions import clock
from functions.microstrategy.codes import BEFORE_SQL, ENDED_IN_SQL

if TYPE_CHECKING:
    from functions.runs.attempt import Attempt

Loaded = Literal["yes", "no", "unknown"]


class JobState(StrEnum):
    """What is known of the job of one attempt."""

    POSTING = "posting"  # the intent: the POST may be on its way; it is never sent again
    NOT_SENT = "not sent"  # the connection was never made: the POST may be sent again
    REFUSED = "refused"  # the server answered that it does not execute
    ACCEPTED = "accepted"  # the server runs it
    PROMPTING = "prompting"  # it waits until its prompts are answered
    LOADED = "loaded"  # status 1, 20 or 21
    FAILED_BEFORE_SQL = "failed before SQL"  # status 3 or 18, never seen in the warehouse
    FAILED = "failed"  # status 3 or 18, and some SQL may have run
    LOST = "lost"  # its session or its instance is gone, and with it the way to ask


LOADED: dict[JobState | None, Loaded] = {
    None: "no",
    JobState.POSTING: "unknown",
    JobState.NOT_SENT: "no",
    JobState.REFUSED: "no",
    JobState.ACCEPTED: "unknown",
    JobState.PROMPTING: "no",
    JobState.LOADED: "yes",
    JobState.FAILED_BEFORE_SQL: "no",
    JobState.FAILED: "unknown",
    JobState.LOST: "unknown",
}
"""Whether the table was loaded; None is an attempt that has sent no execution request."""

MAY_GO_ON = frozenset({JobState.POSTING, JobState.ACCEPTED, JobState.LOST})
"""States of jobs that may write their table without us. One that waits for answers cannot."""

MAY_BE_RUNNING = frozenset({JobState.POSTING, JobState.ACCEPTED, JobState.PROMPTING, JobState.LOST})

UNSETTLED = frozenset({JobState.POSTING, JobState.ACCEPTED})
"""States of jobs that may have ended since the last look, and can be looked at again."""

FAILED = frozenset({JobState.FAILED_BEFORE_SQL, JobState.FAILED})

SETTLED = FAILED | {JobState.LOADED}
"""States that have a result: the job has ended, and how is known."""

NOTHING_EXECUTED = frozenset({None, JobState.NOT_SENT, JobState.REFUSED})
"""States of an attempt that has executed nothing."""

ABOUT_A_REQUEST = frozenset({JobState.POSTING, JobState.NOT_SENT, JobState.REFUSED})
"""States that the response to an execution request, or its absence, leads to: about no other invocation's request."""

_BEFORE_THE_END = frozenset(JobState) - SETTLED

MAY_FOLLOW: dict[JobState, frozenset[JobState]] = {
    JobState.POSTING: frozenset({JobState.POSTING, JobState.NOT_SENT}),
    JobState.NOT_SENT: frozenset({JobState.POSTING}),
    JobState.REFUSED: frozenset({JobState.POSTING}),
    JobState.ACCEPTED: _BEFORE_THE_END - {JobState.LOST},
    JobState.PROMPTING: _BEFORE_THE_END,
    JobState.LOADED: frozenset(JobState),
    JobState.FAILED_BEFORE_SQL: _BEFORE_THE_END,
    JobState.FAILED: _BEFORE_THE_END,
    JobState.LOST: MAY_GO_ON,
}
"""The states that each state may replace: a late invocation has seen the job as it was.

What the response to the execution request says gives way to any look at the job; a result is never taken back.
"""

SETTLING_SECONDS = 10
"""For how long after its prompts were answered a job may still be reported as waiting for them (API.md 7.3)."""

SEEN_SECONDS = 15
"""How recent the last look must be for "never seen at SQL" to mean anything: status 6 may come and go unseen."""

LATEST_BEGINNING = 600
"""Seconds after the execution request, or after answers to its prompts, within which a job begins, if at all.

After that a run whose request may not have arrived ends as OutcomeUnknown, and until then, plus the job's maximum
execution time, the lease of an ended run is kept."""


def loaded(states: list[JobState | None]) -> Loaded:
    """Whether the table was loaded by any of the attempts whose jobs are given: "unknown" outweighs "no"."""
    found = {LOADED[state] for state in states}
    return "yes" if "yes" in found else "unknown" if "unknown" in found else "no"


def may_go_on(attempt: "Attempt") -> bool:
    """Whether the attempt's job may still be running on the server."""
    return attempt.job_state in MAY_GO_ON and not attempt.job_ended


def last_begun(attempt: "Attempt") -> float:
    """When the job was last made to go on: by the execution request, or by answers that it was waiting for."""
    return max(float(at) for at in (attempt.posted_at, attempt.answering_at) if at is not None)


def latest_end(attempt: "Attempt") -> float | None:
    """When the attempt's job has ended in any case; None where its definition sets no limit."""
    limit = attempt.max_execution_seconds
    return last_begun(attempt) + LATEST_BEGINNING + limit if limit else None


def answered_a_moment_ago(attempt: "Attempt", asked_at: float) -> bool:
    """Whether the server took answers so shortly before it was asked (at ``asked_at``) that it may not show it.

    Its response may have taken long: when that arrived says nothing.
    """
    return asked_at - (attempt.answered_at or 0) <= SETTLING_SECONDS


def state_at_prompts(attempt: "Attempt", asked_at: float) -> JobState:
    """The state of a job whose status, asked for at ``asked_at``, says that prompts are open.

    Only a job that is sure to wait is as good as never started: answers without a response may have been accepted.
    """
    may_run = answered_a_moment_ago(attempt, asked_at) or attempt.answers_pending
    return JobState.ACCEPTED if may_run else JobState.PROMPTING


def state_of_failed(attempt: "Attempt", i_server_code: int | None, runs_extra_sql: bool) -> JobState:
    """The state of a job that failed: one that never reached SQL, and runs none of its own, wrote nothing.

    ``runs_extra_sql`` is whether the definition has, or may have, SQL of its own.
    """
    if i_server_code in BEFORE_SQL:
        return JobState.FAILED_BEFORE_SQL
    last_look = attempt.looked_at or attempt.posted_at or 0
    seen = not attempt.reached_sql and clock.now() - last_look <= SEEN_SECONDS
    clean = seen and not runs_extra_sql and i_server_code not in ENDED_IN_SQL
    return JobState.FAILED_BEFORE_SQL if clean else JobState.FAILED
