"""At the ``expectBy`` of jobs: ask which tables were not loaded. One schedule a time zone, however many jobs.

A cron expression has minutes and hours, not a list of times, so it fires at more times than there are: the function
knows which jobs are due at just the time that it is called for.
"""

import json

from aws_cdk import aws_lambda as lambda_

from functions.run.expected_loads import WEEKDAYS
from infra.named_job import NamedJob
from infra.schedules import Schedules

LONGEST = 256
"""Characters of a schedule expression."""


def expect_loads(schedules: Schedules, jobs: list[NamedJob], function: lambda_.Function) -> None:
    """Call the function in each time zone at least at the ``expectBy`` of each job there."""
    by_zone: dict[str, list[NamedJob]] = {}
    for job in jobs:
        by_zone.setdefault(job.time_zone, []).append(job)
    if not by_zone:
        return
    role = schedules.role("ExpectedRole", "What the schedules of expectBy may do", function.function_arn)
    for zone, expected in sorted(by_zone.items()):
        given = {"timeZone": zone, "scheduledTime": "<aws.scheduler.scheduled-time>"}
        schedules.make(
            f"Expected-{_plain(zone)}",
            name=f"expected.{_plain(zone)}",  # no job's name holds a dot
            description=f"Asks at the jobs' expectBy in {zone} whether their tables were loaded",
            expression=expected_times(expected),
            time_zone=zone,
            target=schedules.target(role, function.function_arn, json.dumps(given)),
        )


def expected_times(jobs: list[NamedJob]) -> str:
    """A cron expression that fires at the ``expectBy`` of each job, and at other times."""
    times = [str(job.content["expectBy"]).split(":") for job in jobs]
    hours = sorted({int(hour) for hour, _ in times})
    minutes = sorted({int(minute) for _, minute in times})
    days = {day for job in jobs for day in job.content.get("expectOn", WEEKDAYS)}
    listed = "*" if len(days) == len(WEEKDAYS) else ",".join(day for day in WEEKDAYS if day in days)
    rest = f"{','.join(map(str, hours))} ? * {listed} *)"
    exact = f"cron({','.join(map(str, minutes))} {rest}"
    return exact if len(exact) <= LONGEST else f"cron(* {rest}"


def _plain(zone: str) -> str:
    """A zone's name with only what the name of a schedule may hold: Etc/GMT+5 is Etc.GMTplus5."""
    return zone.replace("/", ".").replace("+", "plus")
