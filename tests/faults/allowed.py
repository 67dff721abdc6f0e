"""Where nobody could know whether the table was loaded, or that something was left on the server; each with its reason."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.faults.lab import Evidence


@dataclass(frozen=True)
class Allowed:
    """A class of cases and why it is allowed there; patterns of :mod:`re` for place and fault."""

    place: str
    fault: str
    why: str


UNKNOWN: tuple[Allowed, ...] = ()
LEFT: tuple[Allowed, ...] = ()


def unknown_is_allowed(seen: "Evidence") -> bool:
    """Whether ``loaded: unknown`` is the truth that there is."""
    return _in(UNKNOWN, seen)


def left_is_allowed(seen: "Evidence") -> bool:
    """Whether nobody could know what was left."""
    return _in(LEFT, seen)


def _in(table: tuple[Allowed, ...], seen: "Evidence") -> bool:
    import re

    case = seen.case
    return case is not None and any(
        re.fullmatch(one.place, case.place) and re.fullmatch(one.fault, case.fault) for one in table
    )
