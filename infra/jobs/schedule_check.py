"""Checks a schedule trigger: errors and warnings.

An error depends on the job's file and the time zone's rules alone. What depends on the day of the synth, such as a
date that has passed, is a warning: an older commit must still synthesize on the day of a rollback.
"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from infra.jobs.schedule_expression import At, Cron, Rate, Schedule, parse_schedule
from infra.jobs.schedule_times import Shift, exists, firings, local_times, names, shifts, shortest_interval
from infra.jobs.time_zones import check_zone, zone_warning
from infra.jobs.triggered import Triggered
from infra.settings.settings import BadConfiguration

Trigger = dict[str, Any]

_RARE = timedelta(days=370)
"""A yearly schedule is expected; a longer wait is a surprise."""


def check_schedule(where: str, trigger: Trigger, job_zone: str) -> None:
    """Reject a schedule that AWS would refuse or that never fires: BadConfiguration, beginning with ``where``."""
    zone = trigger.get("timeZone", job_zone)
    check_zone(f"{where}.timeZone", zone)
    schedule = parse_schedule(f"{where}.schedule", trigger["schedule"])
    if isinstance(schedule, At) and not exists(schedule.local, ZoneInfo(zone)):
        raise BadConfiguration(
            f"{where}.schedule: never fires: the clocks in {zone} skip {schedule.local:%H:%M on %Y-%m-%d}. "
            "Choose a time that exists."
        )
    window = timedelta(minutes=trigger.get("flexibleMinutes", 0))
    if window and window >= (interval := _interval(schedule)):
        raise BadConfiguration(
            f"{where}.flexibleMinutes: must be shorter than the time between two firings, which is "
            f"{in_words(interval)}: else one firing may start after the next one. Leave it out or make it shorter."
        )


def _interval(schedule: Schedule) -> timedelta:
    if isinstance(schedule, Cron):
        return shortest_interval(schedule)
    return schedule.interval if isinstance(schedule, Rate) else timedelta.max


def in_words(duration: timedelta) -> str:
    """A duration in its largest whole unit: ``90 minutes``, ``4 hours``, ``1 day``."""
    for unit, length in (("day", timedelta(days=1)), ("hour", timedelta(hours=1)), ("minute", timedelta(minutes=1))):
        if duration >= length and not duration % length:
            return f"{duration // length} {unit}{'' if duration == length else 's'}"
    return str(duration)


# -- warnings ---------------------------------------------------------------------------------------------------------


def schedule_warnings(job: Triggered, now: datetime) -> Iterator[str]:
    """Warnings about the schedules of a valid job, each line beginning with its key.

    Parameters
    ----------
    now
        The moment of the synth (aware).
    """
    if warning := zone_warning(job.time_zone):
        yield f"timeZone: {warning}"
    for index, trigger in enumerate(job.triggers):
        if "schedule" not in trigger:
            continue
        where = f"triggers[{index}]"
        zone = trigger.get("timeZone", job.time_zone)
        if "timeZone" in trigger and (warning := zone_warning(zone)):
            yield f"{where}.timeZone: {warning}"
        schedule = parse_schedule(where, trigger["schedule"])
        for warning in (*_readings(schedule), *_future(schedule, zone, now), *_clock_changes(schedule, zone, now, job)):
            yield f"{where}.schedule: {warning}"


def _readings(schedule: Schedule) -> Iterator[str]:
    """Expressions that people read in another way than AWS."""
    if _interval(schedule) <= timedelta(minutes=1):
        yield "fires every minute. For once an hour write 0 as the minute, as in cron(0 5 * * ? *)."
    if not isinstance(schedule, Cron):
        return
    _, _, month_day, _, weekday, _ = schedule.text[len("cron(") : -1].split()
    if weekday == "1-5":
        yield "1-5 is Sunday to Thursday, since SUN is 1. For working days write MON-FRI."
    if weekday == "L":
        yield "L as the day of the week is every Saturday. For the last Friday of a month write 6L; for Saturdays, SAT."
    if ("#" in weekday or month_day[0].isdigit()) and _skips_months(schedule):
        day = month_day if month_day != "?" else weekday
        better = "For the last such weekday of a month write " + f"{weekday[0]}L." if "#" in weekday else ""
        better = better or "For the last day of a month write L, for its last working day LW."
        yield f'skips the months that have no day "{day}". {better}'


def _skips_months(cron: Cron) -> bool:
    # The calendar repeats after 28 years.
    years = [year for year in cron.years if year >= 2000][:28]
    return any(not cron.days(year, month) for year in years for month in cron.months)


def _future(schedule: Schedule, zone: str, now: datetime) -> Iterator[str]:
    """Schedules whose time has passed, or that wait for years."""
    if isinstance(schedule, Rate):
        return
    following = next(firings(schedule, ZoneInfo(zone), now), None)
    if following is None:
        yield (
            "never fires again: its time has passed, and AWS may refuse to create it in a new stage. "
            "Remove the trigger or give a later time."
        )
    elif isinstance(schedule, Cron) and following.astimezone(UTC) - now > _RARE:
        yield f"fires next on {following:%Y-%m-%d}, more than a year from now."


def _clock_changes(schedule: Schedule, zone: str, now: datetime, job: Triggered) -> Iterator[str]:
    """Firings at local times that the zone skips or repeats."""
    if isinstance(schedule, Rate):
        return
    skipped = _affected(schedule, zone, now, skipped=True)
    if skipped:
        at, shift, nights = skipped
        notified = "only the alarm of expectBy reports it" if _is_checked(job, shift) else "nobody is notified"
        yield (
            f"{_night(at, shift, zone, nights)}: EventBridge Scheduler skips it, no run starts and {notified}. "
            f"{_outside(shift)}"
        )
    if repeated := _affected(schedule, zone, now, skipped=False):
        at, shift, nights = repeated
        yield (
            f"{_night(at, shift, zone, nights)}: EventBridge Scheduler starts one run, and AWS does not say at which "
            f"of the two times. {_outside(shift)}"
        )


def expected_schedule(job: Triggered) -> Cron:
    """The times of a job's ``expectBy`` (infra/constructs/expect_load.py), as a schedule in the job's time zone."""
    hour, minute = str(job.content["expectBy"]).split(":")
    days = ",".join(job.content.get("expectOn", ["*"]))
    parsed = parse_schedule("expectBy", f"cron({int(minute)} {int(hour)} ? * {days} *)")
    assert isinstance(parsed, Cron)  # noqa: S101 - says so to mypy
    return parsed


def _affected(schedule: Schedule, zone: str, now: datetime, *, skipped: bool) -> tuple[datetime, Shift, int] | None:
    """The first firing within a change of the clocks, that change, and how many changes of ten years are so.

    A firing does not count if the schedule also fires at the same distance after the change: something that runs every
    hour loses nothing when an hour is skipped.
    """
    found = []
    for shift in shifts(zone, now.date()):
        if shift.skipped is not skipped:
            continue
        for local in _within(schedule, shift):
            moved = local + (shift.end - shift.begin) * (1 if skipped else -1)
            if not (isinstance(schedule, Cron) and names(schedule, moved)):
                found.append((local, shift))
                break
    return (*found[0], len(found)) if found else None


def _within(schedule: Schedule, shift: Shift) -> Iterator[datetime]:
    times = local_times(schedule, shift.begin) if isinstance(schedule, Cron) else iter(())
    if isinstance(schedule, At) and shift.begin <= schedule.local:
        times = iter([schedule.local])
    for local in times:
        if local >= shift.end:
            return
        yield local


def _is_checked(job: Triggered, shift: Shift) -> bool:
    """Whether ``expectBy`` is checked on the day of a change of the clocks, also at a time that they skip."""
    if "expectBy" not in job.content:
        return False
    checked = next(local_times(expected_schedule(job), shift.begin.replace(hour=0, minute=0)), None)
    return checked is not None and checked.date() == shift.begin.date()


def _night(at: datetime, shift: Shift, zone: str, nights: int) -> str:
    verb = "does not exist" if shift.skipped else "occurs twice"
    more = f" and on {nights - 1} more such days in ten years" if nights > 1 else ""
    clocks = (shift.begin, shift.end) if shift.skipped else (shift.end, shift.begin)
    return (
        f"{at:%H:%M} {verb} in {zone} on {at:%A %Y-%m-%d}{more}, when the clocks go from "
        f"{clocks[0]:%H:%M} to {clocks[1]:%H:%M}"
    )


def _outside(shift: Shift) -> str:
    return f'Choose a time outside {shift.begin:%H:%M} to {shift.end:%H:%M}, or "timeZone": "UTC".'
