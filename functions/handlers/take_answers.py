"""Take what people replied, or that they did not: the run goes on, asks once more, or ends."""

import contextlib
from typing import Any

from functions import clock
from functions.errors import PromptsUnanswered, RunAlreadyEnded
from functions.handlers._decorators import pause_step
from functions.lifecycle.step import Step, StepResult
from functions.prompts.reply import WrongReply, answers_in
from functions.runs.failure import Failure, close, failed, message_of
from functions.runs.questions import ask, expired
from functions.runs.run import Run
from functions.runs.run_table import ConditionFailed, Item
from functions.text import quoted, shorten

LEAST_AFTERWARDS = 300
"""Seconds that a run has at least once it was answered, however late in its time it asked."""

PAUSE_SECONDS = 1
"""Before the attempt that has the answers."""


@pause_step
def handler(step: Step) -> StepResult:
    """Judge the ``reply``, or the ``failure`` with which the waiting ended.

    Returns what conclude_attempt does: Again (the answers are in the run), Ask (refused, with the reason), or Fail; and
    the ``deadline`` (seconds since the epoch), which does not count the time that people took.
    A repeated invocation returns what the first one did.
    """
    run, failure = step.run, step.event["failure"]
    if failure is not None:
        run.change(remove=("question",))
        return close(run, _not_answered(run, failure)) | {"deadline": run.item["deadline"]}
    if "question" in run.item:
        _judge(run, run.item["question"], step.event["reply"])
    # Without a conclusion the reply came before its question was kept: from somebody who reads the history.
    conclusion = run.item["asking"].get("concluded") or ask(run, None)
    return close(run, conclusion) | {"deadline": run.item["deadline"]}


def _judge(run: Run, question: Item, reply: Any) -> None:
    """Write what follows from the reply in one change, which only the first of several invocations makes."""
    taken = clock.now() - question["askedAt"]
    asking = run.item["asking"]
    asking["seconds"] += taken
    try:
        answers = answers_in(reply, question["prompts"], asking["answers"])
        asking |= {"answers": [*asking["answers"], *answers], "fresh": len(answers)}
        conclusion: Item = {"end": "Again", "waitSeconds": PAUSE_SECONDS}
    except WrongReply as wrong:
        asking["refused"][f"q{len(asking['refused'])}"] = shorten(str(wrong), 2_000)
        conclusion = ask(run, shorten(str(wrong), 2_000))
    later = {key: run.item[key] + int(taken) for key in ("deadline", "expiresAt")}
    later["deadline"] = max(later["deadline"], clock.now() + LEAST_AFTERWARDS)
    with contextlib.suppress(ConditionFailed):
        run.change(
            put={"asking": asking | {"concluded": conclusion}, **later},
            remove=("question",),
            condition="{question.token} = :token",
            condition_values={"token": question["token"]},
        )
        return
    run.reload()


def _not_answered(run: Run, failure: Failure) -> Item:
    """The time is over; somebody sent a failure instead of answers; or the question could not be published."""
    if failure.get("Error") == "States.Timeout":
        return expired(run)
    if failure.get("Error") == RunAlreadyEnded.name:  # a redrive
        return failed(run, RunAlreadyEnded.name, message_of(failure))
    said = ": ".join(filter(None, (failure.get("Error"), message_of(failure))))
    return failed(run, PromptsUnanswered.name, f"the question ended without an answer ({quoted(said, 2_000)})")
