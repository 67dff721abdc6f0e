"""Answers to VALUE prompts: a number, text, day or point in time, always sent as one string (API.md 7.2, 7.3)."""

import math
import re
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from functions.prompts.prompt import LONGEST_NUMBER, Misfit, Prompt, decimal, least, most
from functions.requests.validation import shown

DATA_TYPES = {
    **dict.fromkeys(("NUMERIC", 1, 2, 3, 4, 5, 6, 7, 30), "NUMERIC"),
    **dict.fromkeys(("TEXT", 8, 9, 10), "TEXT"),
    **dict.fromkeys(("DATE", 14), "DATE"),
    **dict.fromkeys(("TIMESTAMP", "TIME_STAMP", "DATETIME", "DATE_TIME", 16), "TIMESTAMP"),
}
"""What a prompt's ``dataType`` means; samples have a word or the number of MicroStrategy's own type."""

# Linear: no two neighbouring parts can match the same characters. Python's own reading takes more than a server does:
# 1_000, NaN, the digits of other scripts.
_NUMBER = re.compile(r"[+-]?([0-9]+([.][0-9]*)?|[.][0-9]+)([eE][+-]?[0-9]+)?")

_WITH_COMMA = re.compile(r"[+-]?[0-9]{1,20}([.,' ][0-9]{1,20}){1,20}")
"""``12,5``, ``1.234,56``, ``1,234.56``, ``1 234``: numbers as people write them, whose separators mean either thing."""

_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_MOMENT = re.compile(
    _DAY.pattern + r"([T ][0-9]{2}:[0-9]{2}(:[0-9]{2}([.][0-9]{1,6})?)?( ?Z|[+-][0-9]{2}:?[0-9]{2})?)?"
)
_LONGEST_MOMENT = 40

_OTHER_DAY = re.compile(r"[0-9]{1,4}([./-][0-9]{1,4}){2}([T ,].{0,30})?")
"""``24.11.2026``, ``11/24/2026``, ``2026/11/24``: days as people write them, in which day and month may be either."""


def kind_of(prompt: Prompt) -> str | None:
    """NUMERIC, TEXT, DATE or TIMESTAMP; None where the server does not say it in a way that is known."""
    written = str(prompt.get("dataType")).upper()
    return next((kind for name, kind in DATA_TYPES.items() if str(name) == written), None)


def value(prompt: Prompt, given: Any) -> str:
    """The string to send. Raises Misfit."""
    one = _one(given)
    kind = kind_of(prompt)
    return _KINDS[kind](prompt, one) if kind else one


def _one(given: Any) -> str:
    """One page of the vendor's shows a list; it can only be of one (API.md 7.3)."""
    if isinstance(given, list) and len(given) == 1:
        given = given[0]
    if isinstance(given, bool) or not isinstance(given, (str, int, float)):
        raise Misfit(f"takes one value, not {shown(given)}")
    try:
        return str(given)
    except ValueError:  # Python writes no whole number of more than 4,300 digits
        raise Misfit("takes no number of thousands of digits") from None


def _number(prompt: Prompt, given: str) -> str:
    text = given.strip()
    if len(text) > LONGEST_NUMBER:
        raise Misfit(f"takes a number of at most {LONGEST_NUMBER} characters, and {shown(given)} has {len(text)}")
    number = decimal(text) if _NUMBER.fullmatch(text) else None
    if number is None:
        separators = "; write it with a decimal point and without other separators"
        raise Misfit(
            f"takes a number such as 1234.5, not {shown(given)}{separators if _WITH_COMMA.fullmatch(text) else ''}"
        )
    if not math.isfinite(float(number)):
        raise Misfit(f"takes no number as large as {shown(given)}")
    _check_limits(number, least(prompt), decimal(prompt.get("max")), "", f"not {shown(given)}")
    return text


def _text(prompt: Prompt, given: str) -> str:
    _check_limits(
        Decimal(len(given)), least(prompt), most(prompt), " characters", f"and {shown(given)} has {len(given)}"
    )
    return given


def _check_limits(number: Decimal, lowest: Decimal | None, highest: Decimal | None, unit: str, but: str) -> None:
    if lowest is not None and number < lowest:
        raise Misfit(f"takes at least {lowest}{unit}, {but}")
    if highest is not None and number > highest:
        raise Misfit(f"takes at most {highest}{unit}, {but}")


def _date(prompt: Prompt, given: str) -> str:
    """The day, and the hour if one is given, as they are written: an offset does not move a day."""
    at = _moment(given)
    if at is None:
        raise Misfit(f"takes a date such as 2026-11-23, not {shown(given)}{_order(given)}")
    first, last = _moment(prompt.get("min")), _moment(prompt.get("max"))
    if first is not None and at.date() < first.date():
        raise Misfit(f"takes no date before {prompt['min']}, and {shown(given)} is one")
    if last is not None and at.date() > last.date():
        raise Misfit(f"takes no date after {prompt['max']}, and {shown(given)} is one")
    return _sent(at)


def _timestamp(prompt: Prompt, given: str) -> str:
    """The point in time, in UTC."""
    at = _in_utc(_moment(given))
    if at is None:
        raise Misfit(f"takes a date and time such as 2026-11-23T05:00+01:00, not {shown(given)}{_order(given)}")
    first, last = prompt.get("min"), prompt.get("max")
    if (lowest := _in_utc(_moment(first))) is not None and _at(at, first) < lowest:
        raise Misfit(f"takes no time before {first}, and {shown(given)} is one")
    if (highest := _in_utc(_moment(last))) is not None and _at(at, last) > highest:
        raise Misfit(f"takes no time after {last}, and {shown(given)} is one")
    return _sent(at)


def _sent(at: datetime) -> str:
    """In the one form that stands in the documentation; strftime would write the year 1 as "1"."""
    return at.replace(tzinfo=None).isoformat(timespec="milliseconds") + "+0000"


def _at(at: datetime, limit: Any) -> datetime:
    """What is compared with a limit: where that is a day, the hour does not matter."""
    return at.replace(hour=0, minute=0, second=0, microsecond=0) if _DAY.fullmatch(str(limit).strip()) else at


def _moment(given: Any) -> datetime | None:
    """A date or time as people and the API write it, with the offset that is written there, if one is."""
    text = str(given).strip() if isinstance(given, str) else ""
    if len(text) > _LONGEST_MOMENT or not _MOMENT.fullmatch(text):
        return None
    try:
        return datetime.fromisoformat(text.replace(" Z", "Z"))
    except ValueError:  # no such day, hour or offset
        return None


def _in_utc(at: datetime | None) -> datetime | None:
    """The same time in UTC, which a time without an offset is in already, as in the API's samples."""
    try:
        return at and (at.astimezone(UTC) if at.tzinfo else at.replace(tzinfo=UTC))
    except OverflowError:  # in UTC it lies outside of the calendar
        return None


def _order(given: str) -> str:
    text = given.strip()[:_LONGEST_MOMENT]
    if _MOMENT.fullmatch(text):
        return "; there is no such day, hour or offset"
    has_year_first = _DAY.match(text) is not None
    return "; write the year first: YYYY-MM-DD" if _OTHER_DAY.fullmatch(text) and not has_year_first else ""


_KINDS: dict[str, Callable[[Prompt, str], str]] = {
    "NUMERIC": _number,
    "TEXT": _text,
    "DATE": _date,
    "TIMESTAMP": _timestamp,
}
