"""Ask people what the datamart asks; the execution then waits for the token to come back with their answers."""

from botocore.exceptions import BotoCoreError, ClientError

from functions.asking import message
from functions.library import ServerUnavailable
from functions.run import clock
from functions.run.asking import seconds_to_answer
from functions.run.errors import RunAlreadyEnded
from functions.run.record import ConditionFailed
from functions.step import Answer, Step, pause_step


@pause_step
def handler(step: Step) -> Answer:
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
        message.send(run)
    except (ClientError, BotoCoreError) as error:
        raise ServerUnavailable(f"the question could not be published: {error}") from error
    return {}
