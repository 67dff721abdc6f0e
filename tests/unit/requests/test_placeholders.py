"""The placeholders of a job's answers: what each name stands for, and that they are nothing but names."""

from datetime import datetime, timedelta, timezone
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from functions.requests.placeholders import (
    DATES,
    DIRECTIVES,
    OF_S3,
    OF_SNS,
    BadPlaceholder,
    Placeholder,
    fill,
    placeholders,
    strings,
    unfilled,
)

PARIS = "Europe/Paris"
BROUGHT = {
    "bucket": "sales-landing",
    "key": "countries/France.csv",
    "fileName": "France.csv",
    "stem": "France",
    "subject": "Sales are complete",
    "messageId": "95df01b4",
    "message.region": "EMEA",
}


def filled(text: Any, at: str = "2026-11-24T04:00:00Z", zone: str = PARIS, **values: str) -> Any:
    return fill(text, datetime.fromisoformat(at), ZoneInfo(zone), BROUGHT | values)


def escape(text: str) -> str:
    return text.replace("{", "{{").replace("}", "}}")


@pytest.mark.parametrize(
    ("name", "day"),
    [
        ("today", "2026-11-24"),
        ("yesterday", "2026-11-23"),
        ("tomorrow", "2026-11-25"),
        ("monday", "2026-11-23"),
        ("tuesday", "2026-11-24"),
        ("wednesday", "2026-11-25"),
        ("thursday", "2026-11-26"),
        ("friday", "2026-11-27"),
        ("saturday", "2026-11-28"),
        ("sunday", "2026-11-29"),
        ("firstOfWeek", "2026-11-23"),
        ("lastOfWeek", "2026-11-29"),
        ("firstOfLastWeek", "2026-11-16"),
        ("lastOfLastWeek", "2026-11-22"),
        ("firstOfMonth", "2026-11-01"),
        ("lastOfMonth", "2026-11-30"),
        ("firstOfLastMonth", "2026-10-01"),
        ("lastOfLastMonth", "2026-10-31"),
        ("firstOfQuarter", "2026-10-01"),
        ("lastOfQuarter", "2026-12-31"),
        ("firstOfLastQuarter", "2026-07-01"),
        ("lastOfLastQuarter", "2026-09-30"),
        ("firstOfYear", "2026-01-01"),
        ("lastOfYear", "2026-12-31"),
        ("firstOfLastYear", "2025-01-01"),
        ("lastOfLastYear", "2025-12-31"),
        ("scheduledTime", "2026-11-24T05:00:00+01:00"),
        *BROUGHT.items(),
    ],
)
def test_each_name_stands_for_its_value(name: str, day: str) -> None:
    assert filled(f"<{{{name}}}>") == f"<{day}>"


def test_every_name_of_the_vocabulary_has_its_example_above() -> None:
    mark = next(m for m in test_each_name_stands_for_its_value.pytestmark if m.name == "parametrize")
    shown = {name for name, _ in mark.args[1]}
    assert shown == {"scheduledTime", *DATES, *OF_S3, *OF_SNS, "message.region"}


