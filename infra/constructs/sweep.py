"""The hourly sweep for what runs have left behind, and the look after the queues every five minutes."""

import json
from typing import NamedTuple

from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_lambda_destinations as destinations

from functions.names import LOOK_AT_QUEUES, LOOK_HOURLY
from infra.constructs.end_of_run import let_publish_ends
from infra.constructs.notifications import NoticeTopics
from infra.constructs.queues import retry
from infra.constructs.schedules import Schedules

HOURLY = "Looks for what runs have left behind"


class Look(NamedTuple):
    """A schedule of the sweep: at which times (in UTC) it looks for what.

    None is the one sweep a day that notifies people also of what was found before and is still left.
    """

    construct_id: str
    name: str
    description: str
    expression: str
    what: str | None = None


LOOKS = (
    Look("SweepSchedule", "sweep", HOURLY, "cron(17 3 * * ? *)"),
    Look("HourlySweepSchedule", "sweep-hourly", HOURLY, "cron(17 0-2,4-23 * * ? *)", LOOK_HOURLY),
    Look(
        "QueuesSchedule",
        "queues",
        "Looks after the queues of runs that wait for a slot",
        "cron(0/5 * * * ? *)",
        LOOK_AT_QUEUES,
    ),
)
"""Not on the hour, when most jobs start; the sweep leaves running runs alone. Once a day people are notified also of
what was found before and is still left. A hand-over that was lost is found after five minutes, if not by the run."""


def sweep_hourly(
    sweep: lambda_.Function,
    topics: NoticeTopics,
    schedules: Schedules,
) -> None:
    """Call ``sweep`` every hour, let it notify people of its findings, and let it look after the queues in between."""
    let_publish_ends(sweep, topics)
    retry(sweep, destinations.SqsDestination(schedules.lost))
    for look in LOOKS:
        schedules.make(
            look.construct_id,
            name=look.name,
            description=look.description,
            expression=look.expression,
            time_zone="UTC",
            target=schedules.target(sweep.function_arn, json.dumps({"look": look.what} if look.what else {})),
        )
