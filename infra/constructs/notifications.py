"""The topics of notifications: of failed runs and alarms by mail, and of the same for a chat."""

from dataclasses import dataclass

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_sns as sns
from aws_cdk import aws_sns_subscriptions as subscriptions
from constructs import Construct

from infra.constructs.encryption import Encryption
from infra.settings.settings import Settings

PUBLISHERS = ("cloudwatch", "events")
"""Services that publish here: alarms, and rules that a platform team may add. A topic with a policy of its own has no
other publishers than those that the policy names."""


@dataclass(frozen=True)
class NoticeTopics:
    """The topics on which people are notified; ``chat`` is None unless the settings ask for it.

    ``of_ends`` is which ends of runs people are notified of (settings: ``notifyOn``).
    """

    mail: sns.Topic
    chat: sns.Topic | None
    of_ends: tuple[str, ...]

    @property
    def each(self) -> list[sns.Topic]:
        """Those that there are."""
        return [self.mail, *([self.chat] if self.chat else [])]

    def let_notify(self, function: lambda_.Function) -> None:
        """Let a function notify people."""
        function.add_environment("NOTICE_TOPIC_ARN", self.mail.topic_arn)
        self.mail.grant_publish(function)
        if self.chat is not None:
            function.add_environment("CHAT_TOPIC_ARN", self.chat.topic_arn)
            self.chat.grant_publish(function)

    def let_notify_of_ends(self, function: lambda_.Function) -> None:
        """Let a function notify people of the ends of runs."""
        self.let_notify(function)
        function.add_environment("NOTIFY_ON", ",".join(self.of_ends))


def notice_topics(scope: Construct, settings: Settings, encryption: Encryption) -> NoticeTopics:
    """The topics: of mail with the addresses of the settings subscribed; an administrator subscribes the chat."""
    mail = _topic(scope, "NoticeTopic", "Datamart runner", encryption)
    for address in settings.notify:
        mail.add_subscription(subscriptions.EmailSubscription(address))
    cdk.CfnOutput(scope, "NoticeTopicArn", value=mail.topic_arn, description="Failure notifications, alarms")
    if not settings.chat:
        return NoticeTopics(mail, None, settings.notify_on)
    chat = _topic(scope, "ChatTopic", "Datamart runner for chats", encryption)
    what = "The same for Slack and Teams: subscribe Amazon Q Developer in chat applications"
    cdk.CfnOutput(scope, "ChatTopicArn", value=chat.topic_arn, description=what)
    return NoticeTopics(mail, chat, settings.notify_on)


def _topic(scope: Construct, construct_id: str, display_name: str, encryption: Encryption) -> sns.Topic:
    """A topic that alarms, and rules that a platform team may add, publish on."""
    topic = sns.Topic(scope, construct_id, display_name=display_name, enforce_ssl=True, master_key=encryption.key)
    topic.add_to_resource_policy(
        iam.PolicyStatement(
            principals=[iam.ServicePrincipal(f"{service}.amazonaws.com") for service in PUBLISHERS],
            actions=["sns:Publish"],
            resources=[topic.topic_arn],
            conditions={"StringEquals": {"aws:SourceAccount": cdk.Stack.of(scope).account}},
        )
    )
    return topic
