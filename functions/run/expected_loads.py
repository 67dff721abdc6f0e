"""Which jobs' tables are expected at a point in time: their ``expectBy`` and ``expectOn`` in jobs.json."""

from collections.abc import Mapping
from datetime import datetime
from zoneinfo import ZoneInfo

from functions.run.jobs import Job

WEEKDAYS = ("MON", "TUE", "WED", "THU", "FRI", "SAT", "SUN")
"""The days that ``expectOn`` may name, as Python counts them."""


def jobs_due(jobs: Mapping[str, Job], zone: str, at: datetime) -> list[str]:
    """Names of the jobs of a time zone whose table is expected at just this minute.

    Parameters
    ----------
    zone
        Name of the time zone, such as Europe/Paris.
    at
        Any aware time.
    """
    local = at.astimezone(ZoneInfo(zone))
    time, day = f"{local:%H:%M}", WEEKDAYS[local.weekday()]
    return [
        name
        for name, job in jobs.items()
        if job["timeZone"] == zone and job.get("expectBy") == time and day in job.get("expectOn", WEEKDAYS)
    ]
