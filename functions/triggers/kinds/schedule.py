"""Trigger events of schedules. Their shape is SCHEDULE_INPUT, which the stack gives to each schedule."""

import os
from typing import Any

from functions.names import SCHEDULE_INPUT
from functions.requests.named_jobs import Job
from functions.triggers.declared import declares_schedule
from functions.triggers.invoked import Invoked
from functions.triggers.trigger_event import TriggerEvent

ALIAS = "_schedules"
"""For EventBridge Scheduler, for the stage's own group of schedules."""


def recognises(event: dict[str, Any]) -> bool:
    """Whether the event is a schedule's."""
    return set(event) == set(SCHEDULE_INPUT)


def declares(event: dict[str, Any], job: Job, invoked: Invoked) -> bool:
    """Whether the schedule of the event is one of the job's, in the stage's own group."""
    group = invoked.arn("scheduler", f"schedule/{os.environ['NAME_PREFIX']}/")
    arn = about(event)
    return arn.startswith(group) and declares_schedule(job, arn.removeprefix(group))


def about(event: dict[str, Any]) -> str:
    """The schedule's ARN."""
    return str(event["scheduleArn"])


def trigger_events(event: dict[str, Any], job: Job) -> list[TriggerEvent]:
    """The one scheduled time that the event names."""
    arn, at = str(event["scheduleArn"]), str(event["scheduledTime"])
    name = arn.rpartition("/")[2]
    return [TriggerEvent(identity=f"{arn}\n{at}", at=at, trigger="schedule", by=name, where=f"schedule {name}")]
