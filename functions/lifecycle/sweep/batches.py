"""Batches: lost starts and ends of items, a lost task token, and batches whose own end was not processed."""

from aws_lambda_powertools.utilities.typing import LambdaContext

from functions.lifecycle import end_of_batch, end_of_run
from functions.lifecycle.batch_progress import execution_of, move_on
from functions.lifecycle.sweep.has_ended import Describe, has_ended
from functions.notifications.sweep_notice import Thing
from functions.runs.batches.model import BatchPlan, BatchRun
from functions.runs.batches.order import ItemState
from functions.runs.batches.order import has_ended as all_have_ended
from functions.runs.executions import described
from functions.runs.notification import Notification
from functions.runs.store.batches import BatchRecord, find_batch, load_plan
from functions.runs.store.table import run_table

ITEM_NOT_STARTED = "the run of an item had not been started"
ITEM_NOT_ENDED = "the end of an item had not been processed"
NOT_WOKEN = "it waited although all of its items had ended"
NOT_ENDED = "the end of the batch had not been processed"


def is_suspect(batch: BatchRun) -> bool:
    """Whether it runs, as far as is known, or its end was not processed."""
    succeeded = batch.outcome is not None and batch.outcome.succeeded
    is_told = Notification.EVENT in batch.notified and (succeeded or Notification.NOTICE in batch.notified)
    return not (batch.ended and is_told) or Notification.NOTICE.chat_is_due(batch.claimed, batch.notified)


def finish(execution_arn: str, describe: Describe, context: LambdaContext) -> list[Thing]:
    """Do for a batch what the ends of its items, and its own, would have done."""
    record = find_batch(run_table(), execution_arn)  # it may have gone on since it was found
    found = describe(execution_arn)
    if record is None or found is None or not is_suspect(record):
        return []
    if found["status"] == "RUNNING":
        return _look_after(record, context)
    if not has_ended(found, None):
        return []  # end_run works on it
    end_of_batch.end(found)
    return [Thing(execution_arn, record.name_in_words, NOT_ENDED, "done now")]


def _look_after(record: BatchRecord, context: LambdaContext) -> list[Thing]:
    """Start what was not started, and process the ends that were not.

    What Step Functions says of the items is asked anew: the rest of the sweep must not take one that is started here
    for one that does not exist.
    """
    plan = load_plan(record.table, record.arn)
    if plan is None:
        return []
    things, not_started = [], False
    for index in record.items_in(ItemState.RUNNING):
        found = described(execution_of(record, plan, index))
        if found is None:
            not_started = True
            things.append(_thing(record, plan, index, ITEM_NOT_STARTED, "started now"))
        elif has_ended(found, None):
            end_of_run.end(found, context)
            things.append(_thing(record, plan, index, ITEM_NOT_ENDED, "done now"))
    record.reload()
    woken = (not_started or all_have_ended(record.states)) and move_on(record)
    return things if things or not woken else [Thing(record.arn, record.name_in_words, NOT_WOKEN, "woken now")]


def _thing(record: BatchRecord, plan: BatchPlan, index: int, what: str, now: str) -> Thing:
    return Thing(record.arn, record.name_in_words, f"{what} ({plan.items[index]})", now)
