"""Warns about an ``expectBy`` that the job's own schedules cannot meet: its alarm would be a false one."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import takewhile
from typing import Any
from zoneinfo import ZoneInfo

from infra.jobs.schedule_check import expected_schedule, in_words
from infra.jobs.schedule_expression import WEEKDAYS, At, Rate, Schedule, parse_schedule
from infra.jobs.schedule_times import firings
from infra.jobs.triggered import Triggered

_DAY = timedelta(days=1)
_YEAR = 366 * _DAY
_SOON, _LONG_AGO = timedelta(hours=6), timedelta(hours=12)
_REMEDY = "Let expectOn name the days on which it starts, or leave expectBy out."


def expected_load_warnings(job: Triggered, now: datetime) -> Iterator[str]:
    """Reasons for a false alarm of ``expectBy``, each line beginning with its key.

    Only for jobs whose triggers are all schedules: the times of uploads and messages are not known.

    Parameters
    ----------
    now
        The moment of the synth (aware).
    """
    if "expectBy" not in job.content:
        return
    if not job.triggers or any("schedule" not in trigger for trigger in job.triggers):
        return
    starts = [_Start(trigger, job) for trigger in job.triggers]
    rates = [start.schedule.interval for start in starts if isinstance(start.schedule, Rate)]
    if rates and min(rates) > _DAY:
        yield f"expectBy: the check is daily, and the {job.what} starts every {in_words(min(rates))}. {_REMEDY}"
    elif not rates:
        yield from _judged(job, starts, now)


class _Start:
    """A schedule of a job; ``window`` is how long after a firing the run may start."""

    def __init__(self, trigger: dict[str, Any], job: Triggered) -> None:
        self.schedule: Schedule = parse_schedule("schedule", trigger["schedule"])
        self.zone = ZoneInfo(trigger.get("timeZone", job.time_zone))
        self.window = timedelta(minutes=trigger.get("flexibleMinutes", 0))

    def latest_after(self, at: datetime) -> datetime | None:
        """The latest start of the first firing whose latest start is after ``at``, in UTC."""
        following = next(firings(self.schedule, self.zone, at - self.window), None)
        return None if following is None else following.astimezone(UTC) + self.window


def _judged(job: Triggered, starts: list[_Start], now: datetime) -> Iterator[str]:
    zone = ZoneInfo(job.time_zone)
    # From tomorrow on: a check looks for a run in the 24 hours before it.
    checks = list(takewhile(lambda at: at - now < _YEAR, firings(expected_schedule(job), zone, now + _DAY)))
    if late := _too_early(starts, checks):
        at, start = late
        yield (
            f"expectBy: the check at {at:%H:%M} judges the run of the day before, because the {job.what} may start as "
            f"late as {start.astimezone(zone):%H:%M}. Give a time after the run of the same day."
        )
        return
    met = {at: _is_met(starts, at.astimezone(UTC)) for at in checks}
    if all(met.values()) or all(isinstance(start.schedule, At) for start in starts):
        return
    by_day = {name: [met[at] for at in checks if WEEKDAYS[at.isoweekday() % 7] == name] for name in WEEKDAYS}
    good = [name for name, days in by_day.items() if days and all(days)]
    bad = [name for name, days in by_day.items() if days and not any(days)]
    if good and all(name in (*good, *bad) for name, days in by_day.items() if days):
        write = ", ".join(f'"{name}"' for name in good)
        yield (
            f"expectBy: the alarm goes off on {', '.join(bad)}, because no schedule has started the {job.what} in the "
            f'day before. Write "expectOn": [{write}].'
        )
        return
    missed = sum(not ok for ok in met.values())
    yield (
        f"expectBy: the alarm goes off on {missed} of the next {len(met)} days with a check, because no schedule "
        f"has started the {job.what} in the day before. {_REMEDY}"
    )


def _is_met(starts: list[_Start], check: datetime) -> bool:
    """Whether a run can have started in the day before; both ends are in UTC."""
    return any((at := start.latest_after(check - _DAY)) is not None and at < check for start in starts)


def _too_early(starts: list[_Start], checks: list[datetime]) -> tuple[datetime, datetime] | None:
    """A check shortly before a start of the job and long after the start before it; and that start."""
    for at in checks[:14]:
        instant = at.astimezone(UTC)
        if any((start := one.latest_after(instant - _LONG_AGO)) is not None and start < instant for one in starts):
            continue
        following = [start for one in starts if (start := one.latest_after(instant - timedelta(seconds=1))) is not None]
        if following and min(following) - instant <= _SOON:
            return at, min(following)
    return None
