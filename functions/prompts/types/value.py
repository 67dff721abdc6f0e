"""The prompt type VALUE: a number, text, date or point in time, always sent as one string (API.md 7.2, 7.3)."""

import math
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from functions.prompts.choices import Choices
from functions.prompts.limits import LONGEST_NUMBER, between, count_in_words, decimal, least, most
from functions.prompts.prompt import InvalidAnswer, Prompt
from functions.prompts.types.prompt_type import PromptType
from functions.text import shown

DATA_TYPES = {
    **dict.fromkeys(("NUMERIC", 1, 2, 3, 4, 5, 6, 7, 30), "NUMERIC"),
    **dict.fromkeys(("TEXT", 8, 9, 10), "TEXT"),
    **dict.fromkeys(("DATE", 14), "DATE"),
    **dict.fromkeys(("TIMESTAMP", "TIME_STAMP", "DATETIME", "DATE_TIME", 16), "TIMESTAMP"),
}
"""Our words for a prompt's ``dataType``; samples have a word or the number of MicroStrategy's own type."""

# Linear: no two neighbouring parts can match the same characters. Python's own reading takes more than a server does:
# 1_000, NaN, the digits of other scripts.
_NUMBER = re.compile(r"[+-]?([0-9]+([.][0-9]*)?|[.][0-9]+)([eE][+-]?[0-9]+)?")

_WITH_COMMA = re.compile(r"[+-]?[0-9]{1,20}([.,' ][0-9]{1,20}){1,20}")
"""``12,5``, ``1.234,56``, ``1,234.56``, ``1 234``: numbers as people write them, with ambiguous separators."""

_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_MOMENT = re.compile(
    _DATE.pattern + r"([T ][0-9]{2}:[0-9]{2}(:[0-9]{2}([.][0-9]{1,6})?)?( ?Z|[+-][0-9]{2}:?[0-9]{2})?)?"
)
_LONGEST_MOMENT = 40

_AMBIGUOUS_DATE = re.compile(r"[0-9]{1,4}([./-][0-9]{1,4}){2}([T ,].{0,30})?")
"""``24.11.2026``, ``11/24/2026``, ``2026/11/24``: dates as people write them, in which day and month are ambiguous."""


def data_type_of(prompt: Prompt) -> str | None:
    """NUMERIC, TEXT, DATE or TIMESTAMP; None if the server's ``dataType`` is missing or unknown."""
    written = str(prompt.get("dataType")).upper()
    return next((kind for name, kind in DATA_TYPES.items() if str(name) == written), None)


def value(prompt: Prompt, given: Any, choices: Choices | None = None) -> str:
    """The string to send. Raises InvalidAnswer."""
    one = _one(given)
    data_type = data_type_of(prompt)
    return _BY_DATA_TYPE[data_type].convert(prompt, one) if data_type else one


def _one(given: Any) -> str:
    """The answer as text. One page of the vendor's documentation shows a list of one (API.md 7.3)."""
    if isinstance(given, list) and len(given) == 1:
        given = given[0]
    if isinstance(given, bool) or not isinstance(given, (str, int, float)):
        raise InvalidAnswer(f"takes one value, not {shown(given)}")
    try:
        return str(given)
    except ValueError:  # Python writes no whole number of more than 4,300 digits
        raise InvalidAnswer(
            f"takes a number of at most {LONGEST_NUMBER} characters, not one of thousands of digits"
        ) from None


def _number(prompt: Prompt, given: str) -> str:
    text = given.strip()
    if len(text) > LONGEST_NUMBER:
        raise InvalidAnswer(
            f"takes a number of at most {LONGEST_NUMBER} characters, and {shown(given)} has {len(text)}"
        )
    number = decimal(text) if _NUMBER.fullmatch(text) else None
    if number is None:
        separators = "; write it with a decimal point and without other separators"
        raise InvalidAnswer(
            f"takes a number such as 1234.5, not {shown(given)}{separators if _WITH_COMMA.fullmatch(text) else ''}"
        )
    if not math.isfinite(float(number)):
        raise InvalidAnswer(f"takes a number between -1.79e308 and 1.79e308, not {shown(given)}")
    _check_limits(number, least(prompt), decimal(prompt.get("max")), "", f"not {shown(given)}")
    return text


def _text(prompt: Prompt, given: str) -> str:
    _check_limits(
        Decimal(len(given)), least(prompt), most(prompt), " characters", f"and {shown(given)} has {len(given)}"
    )
    return given


def _check_limits(number: Decimal, lowest: Decimal | None, highest: Decimal | None, unit: str, but: str) -> None:
    if lowest is not None and number < lowest:
        raise InvalidAnswer(f"takes at least {lowest}{unit}, {but}")
    if highest is not None and number > highest:
        raise InvalidAnswer(f"takes at most {highest}{unit}, {but}")


