"""What becomes known of an attempt's job: written only over what it may follow.

A function that comes late, or beside another invocation of its step, has seen the job as it was. What it saw must not
take the place of what is known by then: neither LOST that of LOADED, nor "it waits for answers" that of "it goes on",
when it has been answered meanwhile.
"""

from typing import Any

from functions import clock
from functions.microstrategy.status import COMPLETED
from functions.runs.job_state import MAY_FOLLOW, Job
from functions.runs.run import Run
from functions.runs.run_table import ConditionFailed, Item


def learn_job(run: Run, job: Job, of_the_run: Item | None = None, /, **facts: Any) -> bool:
    """Keep what became known of the attempt's job, open or closed, and ``facts`` of the attempt with it.

    ``of_the_run`` holds what is kept in the run itself by the same write. Returns False, and keeps nothing, where more
    is known by now.
    """
    condition, values = _may_follow(run, job)
    if job in _SAID_OF_AN_ORDER:
        condition, values = f"{condition} AND {{attempts.{run.number}.onceBy}} = :mine", values | {"mine": run.intent}
    if job is Job.PROMPTING:
        unanswered, round_known = _same_round(run)
        condition, values = f"{condition} AND {unanswered}", values | round_known
    return _learn(run, {"job": job.value} | facts, of_the_run or {}, condition, values)


_SAID_OF_AN_ORDER = frozenset({Job.POSTING, Job.NOT_SENT, Job.REFUSED})
"""What the answer to an order says of it, or that there was none: of no other invocation's order."""


def lose_job(run: Run) -> None:
    """The session or the instance is gone: nobody can ask any more for a job that may go on."""
    if run.job is None or not learn_job(run, Job.LOST, lostAt=clock.now()):
        run.learn(lostAt=clock.now())


def learn_of_end(run: Run, said: str) -> None:
    """The job monitor, which says ``said`` of it, knows that the job has ended; only of one that completed, how.

    Whatever else is known of the table stays as it is (DESIGN.md "Losing the session or the instance").
    """
    if said == COMPLETED:
        learn_job(run, Job.LOADED, {"finishedAt": clock.now()}, jobEnded=True)
    else:
        run.learn(jobEnded=True)


def learn_of_answers(run: Run, **facts: Any) -> bool:
    """Keep what became of the answers that this invocation has sent; False where a later round has begun by now."""
    condition, values = _same_round(run)
    return _learn(run, facts, {}, condition, values)


def _learn(run: Run, facts: Item, of_the_run: Item, condition: str, values: Item) -> bool:
    here = {f"attempts.{run.number}.{key}": value for key, value in facts.items()}
    try:
        run.change(put=here | of_the_run, condition=condition, condition_values=values)
    except ConditionFailed:
        run.reload()
        return False
    return True


def _may_follow(run: Run, job: Job) -> tuple[str, Item]:
    values = {f"before{number}": state.value for number, state in enumerate(sorted(MAY_FOLLOW[job]))}
    return f"{{attempts.{run.number}.job}} IN ({', '.join(f':{name}' for name in values)})", values


def _same_round(run: Run) -> tuple[str, Item]:
    """The condition that nobody has begun to answer since this invocation did, or since it read the run."""
    path, known = f"{{attempts.{run.number}.answeringRound}}", run.answering_round
    return (f"attribute_not_exists({path})", {}) if known is None else (f"{path} = :round", {"round": known})