@pytest.mark.parametrize(
    ("at", "zone", "text", "expected"),
    [
        # the last instant of a year in Paris is not the last in UTC
        ("2026-12-31T23:30:00Z", PARIS, "{today} {firstOfYear}", "2027-01-01 2027-01-01"),
        ("2026-12-31T22:30:00Z", PARIS, "{today} {tomorrow}", "2026-12-31 2027-01-01"),
        ("2027-01-01T04:00:00Z", PARIS, "{yesterday} {firstOfLastMonth}", "2026-12-31 2026-12-01"),
        ("2026-12-15T04:00:00Z", PARIS, "{lastOfMonth} {lastOfLastMonth}", "2026-12-31 2026-11-30"),
        # leap days, and the years that have none
        ("2028-02-29T04:00:00Z", PARIS, "{today} {lastOfMonth} {yesterday}", "2028-02-29 2028-02-29 2028-02-28"),
        ("2028-03-01T04:00:00Z", PARIS, "{yesterday} {lastOfLastMonth}", "2028-02-29 2028-02-29"),
        ("2026-02-11T04:00:00Z", PARIS, "{lastOfMonth} {firstOfLastMonth}", "2026-02-28 2026-01-01"),
        ("2100-02-28T12:00:00Z", PARIS, "{tomorrow}", "2100-03-01"),
        ("2026-03-31T04:00:00Z", PARIS, "{lastOfLastMonth} {firstOfLastMonth}", "2026-02-28 2026-02-01"),
        ("2026-01-31T04:00:00Z", PARIS, "{lastOfMonth}", "2026-01-31"),
        # the clock goes forward on 29 March 2026 (a day of 23 hours) and back on 25 October (one of 25)
        ("2026-03-29T00:30:00Z", PARIS, "{scheduledTime}", "2026-03-29T01:30:00+01:00"),
        ("2026-03-29T01:30:00Z", PARIS, "{scheduledTime}", "2026-03-29T03:30:00+02:00"),
        ("2026-03-29T22:30:00Z", PARIS, "{today} {yesterday}", "2026-03-30 2026-03-29"),
        ("2026-10-25T00:30:00Z", PARIS, "{scheduledTime}", "2026-10-25T02:30:00+02:00"),
        ("2026-10-25T01:30:00Z", PARIS, "{scheduledTime}", "2026-10-25T02:30:00+01:00"),
        ("2026-10-25T22:30:00Z", PARIS, "{today} {yesterday}", "2026-10-25 2026-10-24"),
        # weeks over the end of a year, and on their first and last day
        ("2027-01-01T04:00:00Z", PARIS, "{monday} {lastOfWeek} {firstOfLastWeek}", "2026-12-28 2027-01-03 2026-12-21"),
        ("2026-11-23T04:00:00Z", PARIS, "{monday} {sunday} {lastOfLastWeek}", "2026-11-23 2026-11-29 2026-11-22"),
        ("2026-11-29T22:59:00Z", PARIS, "{monday} {sunday}", "2026-11-23 2026-11-29"),
        ("2026-11-29T23:00:00Z", PARIS, "{monday} {sunday}", "2026-11-30 2026-12-06"),
        # quarters over the end of a year
        ("2027-02-15T04:00:00Z", PARIS, "{firstOfLastQuarter} {lastOfLastQuarter}", "2026-10-01 2026-12-31"),
        ("2027-03-31T04:00:00Z", PARIS, "{firstOfQuarter} {lastOfQuarter}", "2027-01-01 2027-03-31"),
        ("2028-12-31T04:00:00Z", PARIS, "{firstOfLastYear} {lastOfYear}", "2027-01-01 2028-12-31"),
        # offsets are days of the calendar, whatever the clock does in between
        ("2026-11-24T04:00:00Z", PARIS, "{today-7} {today+1} {today-0}", "2026-11-17 2026-11-25 2026-11-24"),
        ("2026-03-30T00:30:00Z", PARIS, "{today-1} {yesterday-1} {tomorrow+1}", "2026-03-29 2026-03-28 2026-04-01"),
        ("2026-10-25T22:30:00Z", PARIS, "{today-1} {today+1}", "2026-10-24 2026-10-26"),
        ("2026-11-24T04:00:00Z", PARIS, "{monday-7} {firstOfMonth-1:%d.%m.}", "2026-11-16 31.10."),
        ("2028-03-01T04:00:00Z", PARIS, "{today-1} {firstOfYear+59}", "2028-02-29 2028-02-29"),
        # the end of the calendar
        ("9999-12-31T12:00:00Z", "UTC", "{today} {lastOfMonth} {lastOfYear}", "9999-12-31 9999-12-31 9999-12-31"),
        ("0001-01-01T12:00:00Z", "UTC", "{today} {firstOfYear} {monday:%-d.%-m.%Y}", "0001-01-01 0001-01-01 1.1.0001"),
        # far from UTC, in both directions
        (
            "2026-11-24T10:30:00Z",
            "Pacific/Kiritimati",
            "{today} {scheduledTime}",
            "2026-11-25 2026-11-25T00:30:00+14:00",
        ),
        ("2026-11-24T09:30:00Z", "Pacific/Pago_Pago", "{today}", "2026-11-23"),
        ("2026-11-24T20:00:00Z", "Asia/Kathmandu", "{scheduledTime}", "2026-11-25T01:45:00+05:45"),
        # the trigger's own offset says when, and the job's zone which day
        ("2026-11-24T00:30:00+14:00", "UTC", "{today}", "2026-11-23"),
        ("2026-11-24T05:00:59.999999+01:00", PARIS, "{scheduledTime}", "2026-11-24T05:00:59+01:00"),
    ],
)
def test_days_are_counted_in_the_jobs_time_zone(at: str, zone: str, text: str, expected: str) -> None:
    assert filled(text, at, zone) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("{yesterday:%d.%m.%Y}", "23.11.2026"),
        ("{today:%Y%m%d}", "20261124"),
        ("{today:Q of %Y: week %V}", "Q of 2026: week 48"),
        ("{scheduledTime:%H:%M}", "05:00"),
        ("{scheduledTime:%Y-%m-%dT%H:%M:%S%z}", "2026-11-24T05:00:00+0100"),
        ("{firstOfMonth:%d %B %y}", "01 November 26"),
        ("{today:%d %% 日}", "24 % 日"),
        ("{firstOfMonth:%-d.%-m.%y}", "1.11.26"),
        ("{firstOfYear+4:%-d/%-m/%Y}", "5/1/2026"),
        ("{scheduledTime:%-H:%M %-I:%-M}", "5:00 5:0"),
        ("{firstOfYear:%-j %-U %%-d %-y}", "1 0 %-d 26"),
    ],
)
def test_a_date_may_be_given_a_format(text: str, expected: str) -> None:
    assert filled(text) == expected


