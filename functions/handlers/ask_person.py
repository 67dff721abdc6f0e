"""Ask people what the datamart asks; the execution then waits for the token to come back with their answers."""

from botocore.exceptions import BotoCoreError, ClientError

from functions import clock
from functions.errors import ServerUnavailable
from functions.handlers._decorators import pause_step
from functions.lifecycle.step import Step, StepResult
from functions.notifications import question_message
from functions.runs.model import OpenQuestion
from functions.runs.questions import seconds_to_answer
from functions.runs.store.questions import open_question


@pause_step
def handler(step: Step) -> StepResult:
    """Keep the question with its ``token`` in the run and publish it. ``refusal``: why it is asked once more.

    Raises ServerUnavailable when it cannot be published (repeated), RunAlreadyEnded.

    A repeated invocation brings a new token, and asks again: the earlier one is worth nothing then.
    """
    run, now = step.run, clock.now()
    if run.questions is None or run.unanswered is None:
        raise ValueError("the run has nothing to ask people")
    question = OpenQuestion(
        token=step.event["token"],
        asked_at=now,
        until=now + seconds_to_answer(run.questions),
        prompts=run.unanswered.prompts,
        refusal=step.event["refusal"],
    )
    kept = open_question(run, question)
    step.facts |= {"asked": len(kept.prompts), "until": clock.timestamp(kept.until)}
    try:
        question_message.send(run, kept)
    except (ClientError, BotoCoreError) as error:
        raise ServerUnavailable(f"the question could not be published: {error}") from error
    return {}
