"""Who is subscribed to a stage's topics: addresses and chats of its settings that do not get what they should."""

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
    """An address of the settings, or the topic of the chat; ``flaw`` is why it gets nothing, or None.

    ``setting`` is ``notify``, ``askTo`` or ``chat``.
    """

    setting: str
    address: str
    flaw: str | None


def addresses_of(stack: Stack, settings: Settings) -> Iterator[Address]:
    """Each address of the settings, and the chat, as SNS knows them. Raises what boto3 raises."""
    for setting, wanted, topic in (
        ("notify", settings.notify, stack.outputs.get("NoticeTopicArn")),
        ("askTo", settings.ask_to, stack.outputs.get("QuestionTopicArn")),
    ):
        known = {each["Endpoint"].casefold(): each for each in _subscriptions(topic if wanted else None, "email")}
        for address in wanted:
            subscription = known.get(address.casefold(), {}).get("SubscriptionArn")
            yield Address(setting, printable(address), _flaw(address, subscription, topic, settings))
    if settings.chat:
        topic = stack.outputs.get("ChatTopicArn")
        flaw = None if any(_subscriptions(topic)) else _NO_CHANNEL.format(stage=settings.stage)
        yield Address("chat", topic or "ChatTopicArn", flaw)


_NO_CHANNEL = (
    "No channel is subscribed, and the chat gets nothing. Deploy the settings (make deploy STAGE={stage}), then give "
    "the topic to the channel in the console of Amazon Q Developer in chat applications."
)


def _subscriptions(topic: str | None, protocol: str | None = None) -> Iterator[dict[str, str]]:
    """The subscriptions of a topic, as SNS lists them; none of a topic that is not deployed."""
    if topic is None:
        return
    for page in boto3.client("sns").get_paginator("list_subscriptions_by_topic").paginate(TopicArn=topic):
        yield from (each for each in page["Subscriptions"] if protocol in (None, each["Protocol"]))


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
