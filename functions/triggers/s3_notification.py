"""Parses uploads reported in an SNS message: an S3 event notification, or an EventBridge event sent on to a topic.

Everybody who may publish on the topic can write such a message, so it only names objects: S3 is asked about each
object before a run is started (functions/triggers/stored_object.py).
"""

from dataclasses import dataclass
from typing import Any

from functions.requests.event_shapes import described
from functions.requests.input_limits import MOST_RUNS
from functions.triggers.trigger_event import RejectedEvent, parsed
from functions.triggers.uploaded_object import Uploaded, of_event, of_record

MOST_RECORDS = MOST_RUNS
"""Records of one message: S3 sends one. More would let a single message start a flood of runs."""

MOST_ENVELOPES = 3
"""Envelopes of SNS around a message: each topic and queue on its way may have put one."""


@dataclass(frozen=True)
class ReportedObject:
    """One record of a message; ``is_upload`` is False for a deletion and every other kind of event."""

    uploaded: Uploaded
    is_upload: bool


def is_test_message(text: str) -> bool:
    """Whether it is the message that S3 sends when a notification is set up."""
    try:
        body = _unwrapped(text)
    except RejectedEvent:
        return False
    return isinstance(body, dict) and body.get("Event") == "s3:TestEvent"


def reported_objects(text: str) -> list[ReportedObject]:
    """The objects that a message reports. Raises RejectedEvent if it has neither shape, or reports too many."""
    body = _unwrapped(text)
    try:
        if isinstance(body, dict) and body.get("source") == "aws.s3":
            return [ReportedObject(of_event(body), body["detail-type"] == "Object Created")]
        if isinstance(body, dict) and isinstance(body.get("Records"), list):
            records = body["Records"]
            if _are_of_another_service(records):
                raise RejectedEvent(_not_a_notification(body))
            if len(records) > MOST_RECORDS:
                raise RejectedEvent(
                    f"the message holds {len(records)} records, and at most {MOST_RECORDS} are taken from one message; "
                    "S3 itself sends one"
                )
            return [
                ReportedObject(of_record(record), record["eventName"].startswith("ObjectCreated:"))
                for record in records
            ]
    except (KeyError, TypeError, AttributeError):
        raise RejectedEvent(_not_a_notification(None)) from None
    raise RejectedEvent(_not_a_notification(body))


def _unwrapped(text: str) -> Any:
    """The body of a message without the envelopes that SNS put around it. Raises RejectedEvent."""
    try:
        body = parsed(text)
        for _ in range(MOST_ENVELOPES):
            if _is_envelope(body):
                body = parsed(body["Message"])
    except RejectedEvent:
        raise RejectedEvent(_not_a_notification(None)) from None
    return body


def _is_envelope(body: Any) -> bool:
    return isinstance(body, dict) and {"Type", "TopicArn"} <= set(body) and isinstance(body.get("Message"), str)


def _are_of_another_service(records: list[Any]) -> bool:
    first = records[0] if records and isinstance(records[0], dict) else {}
    return (first.get("eventSource") or first.get("EventSource") or "aws:s3") != "aws:s3"


def _not_a_notification(body: Any) -> str:
    shape = described(body)
    return "the message is not an S3 notification" + (f": it {shape}" if shape else "")
