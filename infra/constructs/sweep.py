"""The hourly sweep for what runs have left behind, and the look after the queues every five minutes."""

import json

from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_lambda_destinations as destinations
from aws_cdk import aws_sns as sns

from functions.names import LOOK_AT_QUEUES, LOOK_HOURLY
from infra.constructs.end_of_run import let_publish_ends
from infra.constructs.queues import retry
from infra.constructs.schedules import Schedules

TIME, OTHER_TIMES = "cron(17 3 * * ? *)", "cron(17 0-2,4-23 * * ? *)"
"""In UTC. Not on the hour, when most jobs start; the sweep leaves running runs alone. Once a day people are notified
also of what was found before and is still left."""

LOOK_TIME = "cron(0/5 * * * ? *)"
"""A hand-over that was lost is found after so long, if not by the run itself."""


def sweep_hourly(
    sweep: lambda_.Function,
    topic: sns.Topic,
    schedules: Schedules,
) -> None:
    """Call ``sweep`` every hour, let it notify people of its findings, and let it look after the queues in between."""
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
    schedules.make(
        "HourlySweepSchedule",
        name="sweep-hourly",
        description="Looks for what runs have left behind",
        expression=OTHER_TIMES,
        time_zone="UTC",
        target=schedules.target(sweep.function_arn, json.dumps({"look": LOOK_HOURLY})),
    )
    schedules.make(
        "QueuesSchedule",
        name="queues",
        description="Looks after the queues of runs that wait for a slot",
        expression=LOOK_TIME,
        time_zone="UTC",
        target=schedules.target(sweep.function_arn, json.dumps({"look": LOOK_AT_QUEUES})),
    )
