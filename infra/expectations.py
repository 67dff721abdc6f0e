"""At a job's ``expectBy``: ask whether its table was loaded."""

import json

import aws_cdk as cdk
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_scheduler as scheduler
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from infra.encryption import Encryption
from infra.named_job import NamedJob
from infra.starter import construct_name
from infra.triggers import schedule_target


def expect_load(
    scope: Construct,
    job: NamedJob,
    function: lambda_.Function,
    schedules: scheduler.CfnScheduleGroup,
    lost: sqs.Queue,
    encryption: Encryption,
) -> None:
    """Call the function every day, or on the days of ``expectOn``, at ``expectBy`` in the job's time zone."""
    hour, minute = str(job.content["expectBy"]).split(":")
    days = ",".join(job.content.get("expectOn", ["*"]))
    given = {"job": job.name, "timeZone": job.time_zone, "scheduledTime": "<aws.scheduler.scheduled-time>"}
    name = f"{construct_name(job.name)}Expected"
    scheduler.CfnSchedule(
        scope,
        f"{name}Schedule",
        name=f"{job.name}-expected",
        group_name=schedules.name,
        description=f"Asks whether the table of {job.name} was loaded",
        schedule_expression=f"cron({int(minute)} {int(hour)} ? * {days} *)",
        schedule_expression_timezone=job.time_zone,
        flexible_time_window=scheduler.CfnSchedule.FlexibleTimeWindowProperty(mode="OFF"),
        target=schedule_target(scope, f"{name}Schedule", function.function_arn, json.dumps(given), lost, encryption),
    ).add_resource_dependency(schedules)


def retry(function: lambda_.Function, lost_destination: lambda_.IDestination) -> None:
    """What it fails at three times goes to the dead letters."""
    function.configure_async_invoke(retry_attempts=2, max_event_age=cdk.Duration.hours(2), on_failure=lost_destination)
