"""Every hour: removes what runs have left behind in spite of their clean-up, and notifies people.

The clean-up of a run is done by its own states and by end_run. This is for what went wrong there for hours: an end that
was never delivered or processed, a session that is still kept, a lease or a slot of an execution that has ended.
Every five minutes it looks after the queues, where a run may wait for a hand-over that was lost, and notifies people
of outages whose ends have not done it.
"""

import json
import os
from collections.abc import Callable
from functools import cache

from aws_lambda_powertools.metrics import MetricUnit
from aws_lambda_powertools.utilities.typing import LambdaContext

from functions.aws_clients import in_init
from functions.lifecycle.step import Event, StepResult
from functions.lifecycle.sweep import batches, leases, messages, queues, runs
from functions.metric_names import (
    QUEUE_LENGTH,
    QUEUE_OLDEST,
    QUEUED_LONG,
    SLOTS_TAKEN,
    SWEEP_FOUND,
    SWEEP_LEFT,
)
from functions.names import LOOK_AT_QUEUES, LOOK_HOURLY
from functions.notifications.outages import notify_of_outage
from functions.notifications.publish import publish
from functions.notifications.sweep_notice import SEE_LOG, Thing, notice
from functions.runs.batches.model import BatchRun
from functions.runs.executions import described
from functions.runs.lease import Lease
from functions.runs.message import MessageRuns
from functions.runs.store.scan import scan
from functions.runs.store.table import run_table
from functions.telemetry import logger, metrics, tracer

in_init(run_table)

SECONDS_FOR_A_RUN = 25
"""The most that one run may take: a server that hangs must not use up the time of all."""

SECONDS_KEPT = 60
"""For the batches, the leases, the queues, the messages and the notification."""


@logger.inject_lambda_context
@metrics.log_metrics
@tracer.capture_lambda_handler(capture_response=False, capture_error=False)
def handler(event: Event, context: LambdaContext) -> StepResult:
    """Sweep the run table. Returns how many things were ``found``, and how many of them are ``left``.

    Executions that run, and what they hold, are left alone. A second sweep only notifies of what is still left. With
    ``look: queues`` in the event it looks after the queues and outages and no more, and returns ``looked``: in how many
    queues runs wait.
    With ``look: hourly`` people are not notified where all that was found is left: that is told once a day.
    """
    if event.get("look") == LOOK_AT_QUEUES:
        _notify_of_outages()
        return {"looked": _look_at_queues()}
    suspects, held, unsent, begun = _suspects()
    describe = cache(described)
    things: list[Thing] = []
    while suspects and _seconds_left(context) > SECONDS_FOR_A_RUN + SECONDS_KEPT:
        run = suspects.pop()
        things += _found(run, runs.finish, run, describe, _Share(context))
    for batch in begun:
        things += _found(batch, batches.finish, batch, describe, _Share(context))
    for key, owner in held:
        things += _found(owner, leases.free, key, owner, describe)
    for connection in _connections():
        things += _found(connection, queues.free, connection, describe)
    for key, run in unsent:
        things += _found(run, messages.notify, key)
    _notify_of_outages()
    left = sum(thing.left for thing in things) + len(suspects)
    logger.info("swept", extra={"found": len(things), "left": left, "unseen": len(suspects)})
    metrics.add_metric(name=SWEEP_FOUND, unit=MetricUnit.Count, value=len(things))
    metrics.add_metric(name=SWEEP_LEFT, unit=MetricUnit.Count, value=left)
    if suspects or any(not thing.left for thing in things) or (things and event.get("look") != LOOK_HOURLY):
        publish(notice(things, len(suspects)))
    return {"found": len(things), "left": left}


def _look_at_queues() -> int:
    """In how many of them runs wait; one that cannot be looked at keeps none of the others from it."""
    looks = []
    for connection in _connections():
        try:
            looks.append(queues.look(connection))
        except Exception as error:
            reason = {"connection": connection, "error": type(error).__name__, "reason": str(error)}
            logger.warning("the queue was not looked at", extra=reason)
    metrics.add_metric(name=SLOTS_TAKEN, unit=MetricUnit.Count, value=sum(each.slots_taken for each in looks))
    metrics.add_metric(name=QUEUE_LENGTH, unit=MetricUnit.Count, value=sum(each.waiting for each in looks))
    metrics.add_metric(name=QUEUED_LONG, unit=MetricUnit.Count, value=sum(each.waiting_long for each in looks))
    longest = max((each.longest_wait for each in looks), default=0.0)
    metrics.add_metric(name=QUEUE_OLDEST, unit=MetricUnit.NoUnit, value=round(longest / 60, 1))
    return sum(each.going_on for each in looks)


def _notify_of_outages() -> None:
    """Notify people of failures that are due and whose ends have not done it; one connection keeps none from others."""
    for connection in _connections():
        try:
            if notify_of_outage(run_table(), connection):
                logger.warning("notified of an outage", extra={"connection": connection})
        except Exception as error:
            reason = {"connection": connection, "error": type(error).__name__, "reason": str(error)}
            logger.warning("people were not notified of an outage", extra=reason)


def _connections() -> list[str]:
    """Names of the stage's connections."""
    names: list[str] = json.loads(os.environ["CONNECTIONS"])
    return names


def _suspects() -> tuple[list[str], list[tuple[str, str]], list[tuple[str, str]], list[str]]:
    """The runs to look at, what is held with its holder, messages with failures not notified, and batches to look at.

    Nothing else of an item is kept: no session, above all.
    """
    found, held, unsent, begun = [], [], [], []
    for one in scan(run_table()):
        if isinstance(one, Lease):
            held.append((one.key, one.owner))
        elif isinstance(one, MessageRuns):
            unsent += [(one.key, one.run)] if messages.is_suspect(one) else []
        elif isinstance(one, BatchRun):
            begun += [one.arn] if batches.is_suspect(one) else []
        elif runs.flaws(one):
            found.append(one.arn)
    return found, held, unsent, begun


def _found(run: str, look: Callable[..., list[Thing]], *arguments: object) -> list[Thing]:
    """What a look at one run or lease finds; one that fails does not end the sweep."""
    logger.set_correlation_id(run)
    try:
        things = look(*arguments)
    except Exception as error:
        logger.warning("not looked at", extra={"error": type(error).__name__, "reason": str(error)})
        things = [Thing(run, "unknown", "it could not be looked at", f"{type(error).__name__}, {SEE_LOG}", left=True)]
    for thing in things:
        logger.warning("left behind", extra={"found": thing.what, "now": thing.now, "left": thing.left})
    return things


class _Share:
    """The share of one run in the function's time, as a context of its own."""

    def __init__(self, context: LambdaContext) -> None:
        self._context = context
        self._rest = _seconds_left(context) - SECONDS_FOR_A_RUN

    def get_remaining_time_in_millis(self) -> int:
        """Milliseconds until the share is used up."""
        return round(1000 * (_seconds_left(self._context) - self._rest))


def _seconds_left(context: LambdaContext) -> float:
    return float(context.get_remaining_time_in_millis()) / 1000
