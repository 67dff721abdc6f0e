"""S3's word of uploads inside an SNS message: a notification of S3's own, or EventBridge's event sent on to a topic.

All who may publish on the topic can write such a message, so nothing in it is believed beyond which objects it names:
each is asked for before anything is started (functions/triggers/stored_object.py).
"""

from dataclasses import dataclass
from typing import Any

from functions.requests.event_shapes import described
from functions.triggers.trigger_event import Refused, parsed
from functions.triggers.uploaded_object import Uploaded, of_event, of_record

MOST_RECORDS = 10
"""Records of one message: S3 sends one. More would let a single message start a flood of runs."""

MOST_ENVELOPES = 3
"""Envelopes of SNS around a message: each topic and queue on its way may have put one."""


@dataclass(frozen=True)
class Told:
    """One record of a message; ``is_upload`` is False for a deletion and whatever else may befall an object."""

    uploaded: Uploaded
    is_upload: bool


def is_test_message(text: str) -> bool:
    """Whether it is the message that S3 sends when a notification is set up."""
    try:
        body = _unwrapped(text)
    except Refused:
        return False
    return isinstance(body, dict) and body.get("Event") == "s3:TestEvent"


def told_in(text: str) -> list[Told]:
    """What a message tells of objects. Raises Refused when it is neither shape, or tells of too many."""
    body = _unwrapped(text)
    try:
        if isinstance(body, dict) and body.get("source") == "aws.s3":
            return [Told(of_event(body), body["detail-type"] == "Object Created")]
        if isinstance(body, dict) and isinstance(body.get("Records"), list):
            records = body["Records"]
            if _are_of_another_service(records):
                raise Refused(_no_notification(body))
            if len(records) > MOST_RECORDS:
                raise Refused(
                    f"the message holds {len(records)} records, and at most {MOST_RECORDS} are taken from one message; "
                    "S3 itself sends one"
                )
            return [Told(of_record(record), record["eventName"].startswith("ObjectCreated:")) for record in records]
    except (KeyError, TypeError, AttributeError):
        raise Refused(_no_notification(None)) from None
    raise Refused(_no_notification(body))


def _unwrapped(text: str) -> Any:
    """The body of a message without the envelopes that SNS put around it. Raises Refused."""
    try:
        body = parsed(text)
        for _ in range(MOST_ENVELOPES):
            if _is_envelope(body):
                body = parsed(body["Message"])
    except Refused:
        raise Refused(_no_notification(None)) from None
    return body


def _is_envelope(body: Any) -> bool:
    return isinstance(body, dict) and {"Type", "TopicArn"} <= set(body) and isinstance(body.get("Message"), str)


def _are_of_another_service(records: list[Any]) -> bool:
    first = records[0] if records and isinstance(records[0], dict) else {}
    return (first.get("eventSource") or first.get("EventSource") or "aws:s3") != "aws:s3"


def _no_notification(body: Any) -> str:
    shape = described(body)
    return "the message is not an S3 notification" + (f": it {shape}" if shape else "")
