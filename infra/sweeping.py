"""Once a day: look for what runs have left behind."""

from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_lambda_destinations as destinations
from aws_cdk import aws_scheduler as scheduler
from aws_cdk import aws_sns as sns
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from infra.encryption import Encryption
from infra.ending import let_tell
from infra.expectations import retry
from infra.triggers import schedule_target

TIME = "cron(17 3 * * ? *)"
"""In UTC. Not on the hour, when everybody's jobs start; a run that is under way then is left alone."""


def sweep_daily(
    scope: Construct,
    sweep: lambda_.Function,
    topic: sns.Topic,
    schedules: scheduler.CfnScheduleGroup,
    lost: sqs.Queue,
    encryption: Encryption,
) -> None:
    """Call ``sweep`` every day, and let it tell of what it finds."""
    let_tell(sweep, topic)
    retry(sweep, destinations.SqsDestination(lost))
    scheduler.CfnSchedule(
        scope,
        "SweepSchedule",
        name="sweep",
        group_name=schedules.name,
        description="Looks for what runs have left behind",
        schedule_expression=TIME,
        schedule_expression_timezone="UTC",
        flexible_time_window=scheduler.CfnSchedule.FlexibleTimeWindowProperty(mode="OFF"),
        target=schedule_target(scope, "SweepSchedule", sweep.function_arn, "{}", lost, encryption),
    ).add_resource_dependency(schedules)