@pytest.mark.parametrize("directive", sorted(DIRECTIVES))
def test_every_directive_gives_something_for_a_day_and_for_a_time(directive: str) -> None:
    assert filled(f"<{{scheduledTime:%{directive}}}>") not in ("<>", f"<%{directive}>")
    assert isinstance(filled(f"{{today:%{directive}}}"), str)


@pytest.mark.parametrize(
    "text",
    [
        "{today:}",
        "{today:YYYY-MM-DD}",
        "{today:%}",
        "{today:%Y-%}",
        "{today:%Q}",
        "{today:%-}",
        "{today:%-Y}",
        "{today:%-B}",
        "{today:%-%}",
        "{today:%--d}",
        "{today:%e}",
        "{today:%#d}",
        "{today:%Y\n}",
        "{today:%Y\0}",
        "{today:%Y\ud800}",
        "{key:%Y}",
        "{message.region:%Y}",
        "{subject:>10}",
        "{today:{key}}",
    ],
)
def test_what_is_not_a_format_is_refused_when_the_file_is_read(text: str) -> None:
    with pytest.raises(BadPlaceholder):
        placeholders(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("{{", "{"),
        ("}}", "}"),
        ("{{today}}", "{today}"),
        ("{{{today}}}", "{2026-11-24}"),
        ("{{{{today}}}}", "{{today}}"),
        ("a{{b}}c{stem}", "a{b}cFrance"),
        ('{{% $states.input %}}{{"x": 1}}', '{% $states.input %}{"x": 1}'),
        ("", ""),
        ("no braces: %Y $x \\ 日本", "no braces: %Y $x \\ 日本"),
    ],
)
def test_doubled_braces_are_braces(text: str, expected: str) -> None:
    assert filled(text) == expected


@pytest.mark.parametrize(
    "text", ["{", "}", "a { b", "a } b", "{today", "today}", "{today}}", "{{today}", "}{", "{a{b}"]
)
def test_a_lone_brace_is_refused_and_the_way_to_write_it_is_said(text: str) -> None:
    with pytest.raises(
        BadPlaceholder, match=r"is not a placeholder|lone [{}] .* write (\{\{|\}\}) for the brace itself"
    ):
        filled(text)


