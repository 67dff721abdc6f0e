"""A schedule's time has come. The shape is our own: the target input in infra/constructs/triggers/triggers.py."""

from typing import Any

from functions.requests.named_jobs import Job
from functions.triggers.trigger_event import Occurrence

TARGET_INPUT = {"scheduleArn": "<aws.scheduler.schedule-arn>", "scheduledTime": "<aws.scheduler.scheduled-time>"}
"""EventBridge Scheduler puts its context attributes into this."""


def recognises(event: dict[str, Any]) -> bool:
    """Whether the event is a schedule's."""
    return set(event) == set(TARGET_INPUT)


def occurrences(event: dict[str, Any], job: Job) -> list[Occurrence]:
    """The one time that is named."""
    arn, at = str(event["scheduleArn"]), str(event["scheduledTime"])
    return [Occurrence(identity=f"{arn}\n{at}", at=at, where=f"schedule {arn.rpartition('/')[2]}")]
