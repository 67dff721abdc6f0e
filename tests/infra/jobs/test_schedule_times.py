"""When schedules fire: the evaluator of cron expressions against a reading of the same expression minute by minute."""

import calendar
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from functools import cache
from itertools import islice
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from infra.jobs.schedule_expression import Cron, parse_schedule
from infra.jobs.schedule_times import firings, local_times, shifts
from infra.settings.settings import BadConfiguration

PARIS, NEW_YORK = ZoneInfo("Europe/Paris"), ZoneInfo("America/New_York")
WEEKDAYS = ("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT")
MONTHS = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")


def cron(text: str) -> Cron:
    parsed = parse_schedule("here", f"cron({text})")
    assert isinstance(parsed, Cron)
    return parsed


# -- a second reading, as slow and as literal as can be -------------------------------------------------------------


def number(text: str, names: tuple[str, ...]) -> int:
    return names.index(text.upper()) + 1 if text.upper() in names else int(text)


@cache
def values_of(field: str, low: int, high: int, names: tuple[str, ...]) -> frozenset[int]:
    found: set[int] = set()
    for part in field.split(","):
        body, _, step = part.partition("/")
        first, _, last = body.partition("-")
        start = low if body == "*" else number(first, names)
        end = high if body == "*" or (step and not last) else number(last or first, names)
        found |= set(list(range(start, end + 1))[:: int(step or 1)])
    return frozenset(found)


def in_list(field: str, value: int, low: int, high: int, names: tuple[str, ...]) -> bool:
    return value in values_of(field, low, high, names)


def day_matches(at: date, month_day: str, weekday: str) -> bool:
    last = calendar.monthrange(at.year, at.month)[1]
    sunday_is_one = at.isoweekday() % 7 + 1
    if month_day == "L":
        return at.day == last
    if month_day.endswith("W"):
        wanted = last if month_day == "LW" else int(month_day[:-1])
        if wanted > last:
            return False
        working = [day for day in range(1, last + 1) if date(at.year, at.month, day).isoweekday() <= 5]
        # From a Saturday the Friday is nearer, from a Sunday the Monday; at the edges only the other side is left.
        return at.day == min(working, key=lambda day: (abs(day - wanted), day))
    if month_day != "?":
        return in_list(month_day, at.day, 1, 31, ())
    if weekday == "L":
        return sunday_is_one == 7
    if weekday.endswith("L"):
        return sunday_is_one == int(weekday[0]) and at.day + 7 > last
    if "#" in weekday:
        return sunday_is_one == int(weekday[0]) and (at.day - 1) // 7 + 1 == int(weekday[2])
    return in_list(weekday, sunday_is_one, 1, 7, WEEKDAYS)


def by_brute_force(text: str, start: datetime, end: datetime) -> Iterator[datetime]:
    minutes, hours, month_day, months, weekday, years = text.split()
    at = start
    while at < end:
        if (
            in_list(minutes, at.minute, 0, 59, ())
            and in_list(hours, at.hour, 0, 23, ())
            and in_list(months, at.month, 1, 12, MONTHS)
            and in_list(years, at.year, 1970, 2199, ())
            and day_matches(at.date(), month_day, weekday)
        ):
            yield at
        at += timedelta(minutes=1)


def lists(low: int, high: int, names: tuple[str, ...] = (), *, steps: bool = True) -> st.SearchStrategy[str]:
    """Fields of one or two parts: values, ranges and steps."""

    def shown(value: int, named: bool) -> str:
        return names[value - low] if names and named else str(value)

    def one(ends: tuple[int, int], named: bool, form: int, step: int) -> str:
        first, last = sorted(ends)
        texts = [shown(first, named), f"{shown(first, named)}-{shown(last, named)}", "*"]
        steps_ = [f"{shown(first, named)}/{step}", f"{shown(first, named)}-{shown(last, named)}/{step}", f"*/{step}"]
        return (texts + (steps_ if steps else []))[form]

    values = st.integers(low, high)
    part = st.builds(
        one, st.tuples(values, values), st.booleans(), st.integers(0, 5 if steps else 2), st.integers(1, high - low)
    )
    return st.lists(part, min_size=1, max_size=2).map(",".join)


MONTH_DAYS = st.one_of(lists(1, 31), st.just("L"), st.just("LW"), st.integers(1, 31).map(lambda day: f"{day}W"))
WEEK_DAYS = st.one_of(
    lists(1, 7, WEEKDAYS, steps=False),
    st.just("L"),
    st.integers(1, 7).map(lambda day: f"{day}L"),
    st.tuples(st.integers(1, 7), st.integers(1, 5)).map(lambda found: f"{found[0]}#{found[1]}"),
)
DAYS = st.one_of(MONTH_DAYS.map(lambda day: (day, "?")), WEEK_DAYS.map(lambda day: ("?", day)))


