"""``datamart start --from --to``: the batch that runs a job once for each scheduled time in a range, oldest first."""

import contextlib
import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from itertools import islice, pairwise, takewhile
from typing import Any
from zoneinfo import ZoneInfo

from functions.requests.batches.schema import MOST_ITEMS
from functions.similar_names import nearest
from functions.text import quoted
from infra.jobs.job_files import jobs_of
from infra.jobs.named_job import NamedJob
from infra.jobs.schedule_expression import Rate, parse_schedule
from infra.jobs.schedule_times import firings
from infra.settings.settings import BadConfiguration, settings_of
from local.cli.batch_files import NAME, batch_names
from local.errors import CannotGoOn

BY_DAY, BY_MINUTE = "%Y-%m-%d", "%Y-%m-%d %H:%M"
"""Names of items, in the job's time zone; the shortest by which all of them differ."""

_DAY = re.compile("[0-9]{4}-[0-9]{2}-[0-9]{2}")

FIRST_YEAR = 1970
"""The first year of EventBridge Scheduler's cron expressions."""


def backfill_of(job: str, stage: str, first: str | None, last: str | None, now: float) -> dict[str, Any]:
    """The input of a batch with an item for each time at which a schedule of the job fires.

    Each item comes after the one before, so that one that fails skips the later ones: what it would have loaded may
    be what they build on. Times that the zone skips or repeats are as EventBridge Scheduler has them
    (infra/jobs/schedule_times.py).

    Parameters
    ----------
    job
        Name of the job; its schedules are those of its file.
    stage
        Whose jobs.
    first, last
        Days in the job's time zone, both inclusive: ``2026-11-01``. Without ``last`` until now.
    now
        Seconds since the epoch: no later time is part of the range.

    Raises
    ------
    CannotGoOn
        There is no such job or it has no schedule, the range is not one or holds no time, or too many.
    """
    if first is None:
        raise CannotGoOn("--from is missing: the first day of the range, such as --from 2026-11-01.")
    found = _job_of(job, stage)
    zone = ZoneInfo(found.time_zone)
    begin, until = _range(_day("--from", first), None if last is None else _day("--to", last), zone, now)
    times = sorted({at.astimezone(UTC): at for at in _scheduled(found, begin, until)}.items())
    if not times:
        raise CannotGoOn(
            f'--from: the job "{job}" has no scheduled time from {begin:%Y-%m-%d %H:%M} to {until:%Y-%m-%d %H:%M} '
            f"({found.time_zone}). Its schedules: {', '.join(_schedules(found))}."
        )
    if len(times) > MOST_ITEMS:
        raise CannotGoOn(
            f"--from: the range has more than {MOST_ITEMS} scheduled times, the most that a batch takes. "
            "Choose a shorter range."
        )
    return {"batch": {"items": _items(job, [at for _, at in times], zone), "timeZone": found.time_zone}}


def _job_of(name: str, stage: str) -> NamedJob:
    try:
        jobs = {job.name: job for job in jobs_of(settings_of(stage), with_samples=True)}
    except BadConfiguration as problem:
        raise CannotGoOn(str(problem)) from None
    if name in batch_names():
        raise CannotGoOn(f'--from: "{name}" is a batch, and only a job is run for each of its scheduled times.')
    if not NAME.fullmatch(name):
        raise CannotGoOn(
            f"--from: {quoted(name, 80)} is not the name of a job, and only a job of the stage has schedules to read. "
            f"Jobs of the stage {stage}: {', '.join(jobs) or 'none'}."
        )
    if name not in jobs:
        raise CannotGoOn(
            f"--from: there is no job {quoted(name, 80)}{nearest(name, jobs)} whose schedule could be read. "
            f"Jobs of the stage {stage}: {', '.join(jobs) or 'none'}."
        )
    if not _schedules(jobs[name]):
        raise CannotGoOn(
            f'--from: the job "{name}" has no schedule with times: cron(…) or at(…). '
            "Start it for one time with --as-of."
        )
    return jobs[name]


def _day(option: str, text: str) -> date:
    if _DAY.fullmatch(text):  # date.fromisoformat takes weeks, too
        with contextlib.suppress(ValueError):
            return date.fromisoformat(text)
    raise CannotGoOn(f"{option}: {quoted(text, 40)} is not a day, such as 2026-11-01.")


def _range(first: date, last: date | None, zone: ZoneInfo, now: float) -> tuple[datetime, datetime]:
    """The range as local times of ``zone``, from its first instant to its last. Raises CannotGoOn."""
    present = datetime.fromtimestamp(now, zone)
    if last is not None and last < first:
        raise CannotGoOn(f"--to: {last} is before --from {first}. Give the earlier day as --from.")
    if (last or first) > present.date():
        raise CannotGoOn(
            f"{'--to' if last else '--from'}: {last or first} is in the future, and only times that have passed are "
            "loaded. The schedule itself starts the later ones."
        )
    if first.year < FIRST_YEAR:
        raise CannotGoOn(
            f"--from: {first} is before {FIRST_YEAR}, and no schedule has a time so early. Give a later day, such as "
            "2026-11-01."
        )
    begin = datetime(first.year, first.month, first.day, tzinfo=zone)
    if last is None or last == present.date():
        return begin, present
    return begin, datetime(last.year, last.month, last.day, 23, 59, 59, tzinfo=zone)


def _schedules(job: NamedJob) -> list[str]:
    """The expressions of its schedules that name times; rate(…) counts from its creation, which no file knows."""
    found = [trigger["schedule"] for trigger in job.triggers if "schedule" in trigger]
    return [each for each in found if not isinstance(parse_schedule("schedule", each), Rate)]


def _scheduled(job: NamedJob, begin: datetime, until: datetime) -> Iterator[datetime]:
    """The times of all its schedules from ``begin`` to ``until``, at most one of each more than a batch takes."""
    before = begin.astimezone(UTC) - timedelta(seconds=1)
    for trigger in job.triggers:
        if "schedule" in trigger:
            zone = ZoneInfo(trigger.get("timeZone", job.time_zone))
            times = firings(parse_schedule("schedule", trigger["schedule"]), zone, before)
            passed = takewhile(lambda at: at.astimezone(UTC) <= until.astimezone(UTC), times)
            yield from islice(passed, MOST_ITEMS + 1)


def _items(job: str, times: list[datetime], zone: ZoneInfo) -> list[dict[str, Any]]:
    names = _names([at.astimezone(zone) for at in times])
    items: list[dict[str, Any]] = [
        {"name": name, "job": job, "asOf": at.isoformat()} for name, at in zip(names, times, strict=True)
    ]
    for earlier, later in pairwise(items):
        later["after"] = [earlier["name"]]
    return items


def _names(times: list[datetime]) -> list[str]:
    for form in (BY_DAY, BY_MINUTE):
        names = [at.strftime(form) for at in times]
        if len(set(names)) == len(names):
            return names
    return [at.isoformat() for at in times]
