"""Uploads as triggers: few EventBridge rules for the buckets and prefixes of all jobs, which invoke one alias."""

from aws_cdk import aws_events as events
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from infra.constructs.starter import SharedAlias
from infra.constructs.triggers.trigger import Shared, Trigger
from infra.constructs.triggers.upload_patterns import Declared, pack_uploads


class Triggers:
    """Makes the triggers ``s3`` of a stack."""

    alias = SharedAlias("s3", "StarterForUploads", "Uploaded objects start jobs by it")

    def __init__(self, shared: Shared) -> None:
        self._shared = shared

    def make(self, triggers: list[Trigger]) -> None:
        """The rules of all uploads; the starter is told the name of the stack's own bucket."""
        starter, inbox = self._shared.starter, self._shared.inbox
        _start_by_uploads(
            self._shared.scope,
            [trigger.declared["s3"] for trigger in triggers],
            inbox.bucket_name if inbox else None,
            starter.shared(self.alias),
            starter.lost,
        )
        if inbox is not None:
            starter.function.add_environment("INBOX_BUCKET", inbox.bucket_name)


def _start_by_uploads(
    scope: Construct, declared: list[Declared], own_bucket: str | None, alias: lambda_.Alias, lost: sqs.Queue
) -> None:
    """Invoke ``alias`` for each upload that is in ``declared``; ``lost`` takes what cannot be delivered."""
    rules: list[events.CfnRule] = []
    for number, pattern in reversed(list(enumerate(pack_uploads(declared, own_bucket), 1))):
        if not pattern:
            continue
        rule = events.CfnRule(
            scope,
            f"Uploads{number}",
            description="Starts the jobs that these uploads are for",
            event_pattern=pattern,
            state="ENABLED",
            targets=[
                events.CfnRule.TargetProperty(
                    id="Target0",
                    arn=alias.function_arn,
                    dead_letter_config=events.CfnRule.DeadLetterConfigProperty(arn=lost.queue_arn),
                    retry_policy=events.CfnRule.RetryPolicyProperty(
                        maximum_event_age_in_seconds=6 * 3600, maximum_retry_attempts=20
                    ),
                )
            ],
        )
        # When the number of rules doubles, uploads move to a higher one: it takes them before the lower one drops them.
        for higher in rules[-1:]:
            rule.add_resource_dependency(higher)
        rules.append(rule)
        alias.add_permission(
            f"Uploads{number}Permission",
            principal=iam.ServicePrincipal("events.amazonaws.com"),
            source_arn=rule.attr_arn,
        )
    lost.add_to_resource_policy(
        iam.PolicyStatement(
            sid="Rules",
            principals=[iam.ServicePrincipal("events.amazonaws.com")],
            actions=["sqs:SendMessage"],
            resources=[lost.queue_arn],
            conditions={"ArnEquals": {"aws:SourceArn": [rule.attr_arn for rule in reversed(rules)]}},
        )
    )