@given(
    minutes=lists(0, 59),
    hours=lists(0, 23),
    days=DAYS,
    month=st.integers(1, 12),
    year=st.integers(2024, 2052),
    day=st.integers(1, 25),
)
@example(minutes="0", hours="5", days=("?", "2#5"), month=2, year=2044, day=25)
@example(minutes="0", hours="5", days=("31W", "?"), month=5, year=2026, day=25)
@example(minutes="0", hours="5", days=("1W", "?"), month=8, year=2026, day=1)
@example(minutes="0", hours="5", days=("29", "?"), month=2, year=2028, day=25)
def test_a_cron_expression_names_just_the_minutes_that_a_literal_reading_names(
    minutes: str, hours: str, days: tuple[str, str], month: int, year: int, day: int
) -> None:
    text = f"{minutes} {hours} {days[0]} * {days[1]} *"
    start, end = datetime(year, month, day, 7, 31), datetime(year, month, day, 7, 31) + timedelta(days=9)
    found = []
    for at in local_times(cron(text), start):
        if at >= end:
            break
        found.append(at)
    assert found == list(by_brute_force(text, start, end))


@given(months=lists(1, 12, MONTHS), days=DAYS, years=lists(2024, 2060))
def test_over_years_a_cron_expression_names_just_the_days_that_a_literal_reading_names(
    months: str, days: tuple[str, str], years: str
) -> None:
    text = f"0 5 {days[0]} {months} {days[1]} {years}"
    first = date(2024, 1, 1)
    wanted = [
        at
        for at in (first + timedelta(days=n) for n in range(366 * 5))
        if in_list(months, at.month, 1, 12, MONTHS)
        and in_list(years, at.year, 1970, 2199, ())
        and day_matches(at, *days)
    ]
    try:
        parsed = cron(text)
    except BadConfiguration:
        found = []  # refused because it never fires
    else:
        found = [at.date() for at in islice(local_times(parsed, datetime(2024, 1, 1)), len(wanted) + 1)]
    assert found[: len(wanted)] == wanted
    assert all(at >= first + timedelta(days=366 * 5) for at in found[len(wanted) :])


# -- time zones -----------------------------------------------------------------------------------------------------


def test_a_time_that_the_zone_skips_in_spring_does_not_fire() -> None:
    found = firings(cron("30 2 * * ? *"), PARIS, datetime(2027, 3, 27, tzinfo=UTC))
    assert [at.isoformat() for at in islice(found, 2)] == ["2027-03-27T02:30:00+01:00", "2027-03-29T02:30:00+02:00"]


def test_a_time_that_occurs_twice_in_autumn_fires_once() -> None:
    found = firings(cron("30 2 * * ? *"), PARIS, datetime(2027, 10, 30, 12, tzinfo=UTC))
    assert [at.isoformat() for at in islice(found, 2)] == ["2027-10-31T02:30:00+02:00", "2027-11-01T02:30:00+01:00"]


def test_a_one_time_schedule_fires_once_and_only_in_the_future() -> None:
    once = parse_schedule("here", "at(2027-05-01T05:00:00)")
    assert [at.isoformat() for at in firings(once, NEW_YORK, datetime(2027, 5, 1, 8, 59, tzinfo=UTC))] == [
        "2027-05-01T05:00:00-04:00"
    ]
    assert list(firings(once, NEW_YORK, datetime(2027, 5, 1, 9, 0, tzinfo=UTC))) == []


@given(
    zone=st.sampled_from(["Europe/Paris", "America/New_York", "Africa/Casablanca", "Australia/Lord_Howe", "UTC"]),
    minutes=lists(0, 59),
    hours=lists(0, 23),
    after=st.datetimes(datetime(2026, 1, 1), datetime(2030, 1, 1)),
)
def test_firings_are_in_order_after_the_start_and_at_times_that_clocks_show(
    zone: str, minutes: str, hours: str, after: datetime
) -> None:
    parsed = cron(f"{minutes} {hours} * * ? *")
    instants = [at.astimezone(UTC) for at in islice(firings(parsed, ZoneInfo(zone), after.replace(tzinfo=UTC)), 40)]
    assert instants == sorted(set(instants))
    assert instants[0] > after.replace(tzinfo=UTC)
    for at in instants:
        local = at.astimezone(ZoneInfo(zone))
        assert local.minute in parsed.minutes
        assert local.hour in parsed.hours


@pytest.mark.parametrize(
    ("zone", "begin", "end", "skipped"),
    [
        ("Europe/Paris", datetime(2027, 3, 28, 2), datetime(2027, 3, 28, 3), True),
        ("Europe/Paris", datetime(2027, 10, 31, 2), datetime(2027, 10, 31, 3), False),
        ("America/New_York", datetime(2027, 11, 7, 1), datetime(2027, 11, 7, 2), False),
        ("Africa/Cairo", datetime(2027, 4, 30, 0), datetime(2027, 4, 30, 1), True),
        ("Australia/Lord_Howe", datetime(2027, 10, 3, 2), datetime(2027, 10, 3, 2, 30), True),
    ],
)
def test_a_change_of_the_clocks_is_known_with_the_times_that_it_skips_or_repeats(
    zone: str, begin: datetime, end: datetime, skipped: bool
) -> None:
    assert (begin, end, skipped) in [(one.begin, one.end, one.skipped) for one in shifts(zone, date(2027, 1, 1), 1)]
    assert shifts("UTC", date(2027, 1, 1)) == ()
