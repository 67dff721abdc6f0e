"""Which jobs' tables are expected at a point in time: their ``expectBy`` and ``expectOn`` in jobs.json."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from functions.requests.named_jobs import Job

WEEKDAYS = ("MON", "TUE", "WED", "THU", "FRI", "SAT", "SUN")
"""The days that ``expectOn`` may name, as Python counts them."""


def expected_at(expect_by: str, day: date, zone: ZoneInfo) -> datetime:
    """The moment (UTC) of ``expect_by`` on a day.

    A time that the zone's clocks skip on that day is the moment at which they would have shown it; one that they show
    twice is the first.
    """
    return datetime.combine(day, time.fromisoformat(expect_by), zone).astimezone(UTC)


def jobs_due(jobs: Mapping[str, Job], at: datetime) -> list[str]:
    """Names of the jobs whose table is expected at just this moment (any aware time)."""
    return [name for name, job in jobs.items() if "expectBy" in job and _is_due(job, at)]


def is_expected_at_minute(jobs: Mapping[str, Job], at: datetime) -> bool:
    """Whether some job's table is expected at this minute of an hour (UTC), in any month of the year from then.

    The schedule fires at such minutes of every hour. Clocks of some zones change by half an hour.
    """
    days = [at.date() + timedelta(days=30 * months) for months in range(13)]
    return any(
        expected_at(job["expectBy"], day, ZoneInfo(job["timeZone"])).minute == at.minute
        for job in jobs.values()
        if "expectBy" in job
        for day in days
    )


def _is_due(job: Job, at: datetime) -> bool:
    zone = ZoneInfo(job["timeZone"])
    local = at.astimezone(zone).date()  # clocks do not skip midnight by so much that this were another day's
    expected_today = WEEKDAYS[local.weekday()] in job.get("expectOn", WEEKDAYS)
    return expected_today and expected_at(job["expectBy"], local, zone) == at