@pytest.mark.parametrize(
    "name",
    [
        "",
        " today",
        "today ",
        "Today",
        "yesterday -1",
        "today - 1",
        "today-",
        "today+-1",
        "today-1-1",
        "today-1d",
        "today-٣",
        "-7",
        "0",
        "key.__class__",
        "key[0]",
        "key!r",
        "today.year",
        "scheduledTime.tzinfo",
        "__class__",
        "message",
        "message.",
        "message.a b",
        "message.é",
        "message." + "x" * 257,
        "message.x[0]",
        "yésterday",
    ],
)
def test_an_unknown_name_is_answered_with_those_that_there_are(name: str) -> None:
    with pytest.raises(BadPlaceholder) as refused:
        placeholders(f"{{{name}}}")
    assert f"{{{name}}} is not a placeholder; valid ones: scheduledTime, today, yesterday" in str(refused.value)
    assert all(known in str(refused.value) for known in (*DATES, *OF_S3, *OF_SNS, "message.<attribute>"))


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("yestrday", "yesterday"),
        ("Yesterday", "yesterday"),
        ("yestrday-1", "yesterday-1"),
        ("today - 7", "today-7"),
        ("firstofquarter", "firstOfQuarter"),
        ("first_of_month", "firstOfMonth"),
        ("mondy", "monday"),
        ("filename", "fileName"),
        ("lastMonday", "monday-7"),
        ("nextfriday", "friday+7"),
        ("sheduledTime", "scheduledTime"),
        ("Subject", "subject"),
    ],
)
def test_a_misspelt_name_is_answered_with_the_nearest(written: str, meant: str) -> None:
    with pytest.raises(BadPlaceholder) as refused:
        placeholders(f"{{{written}}}")
    assert str(refused.value).endswith(f" (did you mean {{{meant}}}?)")


@pytest.mark.parametrize("written", ["", "0", "x" * 100_000, "country"])
def test_what_is_like_no_name_gets_no_suggestion_and_a_short_error(written: str) -> None:
    with pytest.raises(BadPlaceholder) as refused:
        placeholders(f"{{{written}}}")
    assert "did you mean" not in str(refused.value)
    assert len(str(refused.value)) < 1_500


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("{scheduledTime-1}", r"^\{scheduledTime\} is not a day and takes no offset such as -1$"),
        ("{key+7}", r"^\{key\} is not a day and takes no offset such as \+7$"),
        ("{today-10000}", r"^\{today\} takes an offset of at most 4 digits, in days$"),
        ("{today-" + "9" * 5_000 + "}", r"^\{today\} takes an offset of at most 4 digits, in days$"),
    ],
)
def test_an_offset_where_none_is_possible_is_refused_when_the_file_is_read(text: str, problem: str) -> None:
    with pytest.raises(BadPlaceholder, match=problem):
        placeholders(text)


def test_the_name_of_an_attribute_may_end_like_an_offset() -> None:
    assert filled("{message.region-1}", **{"message.region-1": "EMEA"}) == "EMEA"


@pytest.mark.parametrize(
    ("at", "text"),
    [
        ("9999-12-31T12:00:00Z", "{tomorrow}"),
        ("9999-12-31T12:00:00Z", "{sunday}"),
        ("9999-12-31T12:00:00Z", "{lastOfWeek}"),
        ("9999-12-31T12:00:00Z", "{lastOfYear+1}"),
        ("0001-01-01T12:00:00Z", "{yesterday}"),
        ("0001-01-01T12:00:00Z", "{firstOfLastWeek}"),
        ("0001-01-01T12:00:00Z", "{firstOfLastMonth}"),
        ("0001-01-01T12:00:00Z", "{firstOfLastQuarter}"),
        ("0001-01-01T12:00:00Z", "{lastOfLastYear}"),
        ("0001-01-01T12:00:00Z", "{today-9999}"),
        ("0001-01-01T00:00:00+02:00", "{today}"),
        ("9999-12-31T23:59:00-02:00", "{today}"),
    ],
)
def test_a_day_outside_of_the_calendar_is_refused(at: str, text: str) -> None:
    with pytest.raises(BadPlaceholder, match="outside of the calendar"):
        filled(text, at, "UTC")


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("City {today}", "{today}"),
        ("{yesterday-1:%-d}", "{yesterday-1:%-d}"),
        ("a {nothing} { {key}", "{key}"),
        ("{{today}}", None),
        ("{% $x %} {City} {", None),
        ("", None),
    ],
)
def test_a_placeholder_is_found_in_text_in_which_nothing_is_filled_in(text: str, found: str | None) -> None:
    assert unfilled([1, {"x": text}]) == found


def test_of_days_only_a_name_with_braces_is_not_a_placeholder() -> None:
    assert unfilled("{key} {stem} {message.x}", days_only=True) is None
    assert unfilled("{key} {monday-7}", days_only=True) == "{monday-7}"


@pytest.mark.parametrize("name", ["message.__init__", "message.__class__.__mro__", "message.key", "message.a-b.c_d"])
def test_what_follows_message_is_only_ever_the_name_of_an_attribute(name: str) -> None:
    assert filled(f"{{{name}}}", **{name: "as sent"}) == "as sent"
    with pytest.raises(BadPlaceholder, match="has no value"):
        filled(f"{{{name}}}")


