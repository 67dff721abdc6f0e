"""The daily sweep for what runs have left behind."""

from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_lambda_destinations as destinations
from aws_cdk import aws_sns as sns

from infra.constructs.end_of_run import let_publish_ends
from infra.constructs.queues import retry
from infra.constructs.schedules import Schedules

TIME = "cron(17 3 * * ? *)"
"""In UTC. Not on the hour, when most jobs start; the sweep leaves running runs alone."""


def sweep_daily(
    sweep: lambda_.Function,
    topic: sns.Topic,
    schedules: Schedules,
) -> None:
    """Call ``sweep`` every day, and let it notify people of its findings."""
    let_publish_ends(sweep, topic)
    retry(sweep, destinations.SqsDestination(schedules.lost))
    schedules.make(
        "SweepSchedule",
        name="sweep",
        description="Looks for what runs have left behind",
        expression=TIME,
        time_zone="UTC",
        target=schedules.target(sweep.function_arn, "{}"),
    )
