"""The question topic: runs publish their open prompts here ("unanswered": "ask").

A topic of its own: its messages hold the task token of the question, so every reader can answer.
"""

import aws_cdk as cdk
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_sns as sns
from aws_cdk import aws_sns_subscriptions as subscriptions
from constructs import Construct

from infra.constructs.encryption import Encryption
from infra.settings.settings import Settings


def question_topic(scope: Construct, settings: Settings, ask_person: lambda_.Function, encryption: Encryption) -> None:
    """The topic, published to by ``ask_person`` alone, with the addresses of the settings subscribed."""
    topic = sns.Topic(
        scope, "QuestionTopic", display_name="Datamart questions", enforce_ssl=True, master_key=encryption.key
    )
    topic.grant_publish(ask_person)
    ask_person.add_environment("QUESTION_TOPIC_ARN", topic.topic_arn)
    for address in settings.ask_to:
        topic.add_subscription(subscriptions.EmailSubscription(address))
    cdk.CfnOutput(
        scope, "QuestionTopicArn", value=topic.topic_arn, description="Questions to people are published here"
    )
