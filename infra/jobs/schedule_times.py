"""Computes when a schedule fires, and which local times a time zone skips or repeats.

EventBridge Scheduler evaluates cron expressions in the schedule's time zone. A time that the zone skips in spring does
not fire, and a time that occurs twice in autumn fires once (EventBridge Scheduler User Guide, "Schedule types"). AWS
does not say which of the two it is; this module takes the first.
"""

from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cache
from itertools import pairwise
from zoneinfo import ZoneInfo

from infra.jobs.schedule_expression import At, Cron, Schedule


def firings(schedule: Schedule, zone: ZoneInfo, after: datetime) -> Iterator[datetime]:
    """The instants after ``after`` (aware) at which a schedule fires, in order and as local times of ``zone``.

    Empty for rate(…), which counts from its creation.
    """
    if isinstance(schedule, Cron):
        # The same local time may be an hour away in real time: begin a day earlier and compare instants.
        start = after.astimezone(zone).replace(tzinfo=None) - timedelta(days=1)
        found = local_times(schedule, start)
    else:
        found = iter([schedule.local]) if isinstance(schedule, At) else iter(())
    for local in found:
        if exists(local, zone) and local.replace(tzinfo=zone).astimezone(UTC) > after:
            yield local.replace(tzinfo=zone)


def local_times(cron: Cron, start: datetime) -> Iterator[datetime]:
    """The local times from ``start`` (naive, inclusive) that a cron expression names, also those that a zone skips."""
    today = start.date()
    for year in cron.years[bisect_left(cron.years, today.year) :]:
        first_month = today.month if year == today.year else 1
        for month in cron.months[bisect_left(cron.months, first_month) :]:
            for day in cron.days(year, month):
                if date(year, month, day) >= today:
                    yield from (at for at in _on(cron, datetime(year, month, day)) if at >= start)


def _on(cron: Cron, midnight: datetime) -> Iterator[datetime]:
    return (midnight.replace(hour=hour, minute=minute) for hour in cron.hours for minute in cron.minutes)


def names(cron: Cron, local: datetime) -> bool:
    """Whether a cron expression names a local time (naive, without seconds)."""
    return next(local_times(cron, local), None) == local


def exists(local: datetime, zone: ZoneInfo) -> bool:
    """Whether clocks in ``zone`` ever show a local time (naive)."""
    return local.replace(tzinfo=zone).astimezone(UTC).astimezone(zone).replace(tzinfo=None) == local


def shortest_interval(cron: Cron) -> timedelta:
    """The shortest time between two firings, as far as the first 500 show it."""
    found = []
    for local in local_times(cron, datetime(max(cron.years[0], 2000) if cron.years[-1] >= 2000 else 1970, 1, 1)):
        found.append(local)
        if len(found) == 500:
            break
    return min((later - earlier for earlier, later in pairwise(found)), default=timedelta.max)


# -- changes of the clocks --------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Shift:
    """A change of a zone's clocks: local times from ``begin`` until before ``end`` are skipped, or occur twice."""

    begin: datetime
    end: datetime
    skipped: bool


@cache
def shifts(zone_name: str, first: date, years: int = 10) -> tuple[Shift, ...]:
    """The changes of a zone's clocks within so many years from a day on."""
    zone = ZoneInfo(zone_name)
    days = [datetime(first.year, first.month, first.day, tzinfo=UTC) + timedelta(days=n) for n in range(366 * years)]
    return tuple(
        _shift(zone, one, other) for one, other in pairwise(days) if _offset(zone, one) != _offset(zone, other)
    )


def _shift(zone: ZoneInfo, before: datetime, after: datetime) -> Shift:
    old, new = _offset(zone, before), _offset(zone, after)
    while after - before > timedelta(minutes=1):
        middle = before + (after - before) // 2
        before, after = (middle, after) if _offset(zone, middle) == old else (before, middle)
    at = after.replace(second=0, microsecond=0, tzinfo=None)
    begin, end = sorted((at + old, at + new))
    return Shift(begin, end, skipped=new > old)


def _offset(zone: ZoneInfo, at: datetime) -> timedelta:
    return at.astimezone(zone).utcoffset() or timedelta()
