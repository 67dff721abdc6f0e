"""What starts a job: schedules, uploads, messages. Each kind is a few resources that call the job's alias."""

import json
import re
from dataclasses import dataclass
from typing import Any

import aws_cdk as cdk
from aws_cdk import aws_events as events
from aws_cdk import aws_events_targets as targets
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_scheduler as scheduler
from aws_cdk import aws_sns as sns
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from functions.starting.schedule import TARGET_INPUT
from infra.encryption import Encryption
from infra.findings import accept
from infra.named_job import NamedJob
from infra.object_pattern import pattern_of_key
from infra.starter import construct_name

Trigger = dict[str, Any]


@dataclass(frozen=True)
class Triggers:
    """Makes the triggers of a stack.

    ``inbox`` is the stack's own bucket, or None where no job needs one; ``schedules`` the group that its schedules are
    in; ``lost`` takes what cannot be delivered.
    """

    scope: Construct
    starter: lambda_.Function
    lost: sqs.Queue
    schedules: scheduler.CfnScheduleGroup
    inbox: s3.Bucket | None
    encryption: Encryption

    def make(self, job: NamedJob, alias: lambda_.Alias) -> None:
        """All triggers of a job."""
        for index, trigger in enumerate(job.triggers, 1):
            name = f"{construct_name(job.name)}{index}"
            if "schedule" in trigger:
                self._schedule(name, f"{job.name}-{index}", job, trigger, alias)
            elif "s3" in trigger:
                self._upload(name, job, trigger["s3"], alias)
            else:
                self._message(name, f"{job.name}-{index}", job, trigger["sns"], alias)

    # -- schedules ----------------------------------------------------------------------------------------------

    def _schedule(self, name: str, schedule: str, job: NamedJob, trigger: Trigger, alias: lambda_.Alias) -> None:
        flexible = trigger.get("flexibleMinutes")
        scheduler.CfnSchedule(
            self.scope,
            f"{name}Schedule",
            name=schedule,
            group_name=self.schedules.name,
            description=f"Starts the job {job.name}",
            schedule_expression=trigger["schedule"],
            schedule_expression_timezone=trigger.get("timeZone", job.time_zone),
            flexible_time_window=scheduler.CfnSchedule.FlexibleTimeWindowProperty(
                mode="FLEXIBLE" if flexible else "OFF", maximum_window_in_minutes=flexible
            ),
            target=schedule_target(
                self.scope, f"{name}Schedule", alias.function_arn, json.dumps(TARGET_INPUT), self.lost, self.encryption
            ),
        ).add_resource_dependency(self.schedules)

    # -- uploads ------------------------------------------------------------------------------------------------

    def _upload(self, name: str, job: NamedJob, declared: Trigger, alias: lambda_.Alias) -> None:
        bucket = declared.get("bucket") or self._own.bucket_name
        events.Rule(
            self.scope,
            f"{name}Upload",
            description=f"Starts the job {job.name}",
            event_pattern=events.EventPattern(
                source=["aws.s3"],
                detail_type=["Object Created"],
                detail={"bucket": {"name": [bucket]}} | pattern_of_key(declared),
            ),
            targets=[
                targets.LambdaFunction(
                    alias, dead_letter_queue=self.lost, max_event_age=cdk.Duration.hours(6), retry_attempts=20
                )
            ],
        )
        if "acceptRequests" in job.content:
            self._let_read(declared.get("bucket"), declared.get("prefix", ""))

    @property
    def _own(self) -> s3.Bucket:
        if self.inbox is None:
            raise ValueError("a job needs the stack's own bucket, and there is none")
        return self.inbox

    def _let_read(self, bucket: str | None, prefix: str) -> None:
        """Let the starter read the requests that are uploaded below ``prefix``, whose own * and ? are no wildcards."""
        prefix = re.sub(r"[*?$]", r"${\g<0>}", prefix)
        stack = cdk.Stack.of(self.scope)
        arn = stack.format_arn(service="s3", region="", account="", resource=bucket or self._own.bucket_name)
        statements = {
            ("s3:GetObject", "s3:GetObjectVersion"): f"{arn}/{prefix}*",
            ("s3:ListBucket",): arn,  # without it S3 says "access denied" of an object that is gone
        }
        for actions, resource in statements.items():
            self.starter.add_to_role_policy(iam.PolicyStatement(actions=list(actions), resources=[resource]))
        own = self._own.node.default_child if bucket is None else None
        name = f"<{stack.get_logical_id(own)}>" if isinstance(own, cdk.CfnElement) else bucket
        if self.starter.role is not None:
            accept(
                self.starter.role,
                f"AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:s3:::{name}/{prefix}*]",
                "The keys of what will be uploaded are not known; they begin with the prefix.",
            )

    # -- messages -----------------------------------------------------------------------------------------------

    def _message(self, name: str, topic_name: str, job: NamedJob, declared: Trigger, alias: lambda_.Alias) -> None:
        topic = self._topic(name, topic_name, job, declared)
        if "acceptRequests" in job.content and "objects" in declared:
            self._let_read(declared["objects"]["bucket"], declared["objects"].get("prefix", ""))
        subscription = sns.CfnSubscription(
            self.scope,
            f"{name}Subscription",
            topic_arn=topic,
            protocol="lambda",
            endpoint=alias.function_arn,
            filter_policy=declared.get("filter"),
            filter_policy_scope=declared.get("filterScope"),
            redrive_policy={"deadLetterTargetArn": self.lost.queue_arn},
        )
        accept(subscription, "W3694", "An alias is a function too: SNS takes its ARN for the protocol lambda.")
        alias.add_permission(f"{name}Permission", principal=iam.ServicePrincipal("sns.amazonaws.com"), source_arn=topic)
        self.lost.add_to_resource_policy(
            iam.PolicyStatement(
                principals=[iam.ServicePrincipal("sns.amazonaws.com")],
                actions=["sqs:SendMessage"],
                resources=[self.lost.queue_arn],
                conditions={"ArnEquals": {"aws:SourceArn": topic}},
            )
        )

    def _topic(self, name: str, topic_name: str, job: NamedJob, declared: Trigger) -> str:
        if "topicArn" in declared:
            return str(declared["topicArn"])
        topic = sns.Topic(
            self.scope,
            f"{name}Topic",
            topic_name=f"{self.schedules.name}-{topic_name}",
            display_name=f"Starts {job.name}",
            enforce_ssl=True,
            master_key=self.encryption.key,
        )
        if "objects" in declared:
            bucket = declared["objects"]["bucket"]
            stack = cdk.Stack.of(self.scope)
            topic.add_to_resource_policy(
                iam.PolicyStatement(
                    principals=[iam.ServicePrincipal("s3.amazonaws.com")],
                    actions=["sns:Publish"],
                    resources=[topic.topic_arn],
                    conditions={
                        "ArnEquals": {"aws:SourceArn": f"arn:{stack.partition}:s3:::{bucket}"},
                        "StringEquals": {"aws:SourceAccount": stack.account},
                    },
                )
            )
        cdk.CfnOutput(self.scope, f"{name}TopicArn", value=topic.topic_arn, description=f"A message starts {job.name}")
        return topic.topic_arn


def schedule_target(
    scope: Construct, name: str, function_arn: str, given: str, lost: sqs.Queue, encryption: Encryption
) -> scheduler.CfnSchedule.TargetProperty:
    """A function as the target of a schedule, with a role that may call just this one."""
    role = iam.Role(
        scope,
        f"{name}Role",
        assumed_by=iam.ServicePrincipal(
            "scheduler.amazonaws.com",
            conditions={"StringEquals": {"aws:SourceAccount": cdk.Stack.of(scope).account}},
        ),
        description=f"What the schedule {name} may do",
    )
    role.add_to_policy(iam.PolicyStatement(actions=["lambda:InvokeFunction"], resources=[function_arn]))
    lost.grant_send_messages(role)
    encryption.let_use(role)
    return scheduler.CfnSchedule.TargetProperty(
        arn=function_arn,
        role_arn=role.role_arn,
        input=given,
        dead_letter_config=scheduler.CfnSchedule.DeadLetterConfigProperty(arn=lost.queue_arn),
        retry_policy=scheduler.CfnSchedule.RetryPolicyProperty(
            maximum_event_age_in_seconds=6 * 3600, maximum_retry_attempts=20
        ),
    )
