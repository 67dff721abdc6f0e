"""What is done once in an attempt, however often its step is invoked: the intent is written before the deed.

A second invocation, or one that comes after the end, finds the intent and does nothing (DESIGN.md "Executing").
"""

import json

from functions import clock
from functions.errors import PromptAnswerRejected
from functions.limits import LONGEST_LOG_IN
from functions.requests.prompt_address import named_by
from functions.runs.job_state import Job
from functions.runs.run import Run
from functions.runs.run_table import Item
from functions.text import one_line


def intend_to_execute(run: Run) -> bool:
    """Write the intent that comes before the POST to execute.

    Returns False when an intent of this attempt is there already: another invocation may have posted, and this one
    must only look. Raises RunAlreadyEnded if the attempt is closed.
    """
    here, job = f"attempts.{run.number}", f"attempts.{run.number}.job"
    limit = (run.item.get("definition") or {}).get("maxExecutionSeconds")
    return run.once(
        {job: Job.POSTING.value, f"{here}.postedAt": clock.now(), f"{here}.maxExecutionSeconds": limit},
        f"attribute_not_exists({{{job}}}) OR {{{job}}} = :again",
        {"again": Job.NOT_SENT.value},
    )


def begin_log_in(run: Run) -> bool:
    """Write that somebody is about to log in, for as long as that may take; removed when it is settled.

    Nobody else takes the run's slot before. Returns False when the attempt has a session by now, or another invocation
    is about to open one. Raises RunAlreadyEnded if the attempt is closed.
    """
    now, here = clock.now(), f"attempts.{run.number}"
    free = f"attribute_not_exists({{{here}.loggingInAt}}) OR {{{here}.loggingInAt}} < :ended"
    return run.once(
        {f"{here}.loggingInAt": now},
        f"attribute_not_exists({{{here}.session}}) AND ({free})",
        {"ended": now - LONGEST_LOG_IN},
    )


def keep_instance(run: Run, instance_id: str) -> bool:
    """Keep the instance that was created; False if an earlier invocation has kept one.

    Raises RunAlreadyEnded if the attempt is closed.
    """
    kept = f"attempts.{run.number}.instanceId"
    return run.once({kept: instance_id}, f"attribute_not_exists({{{kept}}})", {})


def stand_still(run: Run, number: int) -> None:
    """Write that the job waits for an answer that was never sent, unless round ``number`` has been answered meanwhile.

    Raises RunAlreadyEnded if the attempt is closed.
    """
    here = f"attempts.{run.number}"
    run.once({f"{here}.job": Job.PROMPTING.value}, _NOT_BEGUN.format(here=here), {"round": number})


_NOT_BEGUN = "attribute_not_exists({{{here}.answeringRound}}) OR {{{here}.answeringRound}} < :round"
"""The condition that no invocation has begun to answer in this round."""


LONGEST_NAME = 200
"""Characters of a prompt's name that are recorded."""

LARGEST_TOLD = 40_000
"""Bytes of the prompts that one attempt answers, as JSON."""


def begin_answering(run: Run, number: int, answers: list[Item]) -> bool:
    """Write, before they are sent, which prompts are answered in round ``number``; the job counts as running then.

    What becomes of them is in doubt from the start where earlier answers may have been, or were, taken already.

    Returns False when an earlier invocation began this round: it may have sent them. Raises RunAlreadyEnded if the
    attempt is closed, PromptAnswerRejected for more prompts than can be recorded.
    """
    here, attempt = f"attempts.{run.number}", run.attempt
    again = {_at(answer) for answer in answers} & set(attempt.get("keysTaken", []))
    told = [prompt for prompt in attempt.get("prompts", []) if prompt["at"] not in [_at(a) for a in answers]]
    told += [
        {"at": _at(a), "type": a["send"]["type"], "name": one_line(a["name"], LONGEST_NAME), "how": a["how"]}
        | {"given": a["given"]}
        for a in answers
    ]
    if (size := len(json.dumps(told, ensure_ascii=False).encode("utf-8", "replace"))) > LARGEST_TOLD:
        raise PromptAnswerRejected(
            f"the run has answered {len(told)} prompts, which takes {size} bytes to record; {LARGEST_TOLD} are allowed"
        )
    values = {
        "answeringRound": number,
        "answeringAt": clock.now(),
        "job": Job.ACCEPTED.value,
        "prompts": told,
        "answersPending": True,
        "answersInDoubt": bool(again or attempt.get("answersPending") or attempt.get("answersInDoubt")),
    }
    begun = run.once(
        {f"{here}.{key}": value for key, value in values.items()},
        _NOT_BEGUN.format(here=here),
        {"round": number},
    )
    if begun:
        run.answering_round = number
    return begun


def begin_saving(run: Run) -> bool:
    """Write that the definition is about to be saved; False if an earlier invocation did."""
    saving = f"attempts.{run.number}.saving"
    return run.once({saving: clock.now()}, f"attribute_not_exists({{{saving}}})", {})


def _at(answer: Item) -> str:
    """Which prompt a planned answer is for: its key, id or name."""
    return named_by(answer["send"])[1]
