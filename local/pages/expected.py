"""By when each job's table is expected, as the files of jobs and batches say it. Pure."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from functions.requests.named_jobs import Job
from functions.runs.expected_loads import WEEKDAYS, expected_at
from functions.runs.history import HistoryRecord
from local.pages.nights import started_for

Expected = Mapping[str, Job]
"""Jobs and batches by their names, those with ``expectBy`` among them (functions/requests/named_jobs.py)."""


def is_late(record: HistoryRecord, expected: Expected) -> bool:
    """Whether it has loaded after the first ``expectBy`` that follows the time that it was started for.

    On a day that ``expectOn`` does not name nothing is late.
    """
    job = expected.get((record.batch if record.kind == "batch" else record.job) or "")
    if job is None or "expectBy" not in job or record.finished_at is None or record.loaded != "yes":
        return False
    zone = ZoneInfo(job["timeZone"])
    begun = started_for(record).astimezone(zone)
    days = (begun.date() + timedelta(days=days) for days in range(2))
    due, day = next((at, day) for day in days if (at := expected_at(job["expectBy"], day, zone)) > begun)
    return WEEKDAYS[day.weekday()] in job.get("expectOn", WEEKDAYS) and datetime.fromisoformat(record.finished_at) > due
