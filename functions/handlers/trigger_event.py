"""After the load: trigger an event of the server, at most once (DESIGN.md "Following up").

It is not ended by the deadline: a run that has loaded in time does not fail because of a call that takes a moment.
"""

import contextlib

from botocore.exceptions import BotoCoreError, ClientError

from functions.errors import LibraryError, ServerUnavailable
from functions.handlers._decorators import deadline_free_step
from functions.lifecycle.following_up import LEAVES_IT_OPEN, failed, follow_up_of, in_doubt
from functions.lifecycle.refusals import is_refusal
from functions.lifecycle.step import Step, StepResult
from functions.runs.follow_ups import FollowUp
from functions.runs.store.follow_ups import begin_once, record_done, take_back
from functions.runs.store.record import RunRecord


@deadline_free_step
def handler(step: Step) -> StepResult:
    """Write the intent, trigger, record that it is done. An event that was triggered is not triggered again.

    Raises
    ------
    ServerUnavailable
        Only when the call provably never left: the one case in which it is made again.
    FollowUpFailed
        The server refused, or nobody knows whether it has triggered the event.
    SessionLost, ServerBusy
        The server refused before it looked at the event: another attempt triggers it.
    """
    run, follow_up = step.run, follow_up_of(step)
    if follow_up.is_done:
        return {}
    library = step.library  # raises SessionLost where there is no session: before the intent
    if not _intend(run, follow_up):
        raise in_doubt(step, follow_up, "another invocation of this step has sent the call, and its end is not known")
    try:
        library.trigger_event(follow_up.object_id)
    except LibraryError as error:
        if error.delivery != "not sent" and not is_refusal(error):
            raise in_doubt(step, follow_up, str(error)) from error
        if not isinstance(error, LEAVES_IT_OPEN):
            raise failed(step, follow_up, error) from error
        take_back(run, follow_up)
        raise
    record_done(run, follow_up)
    return {}


def _intend(run: RunRecord, follow_up: FollowUp) -> bool:
    """Record the intent. If that fails, or may have failed, the event is not triggered."""
    try:
        return begin_once(run, follow_up)
    except (ClientError, BotoCoreError) as error:
        with contextlib.suppress(ClientError, BotoCoreError):
            take_back(run, follow_up)
        raise ServerUnavailable(
            f"the {follow_up.in_words} was not triggered: the intent could not be recorded in DynamoDB ({error})"
        ) from error
