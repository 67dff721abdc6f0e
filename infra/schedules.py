"""Schedules of EventBridge Scheduler: a group for the stage, and a role for all schedules that invoke one function."""

from dataclasses import dataclass
from typing import Any

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from aws_cdk import aws_scheduler as scheduler
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from infra.encryption import Encryption


@dataclass(frozen=True)
class Schedules:
    """Makes the schedules of a stage.

    ``group`` is the group that they are in; ``lost`` takes what cannot be delivered.
    """

    scope: Construct
    group: scheduler.CfnScheduleGroup
    lost: sqs.Queue
    encryption: Encryption

    def role(self, construct_id: str, description: str, function_arn: str) -> iam.Role:
        """A role by which schedules of the group, and nothing else, may invoke one function or alias."""
        stack = cdk.Stack.of(self.scope)
        group = stack.format_arn(service="scheduler", resource="schedule-group", resource_name=str(self.group.name))
        role = iam.Role(
            self.scope,
            construct_id,
            assumed_by=iam.ServicePrincipal(
                "scheduler.amazonaws.com",
                conditions={
                    "StringEquals": {"aws:SourceAccount": stack.account},
                    "ArnEquals": {"aws:SourceArn": group},
                },
            ),
            description=description,
        )
        role.add_to_policy(iam.PolicyStatement(actions=["lambda:InvokeFunction"], resources=[function_arn]))
        self.lost.grant_send_messages(role)
        self.encryption.let_use(role)
        return role

    def target(self, role: iam.Role, function_arn: str, given: str) -> scheduler.CfnSchedule.TargetProperty:
        """A function as the target of a schedule; ``given`` is its input (JSON)."""
        return scheduler.CfnSchedule.TargetProperty(
            arn=function_arn,
            role_arn=role.role_arn,
            input=given,
            dead_letter_config=scheduler.CfnSchedule.DeadLetterConfigProperty(arn=self.lost.queue_arn),
            retry_policy=scheduler.CfnSchedule.RetryPolicyProperty(
                maximum_event_age_in_seconds=6 * 3600, maximum_retry_attempts=20
            ),
        )

    def make(
        self,
        construct_id: str,
        *,
        name: str,
        description: str,
        expression: str,
        time_zone: str,
        target: scheduler.CfnSchedule.TargetProperty,
        flexible_minutes: int | None = None,
    ) -> None:
        """One schedule. Its name is part of its ARN, and so of the identity of every run that it starts."""
        window: dict[str, Any] = {"mode": "OFF"}
        if flexible_minutes:
            window = {"mode": "FLEXIBLE", "maximum_window_in_minutes": flexible_minutes}
        scheduler.CfnSchedule(
            self.scope,
            construct_id,
            name=name,
            group_name=self.group.name,
            description=description,
            schedule_expression=expression,
            schedule_expression_timezone=time_zone,
            flexible_time_window=scheduler.CfnSchedule.FlexibleTimeWindowProperty(**window),
            target=target,
        ).add_resource_dependency(self.group)
