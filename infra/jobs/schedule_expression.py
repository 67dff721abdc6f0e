"""Parses schedule expressions in EventBridge Scheduler's dialect: cron(…), rate(…) and at(…).

Errors that depend on the expression alone are found here. What depends on the day of the synth or on a time zone
(a date in the past, a time that the zone skips) is in infra/jobs/schedule_check.py.
"""

import calendar
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from infra.settings.settings import BadConfiguration

DaysOfMonth = Callable[[int, int], list[int]]
"""From year and month to the days on which a schedule fires, in order."""


@dataclass(frozen=True)
class Cron:
    """cron(…), parsed; all values are sorted and in the schedule's own time zone."""

    text: str
    minutes: tuple[int, ...]
    hours: tuple[int, ...]
    months: tuple[int, ...]
    years: tuple[int, ...]
    days: DaysOfMonth


@dataclass(frozen=True)
class Rate:
    """rate(…): fires every ``interval``, counted from the moment at which AWS creates the schedule."""

    text: str
    interval: timedelta


@dataclass(frozen=True)
class At:
    """at(…): fires once, at ``local`` in the schedule's own time zone."""

    text: str
    local: datetime


Schedule = Cron | Rate | At


def parse_schedule(where: str, expression: str) -> Schedule:
    """Parse a schedule expression.

    Raises BadConfiguration, beginning with ``where``, for an expression that EventBridge Scheduler refuses or that can
    never fire.
    """
    kind, _, inner = expression.removesuffix(")").partition("(")
    parsers: dict[str, Callable[[str, str, str], Schedule]] = {"cron": _cron, "rate": _rate, "at": _at}
    if kind not in parsers:
        raise BadConfiguration(f"{where}: must be cron(…), rate(…) or at(…).")
    return parsers[kind](where, expression, inner)


def _at(where: str, text: str, inner: str) -> At:
    if not re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d", inner, re.ASCII):
        raise BadConfiguration(f"{where}: at(…) needs a date and a time, such as at(2026-11-24T05:00:00).")
    try:
        return At(text, datetime.fromisoformat(inner))
    except ValueError as problem:
        raise BadConfiguration(f"{where}: at({inner}) does not exist: {problem}.") from None


_UNITS = {"minute": timedelta(minutes=1), "hour": timedelta(hours=1), "day": timedelta(days=1)}


def _rate(where: str, text: str, inner: str) -> Rate:
    found = re.fullmatch("([1-9][0-9]{0,5}) (minute|hour|day)(s?)", inner)
    if found is None:
        raise BadConfiguration(f"{where}: rate(…) needs a number and a unit, such as rate(1 day) or rate(4 hours).")
    number, unit = int(found[1]), found[2]
    right = f"rate({number} {unit}{'' if number == 1 else 's'})"
    if text != right:
        raise BadConfiguration(
            f"{where}: AWS takes the unit in the singular after 1, else in the plural; write {right}."
        )
    return Rate(text, number * _UNITS[unit])


# -- cron -------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Field:
    """A field of cron(…): its values from ``low`` to ``high``, which may have ``names`` instead of numbers."""

    name: str
    low: int
    high: int
    names: tuple[str, ...] = ()
    steps: bool = True

    def value(self, text: str) -> int | None:
        """The number that ``text`` stands for; None if the field does not allow it."""
        if text.upper() in self.names:
            return self.low + self.names.index(text.upper())
        if not re.fullmatch("[0-9]{1,4}", text) or not self.low <= int(text) <= self.high:
            return None
        return int(text)

    def shown(self, value: int) -> str:
        return self.names[value - self.low] if self.names else str(value)

    @property
    def expected(self) -> str:
        names = f" or {self.names[0]} to {self.names[-1]}" if self.names else ""
        return f"{self.low} to {self.high}{names}"


_MONTHS = tuple(name.upper() for name in calendar.month_abbr[1:])
WEEKDAYS = ("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT")
"""In AWS's order: SUN is 1."""

_MINUTES, _HOURS = _Field("minutes", 0, 59), _Field("hours", 0, 23)
_DAY_OF_MONTH, _MONTH = _Field("day of the month", 1, 31), _Field("month", 1, 12, _MONTHS)
_DAY_OF_WEEK = _Field("day of the week", 1, 7, WEEKDAYS, steps=False)
_YEAR = _Field("year", 1970, 2199)
_FIELDS = (_MINUTES, _HOURS, _DAY_OF_MONTH, _MONTH, _DAY_OF_WEEK, _YEAR)