def test_what_was_filled_in_is_not_looked_at_again() -> None:
    key = "countries/{today}{{x}}{key}{.csv"
    assert filled("{key} {today}", key=key) == f"{key} 2026-11-24"


def test_a_value_that_the_trigger_lacks_fails_with_the_values_it_has() -> None:
    at, zone = datetime.fromisoformat("2026-11-24T04:00:00Z"), ZoneInfo(PARIS)
    with pytest.raises(BadPlaceholder, match=r"^\{key\} has no value: the trigger has no values$"):
        fill("{key}", at, zone, {})
    with pytest.raises(BadPlaceholder, match=r"the trigger has only messageId, subject$"):
        fill("{key}", at, zone, {"subject": "", "messageId": "1"})


def test_every_string_is_filled_wherever_it_stands_and_nothing_else_is() -> None:
    answers = {"{today}": [{"name": "{stem}"}, 1, 1.5, True, None, [["{today}"]]], "x": ""}
    assert filled(answers) == {"{today}": [{"name": "France"}, 1, 1.5, True, None, [["2026-11-24"]]], "x": ""}
    assert list(strings(answers)) == ["{stem}", "{today}", ""]


def test_what_was_given_is_left_as_it_was() -> None:
    answers = [{"name": "{stem}"}]
    filled(answers)
    assert answers == [{"name": "{stem}"}]


def test_the_placeholders_of_a_text_are_listed_in_their_order() -> None:
    assert placeholders("{{a}} {today:%Y} {message.b}") == [Placeholder("today", "%Y"), Placeholder("message.b", None)]


# -- any text -------------------------------------------------------------------------------------------------------

pieces = st.sampled_from(
    ["{", "}", "{{", "}}", "{today}", "{key}", "{yesterday:%d}", ":", "%", "{message.region}", "."]
)
texts = st.text() | st.lists(pieces | st.text(max_size=3)).map("".join)
zones = st.sampled_from([PARIS, "UTC", "Pacific/Kiritimati", "Pacific/Pago_Pago", "America/St_Johns", "Asia/Kathmandu"])
moments = st.datetimes(datetime(1970, 1, 2), datetime(9998, 12, 30)).flatmap(
    lambda at: st.integers(-23 * 60, 23 * 60).map(lambda m: at.replace(tzinfo=timezone(timedelta(minutes=m))))
)


@given(texts, moments, zones)
def test_any_text_is_filled_to_a_text_or_refused_as_a_bad_placeholder(text: str, at: datetime, zone: str) -> None:
    try:
        once = fill(text, at, ZoneInfo(zone), BROUGHT)
    except BadPlaceholder:
        return
    assert isinstance(once, str)
    assert once == fill(text, at, ZoneInfo(zone), dict(reversed(BROUGHT.items())))


@given(texts)
def test_what_passes_when_the_file_is_read_is_filled_when_everything_was_brought(text: str) -> None:
    try:
        found = placeholders(text)
    except BadPlaceholder:
        return
    values = {placeholder.name: "v" for placeholder in found}
    assert isinstance(filled(text, **values), str)


@given(st.text(), moments, zones)
def test_an_escaped_text_comes_back_as_it_was(text: str, at: datetime, zone: str) -> None:
    assert fill(escape(text), at, ZoneInfo(zone), {}) == text


@given(st.text(), st.text())
def test_any_value_is_taken_literally(before: str, value: str) -> None:
    assert filled(f"{escape(before)}{{key}}", key=value) == before + value


@given(moments, zones)
def test_the_days_stand_in_their_order(at: datetime, zone: str) -> None:
    names = ["firstOfLastMonth", "lastOfLastMonth", "firstOfMonth", "today", "lastOfMonth"]
    assert fill("{firstOfWeek}", at, ZoneInfo(zone), {}) == fill("{monday}", at, ZoneInfo(zone), {})
    assert fill("{today-7}", at, ZoneInfo(zone), {}) < fill("{monday}", at, ZoneInfo(zone), {})
    days = [fill(f"{{{name}}}", at, ZoneInfo(zone), {}) for name in names]
    assume(at.year < 9998)
    assert days == sorted(days)
    assert fill("{yesterday}", at, ZoneInfo(zone), {}) < days[3] < fill("{tomorrow}", at, ZoneInfo(zone), {})