def _date(prompt: Prompt, given: str) -> str:
    """The date, and the time if one is given, as they are written: an offset does not move a date."""
    at = _moment(given)
    if at is None:
        raise InvalidAnswer(f"takes a date such as 2026-11-23, not {shown(given)}{_advice(given)}")
    first, last = _moment(prompt.get("min")), _moment(prompt.get("max"))
    if first is not None and at.date() < first.date():
        raise InvalidAnswer(f"takes a date from {prompt['min']} on, not {shown(given)}")
    if last is not None and at.date() > last.date():
        raise InvalidAnswer(f"takes a date until {prompt['max']}, not {shown(given)}")
    return _sent(at)


def _timestamp(prompt: Prompt, given: str) -> str:
    """The point in time, in UTC."""
    at = _in_utc(_moment(given))
    if at is None:
        raise InvalidAnswer(f"takes a date and time such as 2026-11-23T05:00+01:00, not {shown(given)}{_advice(given)}")
    first, last = prompt.get("min"), prompt.get("max")
    if (lowest := _in_utc(_moment(first))) is not None and _at(at, first) < lowest:
        raise InvalidAnswer(f"takes a time from {first} on, not {shown(given)}")
    if (highest := _in_utc(_moment(last))) is not None and _at(at, last) > highest:
        raise InvalidAnswer(f"takes a time until {last}, not {shown(given)}")
    return _sent(at)


def _sent(at: datetime) -> str:
    """In the documented form. Not strftime: it writes the year 1 as "1"."""
    return at.replace(tzinfo=None).isoformat(timespec="milliseconds") + "+0000"


def _at(at: datetime, limit: Any) -> datetime:
    """The time to compare with a limit: midnight if the limit is a date."""
    return at.replace(hour=0, minute=0, second=0, microsecond=0) if _DATE.fullmatch(str(limit).strip()) else at


def _moment(given: Any) -> datetime | None:
    """A date or time as people and the API write it, with its offset if one is written; None for anything else."""
    text = str(given).strip() if isinstance(given, str) else ""
    if len(text) > _LONGEST_MOMENT or not _MOMENT.fullmatch(text):
        return None
    try:
        return datetime.fromisoformat(text.replace(" Z", "Z"))
    except ValueError:  # no such date, hour or offset
        return None


def _in_utc(at: datetime | None) -> datetime | None:
    """The same time in UTC. A time without an offset is in UTC already, as in the API's samples."""
    try:
        return at and (at.astimezone(UTC) if at.tzinfo else at.replace(tzinfo=UTC))
    except OverflowError:  # outside of the calendar in UTC
        return None


def _advice(given: str) -> str:
    text = given.strip()[:_LONGEST_MOMENT]
    if _MOMENT.fullmatch(text):
        return "; there is no such date, hour or offset"
    has_year_first = _DATE.match(text) is not None
    return "; write the year first: YYYY-MM-DD" if _AMBIGUOUS_DATE.fullmatch(text) and not has_year_first else ""


def _characters(prompt: Prompt) -> str:
    return count_in_words(prompt, " characters")


def _number_range(prompt: Prompt) -> str:
    return between(prompt.get("min"), prompt.get("max"))


def _time_range(prompt: Prompt) -> str:
    return between(prompt.get("min"), prompt.get("max"), words=("from", "until"))


@dataclass(frozen=True)
class _DataType:
    """How an answer of one data type is converted, its limits in words, and what to type."""

    convert: Callable[[Prompt, str], str]
    limits: Callable[[Prompt], str]
    hint: str


_BY_DATA_TYPE = {
    "NUMERIC": _DataType(_number, _number_range, "A number"),
    "TEXT": _DataType(_text, _characters, "A text"),
    "DATE": _DataType(_date, _time_range, "A date, such as 2026-11-23"),
    "TIMESTAMP": _DataType(
        _timestamp, _time_range, "A date and time, such as 2026-11-23T05:00+01:00; without an offset it is in UTC"
    ),
}


def _limits(prompt: Prompt) -> str:
    data_type = data_type_of(prompt)
    return _BY_DATA_TYPE[data_type].limits(prompt) if data_type else count_in_words(prompt)


def _hint(prompt: Prompt) -> str:
    data_type = data_type_of(prompt)
    return _BY_DATA_TYPE[data_type].hint if data_type else "A value"


VALUE = PromptType(
    "VALUE",
    value,
    written_as='`"text"`, `12.5`, `"2026-11-23"`, `"2026-11-23T05:00+01:00"`',
    sent_as="One text; a date as `2026-11-23T00:00:00.000+0000`. A `DATE` prompt gets the day and hour as they are "
    "written, whatever their offset; a date-and-time prompt (`TIMESTAMP`) gets them in UTC.",
    closed="",
    data_type=data_type_of,
    limits=_limits,
    hint=_hint,
)
