"""A message came over an SNS topic; it may carry a request, or S3 notifications, or nothing but its attributes."""

from dataclasses import replace
from typing import Any

from aws_lambda_powertools.utilities.data_classes import SNSEvent
from aws_lambda_powertools.utilities.data_classes.sns_event import SNSMessage

from functions.run.jobs import Job
from functions.run.placeholders import MESSAGE
from functions.starting import s3_object
from functions.starting.occurrence import Occurrence, Refused


def recognises(event: dict[str, Any]) -> bool:
    """Whether the event is SNS's."""
    records = event.get("Records")
    first = records[0] if isinstance(records, list) and records else None
    return isinstance(first, dict) and first.get("EventSource") == "aws:sns"


def topic(event: dict[str, Any]) -> str:
    """ARN of the topic that the event's messages came over. Raises ValueError unless it is one; SNS sets it."""
    topics = {str(record.sns.topic_arn) for record in SNSEvent(event).records}
    if len(topics) != 1:
        raise ValueError("the event holds messages of more than one topic")
    return topics.pop()


def occurrences(event: dict[str, Any], job: Job) -> list[Occurrence]:
    """One for each message, or for each object that a message tells of."""
    found: list[Occurrence] = []
    for record in SNSEvent(event).records:
        found += _told_of(record.sns, job) if job["objects"] else [_itself(record.sns)]
    return found


def _told_of(message: SNSMessage, job: Job) -> list[Occurrence]:
    try:
        return s3_object.notified(message.message, job)
    except Refused as problem:
        return [replace(_itself(message), refusal=str(problem))]


def _itself(message: SNSMessage) -> Occurrence:
    values = {"messageId": message.message_id, "subject": message.get("Subject") or ""}
    values |= {
        f"{MESSAGE}{name}": attribute.value
        for name, attribute in (message.message_attributes or {}).items()
        if attribute.get_type != "Binary"
    }
    return Occurrence(
        identity=f"sns\n{message.message_id}",
        at=message.timestamp,
        values=values,
        where=f"message {message.message_id}",
        content=lambda: message.message,
    )
