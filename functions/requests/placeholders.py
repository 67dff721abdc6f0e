"""The placeholders of a job file's prompt answers: ``{yesterday:%d.%m.%Y}``, ``{monday-7}``, ``{message.region}``.

A fixed vocabulary: no expressions, no attributes, no second scan of the values. ``{{`` and ``}}`` stand for braces.
Values come from the trigger's time and event only, so that they are always the same (DESIGN.md "Starting").
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from functions.requests.named_days import DATES, WEEKDAYS
from functions.similar_names import similar
from functions.text import printable

SCHEDULED_TIME = "scheduledTime"
"""The trigger's time itself, in the job's time zone; written ``2026-11-24T05:00:00+01:00``."""

OF_S3 = frozenset({"bucket", "key", "fileName", "stem"})
"""Values of an uploaded object; ``fileName`` is the key's last part, ``stem`` that without its extension."""

OF_SNS = frozenset({"subject", "messageId"})
"""Values of a message, beside ``message.<attribute>``."""

MESSAGE = "message."

DIRECTIVES = frozenset("aAbBdHIjmMpSUVwWyYzZfGu%")
"""Directives of a format after ``%``: those of strftime that mean the same on every system."""

UNPADDED = frozenset("dHIjmMSUVWy")
"""Directives after ``%-``: numbers without leading zeros. Done here: not every system's strftime can."""

LONGEST_OFFSET = 4
"""Digits of an offset in days: 27 years."""

MOST_NAMED = 300
"""Characters of a wrong name that an error message shows."""

ONLY_IN_JOBS = "placeholders are filled in only in the prompt answers of a job file (infra/jobs)"

_TOKEN = re.compile(r"\{\{|\}\}|\{([^{}:]*)(?::([^{}]*))?\}|[{}]")
_ATTRIBUTE = re.compile(r"message\.[A-Za-z0-9_.-]{1,256}")
_WEEK = re.compile(f"(last|previous|next)({'|'.join(WEEKDAYS)})", re.IGNORECASE)
_OFFSET = re.compile(r"([^+-]*)([+-][0-9]+)")
_DIRECTIVE = re.compile(r"%(-?)(.?)", re.DOTALL)


class BadPlaceholder(ValueError):
    """An invalid placeholder, or one without a value; the text names it and what is valid."""


@dataclass(frozen=True)
class Placeholder:
    """One ``{name:format}`` or ``{name-7:format}``; ``days`` is the offset."""

    name: str
    format: str | None
    days: int = 0

    @property
    def is_of_time(self) -> bool:
        """Whether its value follows from the trigger's time alone."""
        return self.name in DATES or self.name == SCHEDULED_TIME


def placeholders(text: str) -> list[Placeholder]:
    """The placeholders in ``text``. Raises BadPlaceholder for an invalid name or format, or a lone brace."""
    return [piece for piece in _pieces(text) if isinstance(piece, Placeholder)]


def fill(value: Any, at: datetime, zone: ZoneInfo, values: Mapping[str, str]) -> Any:
    """``value`` (JSON) with the placeholders in every string filled in; keys stay as they are.

    Parameters
    ----------
    at
        The trigger's time, with its offset.
    zone
        The job's time zone.
    values
        The values of the event by name: ``bucket``, ``key``, ``message.region``.

    Raises
    ------
    BadPlaceholder
        As :func:`placeholders`; also if the event has no such value.
    """
    if isinstance(value, str):
        return "".join(
            piece if isinstance(piece, str) else _filled(piece, _local(at, zone), values) for piece in _pieces(value)
        )
    if isinstance(value, list):
        return [fill(inner, at, zone, values) for inner in value]
    if isinstance(value, dict):
        return {key: fill(inner, at, zone, values) for key, inner in value.items()}
    return value


