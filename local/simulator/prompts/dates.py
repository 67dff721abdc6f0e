"""Days and points in time in answers (API.md 7.2, 7.3)."""

import re
from datetime import UTC, date, datetime, time

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_MOMENT = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}\+0000", re.ASCII)


def day_of(text: str) -> date:
    """The day of ``2026-11-23`` or of the API's ``2026-11-23T23:37:39.000+0000``. Raises ValueError for all else.

    Python's own reading would take more than the two forms that are documented.
    """
    if _DAY.fullmatch(text):
        return date.fromisoformat(text)
    if _MOMENT.fullmatch(text):
        return datetime.fromisoformat(text).date()
    raise ValueError(f"{text} is neither a day nor a moment in UTC")


def moment_of(text: str) -> datetime:
    """The point in time of the API's ``2026-11-23T23:37:39.000+0000``; a day begins in UTC. Raises ValueError."""
    if _MOMENT.fullmatch(text):
        return datetime.fromisoformat(text)
    return datetime.combine(day_of(text), time(), UTC)
