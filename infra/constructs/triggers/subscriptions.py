"""Subscriptions of the starter's aliases to the stack's own topics and to foreign ones.

A foreign topic may be of another account, whose owner has to allow ``sns:Subscribe`` in the topic's policy, and of
another region. From a region that an account has to opt in to, SNS delivers under a principal of that region; it has
no dead letters outside of the subscription's own region.
"""

from dataclasses import dataclass, field
from typing import Any

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_sns as sns
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from infra.constructs.findings import accept
from infra.jobs.regions import is_opted_in_to


@dataclass
class Subscriptions:
    """Makes subscriptions of functions; ``lost`` takes what SNS cannot deliver."""

    scope: Construct
    lost: sqs.Queue
    _topics: list[str] = field(default_factory=list)
    _permitted: set[tuple[str, str]] = field(default_factory=set)

    def own(self, construct_id: str, topic: str, alias: lambda_.Alias, declared: dict[str, Any]) -> None:
        """Subscribe to a topic of the stack's own; ``permit_own`` lets it invoke the alias."""
        self._make(construct_id, topic, alias, declared, redrive_policy=self._redrive)

    def permit_own(self, topics: str, alias: lambda_.Alias) -> None:
        """Let SNS invoke the alias for the topics that match an ARN pattern, and keep what it cannot deliver."""
        alias.add_permission("OwnTopics", principal=iam.ServicePrincipal("sns.amazonaws.com"), source_arn=topics)
        self._topics.append(topics)

    def foreign(self, construct_id: str, topic: str, alias: lambda_.Alias, declared: dict[str, Any]) -> None:
        """Subscribe to a topic that is not the stack's own."""
        region = topic.split(":")[3]
        here = self._is_here(region)
        redrive = cdk.Fn.condition_if(here.logical_id, self._redrive, cdk.Aws.NO_VALUE)
        self._make(construct_id, topic, alias, declared, region=region, redrive_policy=redrive)
        self._topics.append(topic)
        lambda_.CfnPermission(
            self.scope,
            f"{construct_id}Permission",
            action="lambda:InvokeFunction",
            function_name=alias.function_arn,
            principal=self._principal(topic, here),
            source_arn=topic,
        )

    def finish(self) -> None:
        """Let SNS send to the dead letters, for just the topics that are subscribed to."""
        if self._topics:
            self.lost.add_to_resource_policy(
                iam.PolicyStatement(
                    sid="Topics",
                    principals=[iam.ServicePrincipal("sns.amazonaws.com")],
                    actions=["sqs:SendMessage"],
                    resources=[self.lost.queue_arn],
                    conditions={"ArnLike": {"aws:SourceArn": list(dict.fromkeys(self._topics))}},
                )
            )

    def _make(self, construct_id: str, topic: str, alias: lambda_.Alias, declared: dict[str, Any], **more: Any) -> None:
        subscription = sns.CfnSubscription(
            self.scope,
            construct_id,
            topic_arn=topic,
            protocol="lambda",
            endpoint=alias.function_arn,
            filter_policy=declared.get("filter"),
            filter_policy_scope=declared.get("filterScope"),
            **more,
        )
        accept(subscription, "W3694", "An alias is a function too: SNS takes its ARN for the protocol lambda.")

    @property
    def _redrive(self) -> dict[str, str]:
        return {"deadLetterTargetArn": self.lost.queue_arn}

    def _is_here(self, region: str) -> cdk.CfnCondition:
        """Whether the stack is deployed to this region, which synth does not know."""
        name = f"IsIn{''.join(part.capitalize() for part in region.split('-'))}"
        known = cdk.Stack.of(self.scope).node.try_find_child(name)
        if isinstance(known, cdk.CfnCondition):
            return known
        return cdk.CfnCondition(self.scope, name, expression=cdk.Fn.condition_equals(cdk.Aws.REGION, region))

    def _principal(self, topic: str, here: cdk.CfnCondition) -> str:
        """The principal under which SNS invokes for a topic."""
        _, partition, _, region, *_ = topic.split(":")
        usual = "sns.amazonaws.com"
        if not is_opted_in_to(partition, region):
            return usual
        return cdk.Fn.condition_if(here.logical_id, usual, f"sns.{region}.amazonaws.com").to_string()