def strings(value: Any) -> Iterator[str]:
    """Every string in ``value`` (JSON) that :func:`fill` would look at."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, (list, dict)):
        for inner in value.values() if isinstance(value, dict) else value:
            yield from strings(inner)


def _pieces(text: str) -> Iterator[str | Placeholder]:
    position = 0
    for found in _TOKEN.finditer(text):
        yield text[position : found.start()]
        position = found.end()
        if found[0] in ("{{", "}}"):
            yield found[0][0]
        elif found[0] in ("{", "}"):
            raise BadPlaceholder(
                f"there is a lone {found[0]} in {text[:80]!r}; write {found[0] * 2} for the brace itself"
            )
        else:
            yield _placeholder(found[1], found[2])
    yield text[position:]


def unfilled(value: Any, days_only: bool = False) -> str | None:
    """The first ``{…}`` in the strings of ``value`` (JSON) that is a valid placeholder, as written; None without one.

    ``days_only``: only days and times. ``City {today}`` must be meant as one, while ``{key}`` may be part of a name.
    """
    for text in strings(value):
        for found in _TOKEN.finditer(text):
            if found[1] is not None and _reads_as_placeholder(found[1], found[2], days_only):
                return found[0]
    return None


def hint(value: Any) -> str:
    """``{yesterday}: placeholders are …`` if ``value`` (JSON) contains one that was not filled in, else nothing."""
    found = unfilled(value)
    return f"{found}: {ONLY_IN_JOBS}" if found else ""


def _reads_as_placeholder(name: str, format_: str | None, days_only: bool) -> bool:
    try:
        return _placeholder(name, format_).is_of_time or not days_only
    except BadPlaceholder:
        return False


def _placeholder(written: str, format_: str | None) -> Placeholder:
    name, days = _name_and_days(written)
    if name not in KNOWN and not _ATTRIBUTE.fullmatch(name):
        raise BadPlaceholder(
            f"{{{printable(written)[:MOST_NAMED]}}} is not a placeholder; valid ones: {', '.join(KNOWN)} and "
            f"message.<attribute>{_did_you_mean(written)}"
        )
    placeholder = Placeholder(name, format_, days)
    if format_ is not None:
        _check_format(placeholder)
    return placeholder


KNOWN = (SCHEDULED_TIME, *DATES, *sorted(OF_S3 | OF_SNS))


def _name_and_days(written: str) -> tuple[str, int]:
    """Name and offset of ``today-7``. The attribute ``message.a-1`` of a message has no offset."""
    parts = _OFFSET.fullmatch(written)
    if parts is None or parts[1] not in KNOWN:
        return written, 0
    if parts[1] not in DATES:
        raise BadPlaceholder(f"{{{parts[1]}}} is not a day and takes no offset such as {parts[2][:10]}")
    if len(parts[2]) > LONGEST_OFFSET + 1:
        raise BadPlaceholder(f"{{{parts[1]}}} takes an offset of at most {LONGEST_OFFSET} digits, in days")
    return parts[1], int(parts[2])


def _did_you_mean(written: str) -> str:
    """`` (did you mean {yesterday-1}?)`` for a misspelled name or blanks around the offset, else nothing."""
    parts = _OFFSET.fullmatch("".join(written[:MOST_NAMED].split()))
    if week := _WEEK.fullmatch(written):
        return f" (did you mean {{{week[2].lower()}{'+7' if week[1].lower() == 'next' else '-7'}}}?)"
    name, offset = (parts[1], parts[2][: LONGEST_OFFSET + 1]) if parts else (written, "")
    near = similar(name, (DATES if offset else KNOWN), cutoff=0.6)
    return f" (did you mean {{{near[0]}{offset}}}?)" if near else ""


def _check_format(placeholder: Placeholder) -> None:
    if not placeholder.is_of_time:
        raise BadPlaceholder(f"{{{placeholder.name}}} is not a day or time and takes no format")
    text = placeholder.format or ""
    directives = _DIRECTIVE.findall(text)
    known = all(letter in (UNPADDED if unpadded else DIRECTIVES) for unpadded, letter in directives)
    # Without a directive (YYYY-MM-DD) the result would not be a date; unprintable characters stop or cut strftime.
    if not directives or not known or not text.isprintable():
        raise BadPlaceholder(
            f"{{{placeholder.name}:{printable(text)[:MOST_NAMED]}}}: a format consists of strftime directives, such "
            "as %Y-%m-%d, or %-d.%-m.%Y without leading zeros"
        )


def _formatted(at: date, format_: str) -> str:
    """One directive at a time; the text between them stays as it is."""

    def one(directive: re.Match[str]) -> str:
        written = at.strftime(f"%{directive[2]}")
        if directive[1]:
            return written.lstrip("0") or "0"
        return written.zfill(4) if directive[2] in "YG" else written  # not every system pads the year 1

    return _DIRECTIVE.sub(one, format_)


def _local(at: datetime, zone: ZoneInfo) -> datetime:
    try:
        return at.astimezone(zone)
    except OverflowError:
        raise BadPlaceholder(f"the trigger's time is outside of the calendar in the time zone {zone.key}") from None


def _filled(placeholder: Placeholder, at: datetime, values: Mapping[str, str]) -> str:
    name = placeholder.name
    if name == SCHEDULED_TIME:
        return _formatted(at, placeholder.format) if placeholder.format else at.isoformat(timespec="seconds")
    if name in DATES:
        try:
            day = DATES[name](at.date()) + timedelta(days=placeholder.days)
        except (OverflowError, ValueError):
            offset = f"{placeholder.days:+}" if placeholder.days else ""
            raise BadPlaceholder(f"{{{name}{offset}}} is outside of the calendar") from None
        return _formatted(day, placeholder.format) if placeholder.format else day.isoformat()
    if name not in values:
        there = f"only {', '.join(sorted(values))}" if values else "no values"
        raise BadPlaceholder(f"{{{name}}} has no value: the trigger has {there}")
    return values[name]
