"""The log lines of an execution: parsed, of this execution alone, and found for a state. Pure."""

import json
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from local.report.events import Entry

CLOCKS_DIFFER = 0.25
"""Seconds by which a function's clock may be behind that of Step Functions."""

END_OF_TIME = 2.5e11
"""Seconds since the epoch that a time may have: later ones are in no calendar."""

TIME = "%Y-%m-%d %H:%M:%S,%f%z"
"""How Powertools writes a time."""


class Line(NamedTuple):
    """A log line: when it was written (seconds since the epoch), by which function, its keys, and its whole text."""

    at: float
    function: str
    keys: dict[str, Any]
    text: str

    @property
    def attempt(self) -> int | None:
        """The attempt that it is about; None for a line about the run."""
        number = self.keys.get("attempt")
        return number if isinstance(number, int) and number > 0 else None


def lines_of(execution_arn: str, texts: Iterable[str]) -> list[Line]:
    """The lines of an execution, oldest first. Lines of others, of Lambda itself and of metrics are passed over."""
    found = (_line(execution_arn, text) for text in texts)
    return sorted((line for line in found if line is not None), key=lambda line: line.at)


def _line(execution_arn: str, text: str) -> Line | None:
    try:
        keys = json.loads(text)
        if not isinstance(keys, dict) or keys.get("correlation_id") != execution_arn:
            return None
        at = datetime.strptime(str(keys["timestamp"]), TIME).timestamp()
    except (ValueError, KeyError, RecursionError):
        return None
    if not 0 <= at < END_OF_TIME:
        return None
    return Line(at, str(keys.get("function_name", "")), keys, text.rstrip("\n"))


OfEntries = dict[int, list[Line]]
"""The lines of each state that wrote some, by the place of the state in the execution."""


def lines_of_entries(entries: Sequence[Entry], lines: Sequence[Line]) -> OfEntries:
    """Each line under the state that it belongs to: one that called its function when it was written."""
    places: dict[str, list[int]] = {}
    for place, entry in enumerate(entries):
        places.setdefault(entry.function, []).append(place)
    found: OfEntries = {}
    for line in lines:
        found_at = _place(line.at, entries, places.get(line.function, []))
        if found_at is not None:
            found.setdefault(found_at, []).append(line)
    return found


def _place(at: float, entries: Sequence[Entry], own: list[int]) -> int | None:
    """Of the states that call one function: the one that goes on then, or begins at once, or ended before."""
    later = bisect_right(own, at, key=lambda place: entries[place].entered)
    before = own[later - 1] if later else None
    if before is not None and at <= (entries[before].exited or at):
        return before
    begins_at_once = later < len(own) and entries[own[later]].entered <= at + CLOCKS_DIFFER
    return own[later] if begins_at_once else before
