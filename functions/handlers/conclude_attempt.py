"""After the clean-up, failed or not: decides whether the run succeeds, fails or tries again, and frees its slot."""

from functions.handlers._decorators import cleanup_step
from functions.lifecycle.step import Step, StepResult
from functions.runs.conclusion import conclude, error_of, reason_of
from functions.runs.concurrency import give_back
from functions.runs.failure import Failure
from functions.runs.questions import Question, question_after, refusal_name
from functions.runs.store.questions import record_refused_answers, reopen_questions
from functions.runs.store.record import RunRecord
from functions.runs.store.runs import record_conclusion
from functions.runs.store.table import run_table


@cleanup_step
def handler(step: Step) -> StepResult:
    """Decide and, unless another attempt follows, close the run with its outcome; then give back what it held.

    Returns ``end``: Succeed (with ``output``), Fail (with ``error`` and ``cause``), Again (with
    ``waitSeconds`` and ``waitsFor``, the reason), or Ask (with ``askSeconds`` and, if an answer was refused, its
    ``refusal``).
    """
    run, failure = step.run, step.event["failure"]
    if failure is not None:
        _record_questions(run, failure)
    conclusion = conclude(run, failure, saving=step.event["saving"])
    record_conclusion(run, conclusion)
    give_back(run_table(), run)
    return conclusion.as_response()


def _record_questions(run: RunRecord, failure: Failure) -> None:
    """Record what the failure says of people's answers, before it is concluded that they are asked again."""
    name = refusal_name(run)
    match question_after(run, error_of(run, failure)), run.questions:
        case Question.OPEN, _:
            reopen_questions(run)
        case Question.REFUSED, questions if questions is not None and name not in questions.refused:
            record_refused_answers(run, name, reason_of(failure))
