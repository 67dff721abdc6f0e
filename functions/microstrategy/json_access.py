"""A decoded body may be anything: each of these gives back what it is, or a plain nothing."""

import re
from datetime import datetime
from typing import Any

from functions.object_ids import is_id

LONGEST = 1_000
"""Characters of a text that is a name or an id; the server itself allows 250 for a name."""

MOST = 10**15
"""What no count, code or limit reaches, and every place that a number is kept in still tells apart."""


def mapping(value: Any) -> dict[str, Any]:
    """The object, or an empty one."""
    return value if isinstance(value, dict) else {}


def mappings(value: Any) -> list[dict[str, Any]]:
    """The objects in a list, or none."""
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def text(value: Any) -> str | None:
    """The name or id, or None: one that is far too long would not fit into the run's item."""
    return value if isinstance(value, str) and 0 < len(value) <= LONGEST else None


def object_id(value: Any) -> str | None:
    """The id as a call can name it, or None: a job with any other ID could not be looked up."""
    return value if isinstance(value, str) and is_id(value) else None


_JOB_ID = re.compile(r"[0-9A-Za-z][!-~]{0,199}")
"""``<number>:<base64 of a name>`` where it is documented (API.md 5.2): never ``.`` or ``..``, nothing unprintable."""


def job_id(value: Any) -> str | None:
    """The job's id as a path can hold it, or None: the id enters the addresses of the job monitor."""
    return value if isinstance(value, str) and _JOB_ID.fullmatch(value) else None


def integer(value: Any) -> int | None:
    """The whole number, also one that is written as a text."""
    if isinstance(value, bool):
        return None
    if isinstance(value, int):
        return value if abs(value) < MOST else None
    return int(value) if isinstance(value, str) and re.fullmatch(r"-?[0-9]{1,15}", value.strip()) else None


def moment(value: Any) -> float | None:
    """Seconds since the epoch of a time in the form of ISO 8601 that says its zone, or None."""
    try:
        found = datetime.fromisoformat(value) if isinstance(value, str) else None
        return found.timestamp() if found is not None and found.tzinfo is not None else None
    except (ValueError, OverflowError):
        return None
