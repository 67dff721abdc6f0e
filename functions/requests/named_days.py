"""Named days, relative to the day of a trigger: ``yesterday``, ``monday``, ``firstOfLastQuarter``."""

from calendar import monthrange
from collections.abc import Callable
from datetime import date, timedelta
from functools import partial

Day = Callable[[date], date]
"""From the day of the trigger to another one. Raises OverflowError and ValueError outside of the calendar."""

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
"""Days of the week that the trigger's day is in; a week begins on Monday (ISO 8601)."""


def _later(days: int, day: date) -> date:
    return day + timedelta(days=days)


def _weekday(number: int, day: date) -> date:
    return day + timedelta(days=number - day.weekday())


def _first_of(months: int, day: date) -> date:
    """The first day of the period of so many months (1, 3 or 12) that ``day`` is in."""
    return date(day.year, (day.month - 1) // months * months + 1, 1)


def _last_of(months: int, day: date) -> date:
    month = (day.month - 1) // months * months + months
    return date(day.year, month, monthrange(day.year, month)[1])


PERIODS: dict[str, tuple[Day, Day]] = {
    "Week": (partial(_weekday, 0), partial(_weekday, 6)),
    "Month": (partial(_first_of, 1), partial(_last_of, 1)),
    "Quarter": (partial(_first_of, 3), partial(_last_of, 3)),
    "Year": (partial(_first_of, 12), partial(_last_of, 12)),
}
"""The first and the last day of the period that a day is in."""


def _of_period(name: str, first: Day, last: Day) -> dict[str, Day]:
    """The four names of a period, this one and the one before: ``firstOfMonth``, …, ``lastOfLastMonth``."""

    def before(day: date) -> date:
        return first(day) - timedelta(days=1)

    return {
        f"firstOf{name}": first,
        f"lastOf{name}": last,
        f"firstOfLast{name}": lambda day: first(before(day)),
        f"lastOfLast{name}": before,
    }


DATES: dict[str, Day] = {
    "today": partial(_later, 0),
    "yesterday": partial(_later, -1),
    "tomorrow": partial(_later, 1),
    **{name: partial(_weekday, number) for number, name in enumerate(WEEKDAYS)},
    **{name: day for period, ends in PERIODS.items() for name, day in _of_period(period, *ends).items()},
}
"""Days in the job's time zone, counted from the trigger's time; written ``2026-11-24`` unless a format is given.

Each takes an offset in days: ``{today-7}``, ``{firstOfMonth+14}``.
"""
