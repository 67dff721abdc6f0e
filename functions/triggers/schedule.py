"""Trigger events of schedules. Their shape is the target input in infra/constructs/triggers/triggers.py."""

from typing import Any

from functions.requests.named_jobs import Job
from functions.triggers.trigger_event import TriggerEvent

TARGET_INPUT = {"scheduleArn": "<aws.scheduler.schedule-arn>", "scheduledTime": "<aws.scheduler.scheduled-time>"}
"""EventBridge Scheduler puts its context attributes into this."""


def recognises(event: dict[str, Any]) -> bool:
    """Whether the event is a schedule's."""
    return set(event) == set(TARGET_INPUT)


def trigger_events(event: dict[str, Any], job: Job) -> list[TriggerEvent]:
    """The one scheduled time that the event names."""
    arn, at = str(event["scheduleArn"]), str(event["scheduledTime"])
    return [TriggerEvent(identity=f"{arn}\n{at}", at=at, where=f"schedule {arn.rpartition('/')[2]}")]
