"""Ask people what the datamart asks; the execution then waits for the token to come back with their answers."""

from botocore.exceptions import BotoCoreError, ClientError

from functions import clock
from functions.errors import RunAlreadyEnded, ServerUnavailable
from functions.handlers._decorators import pause_step
from functions.lifecycle.step import Step, StepResult
from functions.notifications import question_message
from functions.runs.questions import seconds_to_answer
from functions.runs.run_table import ConditionFailed


@pause_step
def handler(step: Step) -> StepResult:
    """Keep the question with its ``token`` in the run and publish it. ``refusal``: why it is asked once more.

    Raises ServerUnavailable when it cannot be published (repeated), RunAlreadyEnded.

    A repeated invocation brings a new token, and asks again: the earlier one is worth nothing then.
    """
    run, now = step.run, clock.now()
    question = {
        "token": step.event["token"],
        "askedAt": now,
        "until": now + seconds_to_answer(run.item["asking"]),
        "prompts": run.item["unanswered"]["prompts"],
        "refusal": step.event["refusal"],
    }
    try:
        run.change(put={"question": question}, condition="attribute_not_exists({endedAt})")
    except ConditionFailed:
        raise RunAlreadyEnded("this run was closed in the meantime; start a new one.") from None
    try:
        question_message.send(run)
    except (ClientError, BotoCoreError) as error:
        raise ServerUnavailable(f"the question could not be published: {error}") from error
    return {}
