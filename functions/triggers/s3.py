"""Trigger events of uploads: EventBridge's "Object Created". EventBridge lets only S3 send events of ``aws.s3``."""

import os
from typing import Any

from functions.requests.named_jobs import Job
from functions.triggers import stored_object
from functions.triggers.declared import declares_upload, uploads_of, why_ignored
from functions.triggers.invoked import Invoked
from functions.triggers.trigger_event import TriggerEvent, ignored
from functions.triggers.uploaded_object import Uploaded, of_event


def recognises(event: dict[str, Any]) -> bool:
    """Whether the event is EventBridge's of an upload."""
    return event.get("source") == "aws.s3" and event.get("detail-type") == "Object Created"


def declares(event: dict[str, Any], job: Job, invoked: Invoked) -> bool:
    """Whether the job declares the upload of the event's object."""
    uploaded = of_event(event)
    return declares_upload(job, uploaded.bucket, uploaded.key, os.environ.get("INBOX_BUCKET"))


def about(event: dict[str, Any]) -> str:
    """The object's URI."""
    uploaded = of_event(event)
    return f"s3://{uploaded.bucket}/{uploaded.key}"


def trigger_events(event: dict[str, Any], job: Job) -> list[TriggerEvent]:
    """The one object that the event names, which the job declares."""
    uploaded = of_event(event)
    declared = uploads_of(job, os.environ.get("INBOX_BUCKET"))
    if (why := why_ignored(uploaded, declared, uploaded.size)) is not None:
        return [ignored(uploaded.where, why)]
    return [trigger_event(uploaded, event["time"])]


def trigger_event(uploaded: Uploaded, at: str, message: TriggerEvent | None = None) -> TriggerEvent:
    """The same trigger event for both ways in which S3 reports an upload; ``at`` is its time (ISO 8601)."""
    return TriggerEvent(
        identity=uploaded.identity,
        at=at,
        values=uploaded.values,
        where=uploaded.where,
        content=lambda: stored_object.read(uploaded),
        message=message,
    )
