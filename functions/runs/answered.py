"""What the answers that an attempt has sent say about its job: may it go on, although it seems to stand still?

For a moment after its prompts were answered a job may still be reported as waiting for them, and the prompts as open
(API.md 7.3). A job that goes on may write its table: only one that is sure to wait is as good as never started.
"""

from functions.runs.job_state import Job
from functions.runs.run import Run

SETTLING_SECONDS = 10
"""How long that moment may be."""


def answered_a_moment_ago(run: Run, asked_at: float) -> bool:
    """Whether the server took answers so shortly before it was asked (seconds since the epoch) that it may not show it.

    Its answer may be long on its way: when that arrives says nothing.
    """
    return asked_at - float(run.attempt.get("answeredAt", 0)) <= SETTLING_SECONDS


def state_at_prompts(run: Run, asked_at: float) -> Job:
    """What is known of the job when its status says that prompts are open; it was asked for at ``asked_at``.

    Answers whose fate is not known may have been taken, too.
    """
    may_go_on = answered_a_moment_ago(run, asked_at) or run.attempt.get("answersPending")
    return Job.ACCEPTED if may_go_on else Job.PROMPTING


def prompts_answered(run: Run) -> set[str]:
    """The prompts that this attempt has sent answers to, by their keys."""
    return {str(prompt["at"]) for prompt in run.attempt.get("prompts", [])}
