"""Who is subscribed to a stage's topics: the addresses of its settings that do not get what they should."""

import shlex
from collections.abc import Iterator
from dataclasses import dataclass

import boto3

from functions.text import printable
from infra.settings.settings import Settings
from local.aws.stack import Stack

HOURS_TO_CONFIRM = 48
"""After which SNS removes a subscription that nobody confirmed (its developer guide, "Deleting a topic")."""


@dataclass(frozen=True)
class Address:
    """An address of the settings; ``setting`` is ``notify`` or ``askTo``, ``flaw`` why it gets nothing, or None."""

    setting: str
    address: str
    flaw: str | None


def addresses_of(stack: Stack, settings: Settings) -> Iterator[Address]:
    """Each address of the settings, as SNS knows it. Raises what boto3 raises."""
    for setting, wanted, topic in (
        ("notify", settings.notify, stack.outputs.get("NoticeTopicArn")),
        ("askTo", settings.ask_to, stack.outputs.get("QuestionTopicArn")),
    ):
        known = _subscribed(topic) if topic and wanted else {}
        for address in wanted:
            yield Address(setting, printable(address), _flaw(address, known.get(address.casefold()), topic, settings))


def _subscribed(topic: str) -> dict[str, str]:
    """The ARN of each address's subscription, or SNS's word for one that has none yet."""
    pages = boto3.client("sns").get_paginator("list_subscriptions_by_topic").paginate(TopicArn=topic)
    found = (each for page in pages for each in page["Subscriptions"] if each["Protocol"] == "email")
    return {each["Endpoint"].casefold(): each["SubscriptionArn"] for each in found}


def _flaw(address: str, subscription: str | None, topic: str | None, settings: Settings) -> str | None:
    again = (
        f"aws sns subscribe --topic-arn {topic} --protocol email --notification-endpoint {shlex.quote(address)}"
        if topic
        else ""
    )
    if subscription is None:
        return (
            "It is not subscribed, and gets nothing. Deploy the settings (make deploy STAGE="
            f"{settings.stage}); if they are deployed, nobody confirmed it for {HOURS_TO_CONFIRM} hours, or it was "
            f"unsubscribed: {again}"
        )
    if not subscription.startswith("arn:"):
        return (
            "It is not confirmed, and gets nothing. Its owner opens the link in the message of AWS Notifications; "
            f"this sends the message again: {again}"
        )
    return None
