"""Send the answers to the open prompts; the job then goes on by itself, or opens further ones.

Once in a round: whether the call succeeded or not, the prompts are read again before anything is answered again
(API.md 8.5).
"""

from functions.errors import (
    DatamartFailed,
    InstanceLost,
    JobCancelled,
    LibraryError,
    PermissionDenied,
    PromptAnswerRejected,
    ServerBusy,
    ServerUnavailable,
    SessionLost,
)
from functions.handlers._decorators import step
from functions.lifecycle.progress import fail
from functions.lifecycle.step import Step, StepResult
from functions.microstrategy.codes import ENDED_IN_SQL
from functions.requests.hidden_answers import answers_are_shown, values_in
from functions.runs.store.job_states import (
    begin_answering,
    count_answer_failure,
    record_answers_not_sent,
    record_answers_refused,
    record_answers_taken,
)
from functions.runs.store.record import RunRecord
from functions.runs.store.sent_answers import record_sent_values

MOST_FAILURES = 5
"""Calls in a row that may fail before the run gives up."""

LONGEST_PAUSE = 30
"""Seconds before the prompts are read again after a call that failed."""

SHOWN = 20
"""Names of prompts that a message lists."""


@step
def handler(step: Step) -> StepResult:
    """Answer every open prompt in one call. Returns ``phase`` and ``waitSeconds`` as get_status does.

    From the moment before the call the job counts as running: answered, it writes the table. Raises
    PromptAnswerRejected, InstanceLost, DatamartFailed; ServerUnavailable and ServerBusy after MOST_FAILURES calls
    without success.
    """
    run = step.run
    answers = step.event["answers"]
    if not answers_are_shown():
        record_sent_values(run.table, run, values_in(answers))
    if not begin_answering(run, step.event["round"], answers):
        return {"phase": "running", "waitSeconds": 1}  # another invocation of this round has sent them, perhaps
    try:
        step.library.answer_prompts(
            run.project_id, run.datamart_id, str(run.execution_instance_id), [a["send"] for a in answers]
        )
    except PromptAnswerRejected as error:
        error.explain(f"answered were {', '.join(a['name'] for a in answers[:SHOWN])}")
        if run.attempt.answers_in_doubt:
            return _again(step, error)  # perhaps only because the server has taken them before
        record_answers_refused(run)
        raise
    except (ServerUnavailable, ServerBusy) as error:
        return _again(step, error)
    except (DatamartFailed, JobCancelled) as error:
        if error.i_server_code in ENDED_IN_SQL:
            raise fail(run, error) from None  # they were taken, and the job has ended
        if error.is_refusal:
            _none_taken(run)
        raise
    except (SessionLost, InstanceLost, PermissionDenied):
        _none_taken(run)
        raise
    record_answers_taken(run, answers)
    return {"phase": "running", "waitSeconds": 1}


def _none_taken(run: RunRecord) -> None:
    """The Library's own word: it has taken none of them, unless it took them before."""
    if not run.attempt.answers_in_doubt:
        record_answers_refused(run)


def _again(step: Step, error: LibraryError) -> StepResult:
    failures = count_answer_failure(step.run)
    if error.delivery == "not sent" and not step.run.attempt.answers_in_doubt:
        record_answers_not_sent(step.run)
    if failures >= MOST_FAILURES:
        raise error
    pause = max(2**failures, int(error.retry_after or 0))
    return {"phase": "running", "waitSeconds": min(pause, LONGEST_PAUSE)}