def _cron(where: str, text: str, inner: str) -> Cron:
    fields = inner.split()
    if len(fields) != len(_FIELDS):
        names = ", ".join(field.name for field in _FIELDS)
        raise BadConfiguration(f"{where}: cron(…) needs {len(_FIELDS)} fields ({names}), such as cron(0 5 * * ? *).")
    if inner != " ".join(fields):
        raise BadConfiguration(f"{where}: put single blanks between the fields: cron({' '.join(fields)}).")
    minutes, hours = _values(where, _MINUTES, fields[0]), _values(where, _HOURS, fields[1])
    by_month_day, by_weekday = _month_days(where, fields[2]), _weekdays(where, fields[4])
    months, years = _values(where, _MONTH, fields[3]), _values(where, _YEAR, fields[5])
    days = by_month_day or by_weekday
    if days is None or (by_month_day and by_weekday):
        raise BadConfiguration(
            f"{where}: one of day of the month and day of the week must be ?, and only one: cron(0 5 * * ? *) or "
            "cron(0 5 ? * MON *)."
        )
    if not any(days(year, month) for year in years for month in months):
        named = ", ".join(calendar.month_name[month] for month in months)
        raise BadConfiguration(
            f'{where}: never fires: there is no day "{fields[4] if by_weekday else fields[2]}" in {named} of the years '
            f"{fields[5].replace('*', '1970-2199')}. Name a day that exists; L is the last day of a month."
        )
    return Cron(text, minutes, hours, months, years, days)


def _values(where: str, field: _Field, text: str) -> tuple[int, ...]:
    """The values of a field made of lists, ranges and steps."""
    found: set[int] = set()
    for part in text.split(","):
        body, slash, step = part.partition("/")
        first, last = _range(where, field, text, body, stepped=bool(slash))
        if slash and not (field.steps and re.fullmatch("[1-9][0-9]{0,3}", step)):
            raise _no_value(where, field, text)
        if slash and int(step) > field.high - field.low:
            raise BadConfiguration(
                f"{where}: the step {step} in {text} is longer than the {field.name} ({field.low} to {field.high}): "
                f"only {field.shown(first)} would be left."
            )
        found.update(range(first, last + 1, int(step or "1")))
    return tuple(sorted(found))


def _range(where: str, field: _Field, text: str, body: str, *, stepped: bool) -> tuple[int, int]:
    if body == "*":
        return field.low, field.high
    ends = [field.value(end) for end in body.split("-")]
    if len(ends) > 2 or None in ends:
        raise _no_value(where, field, text)
    first, last = ends[0] or 0, ends[-1] or 0
    if first > last:
        low, high = field.shown(field.low), field.shown(field.high)
        raise BadConfiguration(
            f"{where}: the range {body} runs backwards; write {field.shown(first)}-{high},{low}-{field.shown(last)}."
        )
    return first, field.high if stepped and len(ends) == 1 else last


def _no_value(where: str, field: _Field, text: str) -> BadConfiguration:
    hint = ""
    if field is _DAY_OF_WEEK:
        hint = ", or one of L, 6L (the last Friday of a month), 2#1 (its first Monday); steps with / are not possible"
    elif field is _DAY_OF_MONTH:
        hint = ", or one of L (the last day), LW (the last working day), 15W (the working day nearest to the 15th)"
    return BadConfiguration(f'{where}: invalid {field.name} "{text}" in cron(…): use {field.expected}{hint}.')


def _month_days(where: str, text: str) -> DaysOfMonth | None:
    if text == "?":
        return None
    if text == "L":
        return lambda year, month: [_length(year, month)]
    if text == "LW":
        return lambda year, month: [_nearest_working_day(year, month, _length(year, month))]
    if text.endswith("W") and (day := _DAY_OF_MONTH.value(text[:-1])):
        return lambda year, month: [_nearest_working_day(year, month, day)] if day <= _length(year, month) else []
    days = _values(where, _DAY_OF_MONTH, text)
    return lambda year, month: [day for day in days if day <= _length(year, month)]


def _weekdays(where: str, text: str) -> DaysOfMonth | None:
    if text == "?":
        return None
    if found := re.fullmatch("([1-7])#([1-5])", text):
        weekday, week = int(found[1]), int(found[2])
        return lambda year, month: _days_of(year, month, {weekday})[week - 1 : week]
    if found := re.fullmatch("([1-7])L", text):
        last = int(found[1])
        return lambda year, month: _days_of(year, month, {last})[-1:]
    # L alone is the last day of the week: Saturday.
    weekdays = {7} if text == "L" else set(_values(where, _DAY_OF_WEEK, text))
    return lambda year, month: _days_of(year, month, weekdays)


def _length(year: int, month: int) -> int:
    return calendar.monthrange(year, month)[1]


def _days_of(year: int, month: int, weekdays: set[int]) -> list[int]:
    """The days of a month that are one of ``weekdays`` (SUN is 1)."""
    first = (calendar.weekday(year, month, 1) + 1) % 7
    return [day for day in range(1, _length(year, month) + 1) if (first + day - 1) % 7 + 1 in weekdays]


def _nearest_working_day(year: int, month: int, day: int) -> int:
    """The day itself, or from a weekend the Friday before or the Monday after, without leaving the month."""
    weekday = calendar.weekday(year, month, day)
    if weekday == calendar.SATURDAY:
        return day - 1 if day > 1 else day + 2
    if weekday == calendar.SUNDAY:
        return day + 1 if day < _length(year, month) else day - 2
    return day
