"""The placeholders of a job file's prompt answers: ``{yesterday:%d.%m.%Y}``, ``{key}``, ``{message.region}``.

A fixed vocabulary and nothing else: no expressions, no attributes, no second scan of what was filled in. ``{{`` and
``}}`` stand for braces. The values come from the trigger's own time and event and are the same whenever they are
filled in (DESIGN.md, "Starting").
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

Moment = Callable[[datetime], date]

DATES: dict[str, Moment] = {
    "today": lambda at: at.date(),
    "yesterday": lambda at: at.date() - timedelta(days=1),
    "tomorrow": lambda at: at.date() + timedelta(days=1),
    "firstOfMonth": lambda at: at.date().replace(day=1),
    "lastOfMonth": lambda at: _first_of_next_month(at.date()) - timedelta(days=1),
    "firstOfLastMonth": lambda at: (at.date().replace(day=1) - timedelta(days=1)).replace(day=1),
    "lastOfLastMonth": lambda at: at.date().replace(day=1) - timedelta(days=1),
    "firstOfYear": lambda at: at.date().replace(month=1, day=1),
}
"""Days in the job's time zone, counted from the trigger's time; written ``2026-11-24`` unless a format is given."""

SCHEDULED_TIME = "scheduledTime"
"""The trigger's time itself, in the job's time zone; written ``2026-11-24T05:00:00+01:00``."""

OF_S3 = frozenset({"bucket", "key", "fileName", "stem"})
"""Values that an uploaded object brings; ``fileName`` is the key's last part, ``stem`` that without its ending."""

OF_SNS = frozenset({"subject", "messageId"})
"""Values that a message brings, beside ``message.<attribute>``."""

MESSAGE = "message."

DIRECTIVES = frozenset("aAbBdHIjmMpSUVwWyYzZfGu%")
"""What may follow a ``%`` in a format: strftime's own directives that mean the same on every system."""

_TOKEN = re.compile(r"\{\{|\}\}|\{([^{}:]*)(?::([^{}]*))?\}|[{}]")
_ATTRIBUTE = re.compile(r"message\.[A-Za-z0-9_.-]{1,256}")


class BadPlaceholder(ValueError):
    """A placeholder that is none, or that has no value here; the text names it and says what there is."""


@dataclass(frozen=True)
class Placeholder:
    """One ``{name:format}``."""

    name: str
    format: str | None

    @property
    def is_of_time(self) -> bool:
        """Whether it is worked out from the trigger's time alone."""
        return self.name in DATES or self.name == SCHEDULED_TIME


def placeholders(text: str) -> list[Placeholder]:
    """The placeholders in ``text``. Raises BadPlaceholder for a name or format that is none, or a lone brace."""
    return [piece for piece in _pieces(text) if isinstance(piece, Placeholder)]


def fill(value: Any, at: datetime, zone: ZoneInfo, values: Mapping[str, str]) -> Any:
    """``value`` (JSON) with the placeholders of every string in it filled in; keys are left alone.

    Parameters
    ----------
    at
        The trigger's time, with its offset.
    zone
        The job's time zone.
    values
        What the event brought, by name: ``bucket``, ``key``, ``message.region``.

    Raises
    ------
    BadPlaceholder
        As :func:`placeholders`, or a value that the event did not bring.
    """
    if isinstance(value, str):
        return "".join(
            piece if isinstance(piece, str) else _filled(piece, at.astimezone(zone), values) for piece in _pieces(value)
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


def _placeholder(name: str, format_: str | None) -> Placeholder:
    known = (SCHEDULED_TIME, *DATES, *sorted(OF_S3 | OF_SNS))
    if name not in known and not _ATTRIBUTE.fullmatch(name):
        raise BadPlaceholder(f"{{{name}}} is no placeholder; there are {', '.join(known)} and message.<attribute>")
    placeholder = Placeholder(name, format_)
    if format_ is not None:
        _check_format(placeholder)
    return placeholder


def _check_format(placeholder: Placeholder) -> None:
    if not placeholder.is_of_time:
        raise BadPlaceholder(f"{{{placeholder.name}}} is no date and takes no format")
    text = placeholder.format or ""
    directives = re.findall(r"%(.?)", text, re.DOTALL)
    # Without a directive (YYYY-MM-DD) it would be no date; what cannot be printed stops or cuts strftime.
    if not directives or not DIRECTIVES.issuperset(directives) or not text.isprintable():
        raise BadPlaceholder(
            f"{{{placeholder.name}:{placeholder.format}}}: a format is made of strftime's directives, such as %Y-%m-%d"
        )


def _filled(placeholder: Placeholder, at: datetime, values: Mapping[str, str]) -> str:
    name = placeholder.name
    if name == SCHEDULED_TIME:
        return at.strftime(placeholder.format) if placeholder.format else at.isoformat(timespec="seconds")
    if name in DATES:
        try:
            day = DATES[name](at)
        except OverflowError:
            raise BadPlaceholder(f"{{{name}}} lies outside of the calendar") from None
        return day.strftime(placeholder.format) if placeholder.format else day.isoformat()
    if name not in values:
        brought = f"only {', '.join(sorted(values))}" if values else "no values"
        raise BadPlaceholder(f"{{{name}}} has no value here: the trigger brought {brought}")
    return values[name]


def _first_of_next_month(day: date) -> date:
    return (day.replace(day=28) + timedelta(days=4)).replace(day=1)
