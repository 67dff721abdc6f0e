"""Schedules of EventBridge Scheduler: a group for the stage, and one role that all of them take."""

from typing import Any

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from aws_cdk import aws_scheduler as scheduler
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from infra.constructs.encryption import Encryption


class Schedules:
    """Makes the schedules of a stage.

    Parameters
    ----------
    group_name
        Of the group that they are in; it is part of their ARNs.
    lost
        Takes what cannot be delivered.
    """

    def __init__(self, scope: Construct, group_name: str, lost: sqs.Queue, encryption: Encryption) -> None:
        self._scope = scope
        self._group = scheduler.CfnScheduleGroup(scope, "Schedules", name=group_name)
        self.lost = lost
        stack = cdk.Stack.of(scope)
        group = stack.format_arn(service="scheduler", resource="schedule-group", resource_name=group_name)
        self._role = iam.Role(
            scope,
            "SchedulesRole",
            assumed_by=iam.ServicePrincipal(
                "scheduler.amazonaws.com",
                conditions={
                    "StringEquals": {"aws:SourceAccount": stack.account},
                    "ArnEquals": {"aws:SourceArn": group},
                },
            ),
            description="What the schedules of the group may do",
        )
        lost.grant_send_messages(self._role)
        encryption.let_use(self._role)

    def target(self, function_arn: str, given: str) -> scheduler.CfnSchedule.TargetProperty:
        """A function or alias as the target of schedules, which from then on may invoke it.

        ``given`` is its input (JSON).
        """
        self._role.add_to_policy(iam.PolicyStatement(actions=["lambda:InvokeFunction"], resources=[function_arn]))
        return scheduler.CfnSchedule.TargetProperty(
            arn=function_arn,
            role_arn=self._role.role_arn,
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
            self._scope,
            construct_id,
            name=name,
            group_name=self._group.name,
            description=description,
            schedule_expression=expression,
            schedule_expression_timezone=time_zone,
            flexible_time_window=scheduler.CfnSchedule.FlexibleTimeWindowProperty(**window),
            target=target,
        ).add_resource_dependency(self._group)
