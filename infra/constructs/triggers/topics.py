"""The stack's own topics, on which a message starts a job, and who may publish on them.

CloudFormation resets a topic's policy when the policy's resource is deleted, also if another resource has written a
policy since. So each resource here leaves its policy behind when it is deleted (with a topic it goes anyway), and a
policy whose topic may have been another resource's before waits for that.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from aws_cdk import aws_sns as sns
from constructs import Construct

from infra.constructs.encryption import Encryption

MOST_WITH_OWN_POLICY = 19
"""Topics without S3 notifications that have a policy each; where there are more, they share one resource.

A stack of an earlier version had a policy for each topic and cannot have had more topics, because the policy of its
queue of dead letters takes 20 statements.
"""


@dataclass(frozen=True)
class OwnTopic:
    """A topic to make.

    ``name`` is the job's name and the trigger's number; ``objects`` the uploads that its messages report, or None.
    """

    construct_id: str
    name: str
    job: str
    objects: dict[str, Any] | None


def own_topic_arns(scope: Construct, name_prefix: str) -> str:
    """The ARNs of all own topics of a stage, as one pattern."""
    return cdk.Stack.of(scope).format_arn(service="sns", resource=f"{name_prefix}-*")


def make_own_topics(
    scope: Construct, wanted: list[OwnTopic], name_prefix: str, encryption: Encryption
) -> dict[str, str]:
    """Make the topics of a stage; their ARNs by ``name``."""
    plain = sum(each.objects is None for each in wanted)
    shared: list[sns.Topic] = []
    made: dict[str, str] = {}
    own_policies: list[sns.CfnTopicPolicy] = []
    for each in wanted:
        has_own_policy = each.objects is not None or plain <= MOST_WITH_OWN_POLICY
        topic = sns.Topic(
            scope,
            each.construct_id,
            topic_name=f"{name_prefix}-{each.name}",
            display_name=f"Starts {each.job}",
            enforce_ssl=has_own_policy,
            master_key=encryption.key,
        )
        if each.objects is not None:
            for statement in _only_of_bucket(topic, each.objects):
                topic.add_to_resource_policy(statement)
        if has_own_policy:
            own_policies.append(_kept(topic.node.find_child("Policy").node.default_child))
        else:
            shared.append(topic)
        made[each.name] = topic.topic_arn
    if shared:
        policy = _shared_policy(scope, shared)
        for own in own_policies:
            own.add_resource_dependency(policy)
    if wanted:
        _say_how_they_are_named(scope, name_prefix)
    return made


def _only_of_bucket(topic: sns.Topic, objects: dict[str, Any]) -> Iterator[iam.PolicyStatement]:
    """S3 may publish for the one bucket, of this account or of the one that the job names, and nobody else may.

    Without the denial a role of the account with ``sns:Publish`` could forge uploads. A call that no service makes for
    a resource has no source ARN, and a condition that something "does not equal" holds for what is not there.
    """
    stack = cdk.Stack.of(topic)
    bucket = {"aws:SourceArn": f"arn:{stack.partition}:s3:::{objects['bucket']}"}
    yield iam.PolicyStatement(
        principals=[iam.ServicePrincipal("s3.amazonaws.com")],
        actions=["sns:Publish"],
        resources=[topic.topic_arn],
        conditions={
            "ArnEquals": bucket,
            "StringEquals": {"aws:SourceAccount": objects.get("account", stack.account)},
        },
    )
    yield iam.PolicyStatement(
        sid="OnlyTheBucketPublishes",
        effect=iam.Effect.DENY,
        principals=[iam.StarPrincipal()],
        actions=["sns:Publish"],
        resources=[topic.topic_arn],
        conditions={"ArnNotEquals": bucket},
    )


def _shared_policy(scope: Construct, topics: list[sns.Topic]) -> sns.CfnTopicPolicy:
    over_tls = iam.PolicyStatement(
        sid="AllowPublishThroughSSLOnly",
        effect=iam.Effect.DENY,
        principals=[iam.StarPrincipal()],
        actions=["sns:Publish"],
        resources=["*"],  # of the topic that it is the policy of
        conditions={"Bool": {"aws:SecureTransport": "false"}},
    )
    policy = sns.CfnTopicPolicy(
        scope,
        "OwnTopicsPolicy",
        policy_document=iam.PolicyDocument(statements=[over_tls]),
        topics=[topic.topic_arn for topic in topics],
    )
    return _kept(policy)


def _kept(policy: Any) -> sns.CfnTopicPolicy:
    kept: sns.CfnTopicPolicy = policy
    kept.apply_removal_policy(cdk.RemovalPolicy.RETAIN)
    return kept


def _say_how_they_are_named(scope: Construct, name_prefix: str) -> None:
    cdk.CfnOutput(
        scope,
        "TopicsOfJobs",
        value=f"{own_topic_arns(scope, name_prefix).removesuffix('*')}<job>-<number>",
        description="A message on such a topic starts the job or batch; the number counts the triggers in its file",
    )
