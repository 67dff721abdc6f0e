"""The name of the table that a datamart writes (API.md 5.1)."""

import re
from datetime import UTC, datetime

from local.simulator.catalogue import DatamartSpec
from local.simulator.response import Refusal

_PLACEHOLDER = re.compile(r"!([A-Za-z])")
_ALLOWED = re.compile(r"(?:\w|!(?=[A-Za-z]))*", re.ASCII)


def checked(name: str) -> str:
    """A name that can stand in SQL unquoted. Raises Refusal 400."""
    if not _ALLOWED.fullmatch(name):
        raise Refusal(400, "8004cb02", "The table name may hold letters, digits, underscores and placeholders.")
    return name


def has_placeholder(name: str) -> bool:
    """Whether something in it is resolved only at run time."""
    return _PLACEHOLDER.search(name) is not None


def resolved(spec: DatamartSpec, now: float) -> str:
    """Prefix and name, ``!d`` as the day; what the other placeholders stand for is not documented: their letter."""
    day = datetime.fromtimestamp(now, UTC).strftime("%Y%m%d")
    name = _PLACEHOLDER.sub(lambda found: day if found[1] == "d" else found[1], spec.table)
    return spec.properties.get("Table Prefix", "") + name
