"""Checks at the ``expectBy`` of jobs which tables were not loaded: one schedule for all jobs of all time zones.

It fires in UTC in every hour, at each minute that some job's ``expectBy`` has there, and so at every change of a time
zone's clocks. The function determines which jobs are due at the time of its call.
"""

import json
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from aws_cdk import aws_lambda as lambda_

from functions.runs.expected_loads import expected_at
from infra.constructs.schedules import Schedules
from infra.jobs.triggered import Triggered


def expect_loads(schedules: Schedules, jobs: Sequence[Triggered], function: lambda_.Function) -> None:
    """Call the function at least at the ``expectBy`` of each job."""
    schedules.make(
        "ExpectedSchedule",
        name="expected",  # a job's schedule ends in a number
        description="Checks at the jobs' expectBy whether their tables were loaded",
        expression=expected_times(jobs),
        time_zone="UTC",
        target=schedules.target(function.function_arn, json.dumps({"scheduledTime": "<aws.scheduler.scheduled-time>"})),
    )


def expected_times(jobs: Sequence[Triggered]) -> str:
    """A cron expression that fires at the ``expectBy`` of each job, and at other times."""
    minutes = sorted(set().union(*map(_minutes, jobs)))
    return f"cron({','.join(map(str, minutes)) if len(minutes) < 60 else '*'} * ? * * *)"


def _minutes(job: Triggered) -> set[int]:
    """The minutes of the hour in UTC that the job's ``expectBy`` has in a year: not all zones are whole hours apart."""
    zone, today = ZoneInfo(job.time_zone), datetime.now(UTC).date()
    days = [today + timedelta(days=number) for number in range(366)]
    return {expected_at(str(job.content["expectBy"]), day, zone).minute for day in days}
