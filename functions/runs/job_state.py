"""Was the table loaded? What is known of a job, and what it says about the table (DESIGN.md "The run").

The job of an attempt is in one of the states below from the moment before the order to execute is posted. The
state is written before the step that it tells of, so that a Lambda which dies leaves the more careful answer.
"""

from enum import StrEnum
from typing import Literal

Loaded = Literal["yes", "no", "unknown"]


class Job(StrEnum):
    """What is known of the job of one attempt."""

    POSTING = "posting"  # the intent: the POST may be on its way; it is never sent again
    NOT_SENT = "not sent"  # the connection was never made: the POST may be sent again
    REFUSED = "refused"  # the server answered that it does not execute
    ACCEPTED = "accepted"  # the server runs it
    PROMPTING = "prompting"  # it stands still until its prompts are answered
    LOADED = "loaded"  # status 1, 20 or 21
    FAILED_BEFORE_SQL = "failed before SQL"  # status 3 or 18, never seen in the warehouse
    FAILED = "failed"  # status 3 or 18, and some SQL may have run
    LOST = "lost"  # its session or its instance is gone, and with it the way to ask


LOADED: dict[Job | None, Loaded] = {
    None: "no",
    Job.POSTING: "unknown",
    Job.NOT_SENT: "no",
    Job.REFUSED: "no",
    Job.ACCEPTED: "unknown",
    Job.PROMPTING: "no",
    Job.LOADED: "yes",
    Job.FAILED_BEFORE_SQL: "no",
    Job.FAILED: "unknown",
    Job.LOST: "unknown",
}

MAY_GO_ON = frozenset({Job.POSTING, Job.ACCEPTED, Job.LOST})
"""What is known of jobs that may write their table without us. One that waits for answers cannot."""

MAY_BE_RUNNING = frozenset({Job.POSTING, Job.ACCEPTED, Job.PROMPTING, Job.LOST})

UNSETTLED = frozenset({Job.POSTING, Job.ACCEPTED})
"""What is known of jobs that may have ended since they were last looked at, and can be looked at again."""

FAILED = frozenset({Job.FAILED_BEFORE_SQL, Job.FAILED})

NOTHING_ORDERED = frozenset({None, Job.NOT_SENT, Job.REFUSED})
"""What is known of the job of an attempt that has executed nothing."""

_BEFORE_THE_END = frozenset(Job) - FAILED - {Job.LOADED}

MAY_FOLLOW: dict[Job, frozenset[Job]] = {
    Job.POSTING: frozenset({Job.POSTING, Job.NOT_SENT}),
    Job.NOT_SENT: frozenset({Job.POSTING}),
    Job.REFUSED: frozenset({Job.POSTING}),
    Job.ACCEPTED: _BEFORE_THE_END - {Job.LOST},
    Job.PROMPTING: _BEFORE_THE_END,
    Job.LOADED: frozenset(Job),
    Job.FAILED_BEFORE_SQL: _BEFORE_THE_END,
    Job.FAILED: _BEFORE_THE_END,
    Job.LOST: MAY_GO_ON,
}
"""What must be known of a job, at most, for each state to be learned of it: an invocation that comes late has seen the
job as it was. What the order's own answer says gives way to any look at the job; a result is never taken back."""


def loaded(jobs: list[Job | None]) -> Loaded:
    """Whether the table was loaded by any of the attempts whose jobs are given: a doubt outweighs a no."""
    answers = {LOADED[job] for job in jobs}
    return "yes" if "yes" in answers else "unknown" if "unknown" in answers else "no"
