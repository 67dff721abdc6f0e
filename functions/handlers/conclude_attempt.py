"""After the clean-up, failed or not: decides whether the run succeeds, fails or tries again, and frees its slot."""

from functions import clock
from functions.errors import RunInProgress
from functions.handlers._decorators import cleanup_step
from functions.lifecycle.hand_over import give_back
from functions.lifecycle.step import Step, StepResult
from functions.lifecycle.step_log import facts_of_conclusion
from functions.runs.conclusion import conclude, error_of, reason_of
from functions.runs.concurrency import give_back_lease
from functions.runs.failure import Failure
from functions.runs.model import Run
from functions.runs.questions import Question, question_after, refusal_name
from functions.runs.queue import Queue
from functions.runs.slots import taken_under_another_name, ticket_of
from functions.runs.store.questions import record_refused_answers, reopen_questions
from functions.runs.store.queues import load_queue
from functions.runs.store.record import RunRecord
from functions.runs.store.runs import record_conclusion
from functions.runs.store.table import run_table
from functions.runs.waiting import seconds_left


@cleanup_step
def handler(step: Step) -> StepResult:
    """Decide and, unless another attempt follows, close the run with its outcome; give back what it held.

    Returns ``end``: Succeed (with ``output``), Fail (with ``error`` and ``cause``), Again (with
    ``waitSeconds`` and ``waitsFor``, the reason), or Ask (with ``askSeconds`` and, if an answer was refused, its
    ``refusal``). The event's ``queue`` is missing under the definition of an earlier release, which has no queue.
    """
    run, failure = step.run, step.event["failure"]
    if failure is not None:
        _record_questions(run, failure)
    saving, queues = step.event["saving"], _will_queue(step)
    conclusion = conclude(run, failure, saving, queues, queue_seconds=_queue_seconds(run))
    record_conclusion(run, conclusion, lease_free=give_back_lease(run_table(), run))
    give_back(run_table(), run)
    step.facts |= facts_of_conclusion(conclusion)
    return conclusion.as_response()


def _will_queue(step: Step) -> bool:
    """Whether the next attempt waits in the queue until the run that has the datamart gives its slot back."""
    failure = step.event["failure"]
    if not step.event.get("queue") or failure is None or error_of(step.run, failure) is not RunInProgress:
        return False
    key, queue = taken_under_another_name(run_table(), step.run), load_queue(run_table(), step.run.connection)
    return key is not None and queue is not None and key in queue.holders


def _queue_seconds(run: Run) -> int | None:
    """Seconds that are left of the queueMinutes of a run that waits in the queue, and whose steps there failed."""
    if run.queued_since is None:
        return None
    queue = load_queue(run_table(), run.connection)
    return seconds_left(Queue() if queue is None else queue, ticket_of(run), clock.now())


def _record_questions(run: RunRecord, failure: Failure) -> None:
    """Record what the failure says of people's answers, before it is concluded that they are asked again."""
    name = refusal_name(run)
    match question_after(run, error_of(run, failure)), run.questions:
        case Question.OPEN, _:
            reopen_questions(run)
        case Question.REFUSED, questions if questions is not None and name not in questions.refused:
            record_refused_answers(run, name, reason_of(failure))
