"""Trigger events of SNS messages: a request, S3 notifications, or only message attributes."""

import os
from dataclasses import replace
from typing import Any

from aws_lambda_powertools.utilities.data_classes import SNSEvent
from aws_lambda_powertools.utilities.data_classes.sns_event import SNSMessage

from functions.requests.named_jobs import Job
from functions.requests.placeholders import MESSAGE
from functions.text import named
from functions.triggers import stored_object
from functions.triggers.declared import declares_topic, why_ignored
from functions.triggers.invoked import Invoked
from functions.triggers.s3_notification import ReportedObject, is_test_message, reported_objects
from functions.triggers.trigger_event import RejectedEvent, TriggerEvent, ignored

ALIAS = "_messages"
"""For SNS, for the stage's own topics."""


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


def declares(event: dict[str, Any], job: Job, invoked: Invoked) -> bool:
    """Whether the event's messages came over a topic of the stage's own that is the job's."""
    own = invoked.arn("sns", f"{os.environ['NAME_PREFIX']}-")
    arn = topic(event)
    return arn.startswith(own) and declares_topic(job, arn.removeprefix(own))


def about(event: dict[str, Any]) -> str:
    """The topic's ARN."""
    return topic(event)


def trigger_events(event: dict[str, Any], job: Job) -> list[TriggerEvent]:
    """One for each message, or for each object that a message reports."""
    found: list[TriggerEvent] = []
    for record in SNSEvent(event).records:
        itself = _itself(record.sns)
        if is_test_message(record.sns.message):
            found.append(ignored(itself.where, "it is S3's test message, sent when a notification is set up"))
        else:
            found += _reported(record.sns.message, itself, job) if job["objects"] else [itself]
    return found


def _reported(text: str, message: TriggerEvent, job: Job) -> list[TriggerEvent]:
    try:
        objects = reported_objects(text)
    except RejectedEvent as problem:
        return [replace(message, refusal=str(problem))]
    return [_object(one, message, job, among_others=len(objects) > 1) for one in objects]


def _object(reported: ReportedObject, message: TriggerEvent, job: Job, *, among_others: bool) -> TriggerEvent:
    """One object: size and time are those that S3 answers, not those in the message.

    The run's identity has the version that S3 answers, so a message that leaves the version out cannot start another
    run of the same upload. What S3 does not confirm is refused under the message's identity, so that a message cannot
    claim the run of a future upload; refusals of several objects of one message are one run.
    """
    uploaded = reported.uploaded
    if not reported.is_upload:
        return ignored(uploaded.where, "only its upload (ObjectCreated) starts a run")
    if (why := why_ignored(uploaded, job["objects"])) is not None:
        return ignored(uploaded.where, why)
    try:
        stored = stored_object.look(uploaded)
    except RejectedEvent as problem:
        return replace(message, refusal=f"{uploaded.where}: {problem}")
    if (why := why_ignored(uploaded, job["objects"], stored.size)) is not None:
        return ignored(uploaded.where, why)
    confirmed = replace(uploaded, version=stored.version or uploaded.version)
    return stored_object.trigger_event(confirmed, stored.since, message if among_others else None)


def _itself(message: SNSMessage) -> TriggerEvent:
    values = {"messageId": message.message_id, "subject": message.get("Subject") or ""}
    values |= {
        f"{MESSAGE}{name}": attribute.value
        for name, attribute in (message.message_attributes or {}).items()
        if attribute.get_type != "Binary"
    }
    return TriggerEvent(
        identity=f"sns\n{message.message_id}",
        at=message.timestamp,
        values=values,
        trigger="message",
        by=message.message_id,
        where=f"message {named(message.message_id)}",
        content=lambda: message.message,
    )
