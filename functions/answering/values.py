"""Answers to VALUE prompts: a number, a text or a date, always sent as one string (contract 7.2, 7.3)."""

import re
from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from functions.answering.prompt import Misfit, Prompt
from functions.run.schema import shown

DATA_TYPES = {
    **dict.fromkeys(("NUMERIC", 1, 2, 3, 4, 5, 6, 7, 30), "NUMERIC"),
    **dict.fromkeys(("TEXT", 8, 9, 10), "TEXT"),
    **dict.fromkeys(("DATE", 14, 16), "DATE"),
}
"""What a prompt's ``dataType`` means; samples have a word or the number of MicroStrategy's own type."""

_DAY = r"[0-9]{4}-[0-9]{2}-[0-9]{2}"
_FROM_PEOPLE = re.compile(_DAY + r"([T ][0-9]{2}:[0-9]{2}(:[0-9]{2}([.][0-9]{1,6})?)?( ?Z|[+-][0-9]{2}:?[0-9]{2})?)?")
_AS_SENT = re.compile(_DAY + r"T[0-9]{2}:[0-9]{2}:[0-9]{2}[.][0-9]{3}[+-][0-9]{4}")


def value(prompt: Prompt, given: Any) -> str:
    """The string to send. Raises Misfit."""
    one = _one(given)
    kind = DATA_TYPES.get(prompt.get("dataType", "TEXT"))
    return _KINDS[kind](prompt, one) if kind else str(one)


def _one(given: Any) -> Any:
    """One page of the vendor's shows a list; it can only be of one (contract 7.3)."""
    if isinstance(given, list) and len(given) == 1:
        given = given[0]
    if isinstance(given, bool) or not isinstance(given, (str, int, float)):
        raise Misfit(f"takes one value, not {shown(given)}")
    return given


def _number(prompt: Prompt, given: Any) -> str:
    text = str(given).strip()
    number = _decimal(text)
    if number is None:
        raise Misfit(f"takes a number such as 1234.5, not {shown(given)}")
    _check_limits(number, _decimal(prompt.get("min")), _decimal(prompt.get("max")), "", shown(given))
    return text


def _decimal(given: Any) -> Decimal | None:
    try:
        number = Decimal(str(given))
    except InvalidOperation:
        return None
    return number if number.is_finite() else None


def _text(prompt: Prompt, given: Any) -> str:
    text = str(given)
    least, most = _decimal(prompt.get("min")), _decimal(prompt.get("max"))
    _check_limits(Decimal(len(text)), least, most, " characters", f"{shown(text)} with {len(text)}")
    return text


def _date(prompt: Prompt, given: Any) -> str:
    at = _moment(given)
    if at is None:
        raise Misfit(f"takes a date such as 2026-11-23, not {shown(given)}")
    for word, limit, fits in (("after", prompt.get("min"), _not_before), ("before", prompt.get("max"), _not_after)):
        if limit is not None and not fits(at, limit):
            raise Misfit(f"takes no date that is not {word} {limit} or that day itself; {shown(given)} is not")
    if _AS_SENT.fullmatch(str(given)):
        return str(given)
    return at.strftime("%Y-%m-%dT%H:%M:%S.") + f"{at.microsecond // 1000:03d}" + at.strftime("%z")


def _not_before(at: datetime, limit: Any) -> bool:
    least = _moment(limit)
    return least is None or (at.date() >= least.date() if _is_day(limit) else at >= least)


def _not_after(at: datetime, limit: Any) -> bool:
    most = _moment(limit)
    return most is None or (at.date() <= most.date() if _is_day(limit) else at <= most)


def _is_day(limit: Any) -> bool:
    return re.fullmatch(_DAY, str(limit).strip()) is not None


def _moment(given: Any) -> datetime | None:
    """A date or time as people and the API write it; without an offset it is UTC, as in the API's samples."""
    text = str(given).strip()
    if not _FROM_PEOPLE.fullmatch(text):
        return None
    try:
        if _is_day(text):
            day = date.fromisoformat(text)
            return datetime(day.year, day.month, day.day, tzinfo=UTC)
        at = datetime.fromisoformat(text.replace(" Z", "Z"))
    except ValueError:
        return None
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def _check_limits(number: Decimal, least: Decimal | None, most: Decimal | None, unit: str, what: str) -> None:
    if least is not None and number < least:
        raise Misfit(f"takes at least {least}{unit}, not {what}")
    if most is not None and number > most:
        raise Misfit(f"takes at most {most}{unit}, not {what}")


_KINDS: dict[str, Callable[[Prompt, Any], str]] = {"NUMERIC": _number, "TEXT": _text, "DATE": _date}
