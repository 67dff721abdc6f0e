"""The notification topic: failed runs and alarms."""

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from aws_cdk import aws_sns as sns
from aws_cdk import aws_sns_subscriptions as subscriptions
from constructs import Construct

from infra.constructs.encryption import Encryption
from infra.settings.settings import Settings

PUBLISHERS = ("cloudwatch", "events")
"""Services that publish here: alarms, and rules that a platform team may add. A topic with a policy of its own has no
other publishers than those that the policy names."""


def notice_topic(scope: Construct, settings: Settings, encryption: Encryption) -> sns.Topic:
    """The topic, with the addresses of the settings subscribed."""
    topic = sns.Topic(scope, "NoticeTopic", display_name="Datamart runner", enforce_ssl=True, master_key=encryption.key)
    topic.add_to_resource_policy(
        iam.PolicyStatement(
            principals=[iam.ServicePrincipal(f"{service}.amazonaws.com") for service in PUBLISHERS],
            actions=["sns:Publish"],
            resources=[topic.topic_arn],
            conditions={"StringEquals": {"aws:SourceAccount": cdk.Stack.of(scope).account}},
        )
    )
    for address in settings.notify:
        topic.add_subscription(subscriptions.EmailSubscription(address))
    return topic
