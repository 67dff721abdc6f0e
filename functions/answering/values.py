"""Answers to VALUE prompts: a number, a text or a date, always sent as one string (contract 7.2, 7.3)."""

import math
import re
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from functions.answering.prompt import Misfit, Prompt, decimal, least, most
from functions.run.schema import shown

DATA_TYPES = {
    **dict.fromkeys(("NUMERIC", 1, 2, 3, 4, 5, 6, 7, 30), "NUMERIC"),
    **dict.fromkeys(("TEXT", 8, 9, 10), "TEXT"),
    **dict.fromkeys(("DATE", 14, 16), "DATE"),
}
"""What a prompt's ``dataType`` means; samples have a word or the number of MicroStrategy's own type."""

_NUMBER = re.compile(r"[+-]?([0-9]+[.]?[0-9]*|[.][0-9]+)([eE][+-]?[0-9]+)?")
"""Python's own reading takes more than a server does: 1_000, NaN, the digits of other scripts."""

_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_MOMENT = re.compile(
    _DAY.pattern + r"([T ][0-9]{2}:[0-9]{2}(:[0-9]{2}([.][0-9]{1,6})?)?( ?Z|[+-][0-9]{2}:?[0-9]{2})?)?"
)


def kind_of(prompt: Prompt) -> str | None:
    """NUMERIC, TEXT or DATE; None where the server does not say it in a way that is known."""
    written = str(prompt.get("dataType")).upper()
    return next((kind for name, kind in DATA_TYPES.items() if str(name) == written), None)


def value(prompt: Prompt, given: Any) -> str:
    """The string to send. Raises Misfit."""
    one = _one(given)
    kind = kind_of(prompt)
    return _KINDS[kind](prompt, one) if kind else one


def _one(given: Any) -> str:
    """One page of the vendor's shows a list; it can only be of one (contract 7.3)."""
    if isinstance(given, list) and len(given) == 1:
        given = given[0]
    if isinstance(given, bool) or not isinstance(given, (str, int, float)):
        raise Misfit(f"takes one value, not {shown(given)}")
    return str(given)


def _number(prompt: Prompt, given: str) -> str:
    text = given.strip()
    number = decimal(text) if _NUMBER.fullmatch(text) else None
    if number is None:
        raise Misfit(f"takes a number such as 1234.5, not {shown(given)}")
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
    at = _moment(given)
    if at is None:
        raise Misfit(f"takes a date such as 2026-11-23, not {shown(given)}")
    first, last = prompt.get("min"), prompt.get("max")
    if (lowest := _moment(first)) is not None and _at(at, first) < lowest:
        raise Misfit(f"takes no date before {first}, and {shown(given)} is one")
    if (highest := _moment(last)) is not None and _at(at, last) > highest:
        raise Misfit(f"takes no date after {last}, and {shown(given)} is one")
    # In UTC, because only that stands in the documentation; strftime would write the year 1 as "1".
    return at.replace(tzinfo=None).isoformat(timespec="milliseconds") + "+0000"


def _at(at: datetime, limit: Any) -> datetime:
    """What is compared with a limit: where that is a day, the hour does not matter."""
    return at.replace(hour=0, minute=0, second=0, microsecond=0) if _DAY.fullmatch(str(limit).strip()) else at


def _moment(given: Any) -> datetime | None:
    """A date or time as people and the API write it; without an offset it is UTC, as in the API's samples."""
    text = str(given).strip()
    if not _MOMENT.fullmatch(text):
        return None
    try:
        at = datetime.fromisoformat(text.replace(" Z", "Z"))
        return at.astimezone(UTC) if at.tzinfo else at.replace(tzinfo=UTC)
    except (ValueError, OverflowError):  # no such day or hour; or none in UTC, at either end of the calendar
        return None


_KINDS: dict[str, Callable[[Prompt, str], str]] = {"NUMERIC": _number, "TEXT": _text, "DATE": _date}
