"""Trigger events of uploads: EventBridge's "Object Created". EventBridge lets only S3 send events of ``aws.s3``."""

import os
from typing import Any

from functions.requests.named_jobs import Job
from functions.triggers.declared import declares_upload, uploads_of, why_ignored
from functions.triggers.invoked import Invoked
from functions.triggers.stored_object import trigger_event
from functions.triggers.trigger_event import TriggerEvent, ignored
from functions.triggers.uploaded_object import of_event

ALIAS = "_uploads"
"""For the stage's own rules on uploaded objects."""


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
