"""Take what people replied, or that they did not: the run goes on, asks once more, or ends."""

from dataclasses import replace
from typing import Any

from functions import clock
from functions.errors import PromptsUnanswered, RunAlreadyEnded
from functions.handlers._decorators import pause_step
from functions.lifecycle.step import Step, StepResult
from functions.lifecycle.step_log import facts_of_conclusion
from functions.prompts.reply import InvalidReply, answers_in
from functions.requests.hidden_answers import without_answers
from functions.runs.failure import Failure, failed, message_of
from functions.runs.model import OpenQuestion, Questions, Run
from functions.runs.outcome import Again, Conclusion, Fail
from functions.runs.questions import ask, expired
from functions.runs.store.questions import LONGEST_REFUSAL, clear_question, record_reply
from functions.runs.store.record import RunRecord
from functions.runs.store.runs import record_conclusion
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
        clear_question(run)
        conclusion: Conclusion = _not_answered(run, failure)
    elif run.questions is None:
        raise ValueError("the run asks nobody")
    else:
        if run.question is not None:
            _record(run, run.question, run.questions, step.event["reply"])
        # Without a conclusion the reply came before its question was kept: from somebody who reads the history.
        conclusion = run.questions.conclusion or ask(run, run.questions, None)
    record_conclusion(run, conclusion)
    step.facts |= facts_of_conclusion(conclusion)
    return conclusion.as_response() | {"deadline": run.deadline}


def _record(run: RunRecord, question: OpenQuestion, questions: Questions, reply: Any) -> None:
    """Write what follows from the reply in one change, which only the first of several invocations makes."""
    taken = clock.now() - question.asked_at
    judged = _judged(run, question, replace(questions, seconds=questions.seconds + taken), reply)
    deadline = max(run.deadline + int(taken), clock.now() + LEAST_AFTERWARDS)
    record_reply(run, question, judged, deadline, run.expires_at + int(taken))


def _judged(run: Run, question: OpenQuestion, questions: Questions, reply: Any) -> Questions:
    """The run's questions after the reply, with what follows from it."""
    try:
        answers = answers_in(reply, list(question.prompts), list(questions.answers))
    except InvalidReply as wrong:
        refusal = shorten(without_answers(str(wrong), reply), LONGEST_REFUSAL)
        questions = replace(questions, refused=questions.refused | {f"q{len(questions.refused)}": refusal})
        return replace(questions, conclusion=ask(run, questions, refusal))
    return replace(
        questions,
        answers=(*questions.answers, *answers),
        fresh=len(answers),
        conclusion=Again(PAUSE_SECONDS),
    )


def _not_answered(run: Run, failure: Failure) -> Fail:
    """The time is over; somebody sent a failure instead of answers; or the question could not be published."""
    if failure.get("Error") == "States.Timeout":
        return expired(run)
    if failure.get("Error") == RunAlreadyEnded.name:  # a redrive
        return failed(run, RunAlreadyEnded.name, message_of(failure))
    said = ": ".join(filter(None, (failure.get("Error"), message_of(failure))))
    return failed(run, PromptsUnanswered.name, f"the question ended without an answer ({quoted(said, 2_000)})")
