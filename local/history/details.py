"""The details of an execution that this computer keeps: what Step Functions said of it, its events and its log."""

import json
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from local.history.record_line import is_moment

EXECUTION, LOG = "execution.json", "log.jsonl"
"""Names of the files in the folder of an execution."""

MOST_DETAILS = 500
"""Executions whose details are kept: the newest."""

FEW_KEPT = f"this computer keeps the details of the last {MOST_DETAILS} executions"

SIMULATOR = "simulator"
"""What is kept as the server of an execution that ran on the built-in simulator."""

DAMAGED = "the file {path} is damaged"


class Details(NamedTuple):
    """What was kept of an execution.

    Parameters
    ----------
    described
        What DescribeExecution answered: any object. Empty where nothing is kept.
    events
        Those of its history that have a type and a time.
    log
        Lines of its functions.
    why_gone
        Why ``described`` is empty, in a clause; None where it is not.
    passed_over
        Events that are damaged.
    items
        Of a batch: a line for each item, as in its output.
    after
        Of a batch: the items that an item names, of those that name some.
    server
        Where it ran: :data:`SIMULATOR`, or the base URL of a real Library server, which has no credentials in it. None
        where that is not known, as in an entry of an older release.
    """

    described: dict[str, Any]
    events: list[dict[str, Any]]
    log: list[str]
    why_gone: str | None = None
    passed_over: int = 0
    items: tuple[dict[str, Any], ...] = ()
    after: Mapping[str, tuple[str, ...]] = MappingProxyType({})
    server: str | None = None


def details_in(folder: Path) -> Details:
    """Read the folder of an execution, which need not exist. Raises OSError where it may not be read."""
    path = folder / EXECUTION
    try:
        text = path.read_text("utf-8", "replace")
    except FileNotFoundError:
        return Details({}, [], [], FEW_KEPT)
    try:
        found = json.loads(text)
        described, listed = found["execution"], found["events"]
    except (ValueError, KeyError, TypeError, RecursionError):
        return Details({}, [], [], DAMAGED.format(path=path))
    if not isinstance(described, dict) or not isinstance(listed, list):
        return Details({}, [], [], DAMAGED.format(path=path))
    events = [event for event in listed if _is_event(event)]
    lines = found.get("items")
    items = tuple(line for line in lines if isinstance(line, dict)) if isinstance(lines, list) else ()
    passed_over = len(listed) - len(events)
    after, server = _after(found.get("after")), _server(found.get("server"))
    return Details(described, events, _log(folder / LOG), None, passed_over, items, after, server)


def json_of(content: Any) -> str:
    """What is kept, as JSON: times are texts (ISO 8601)."""
    return json.dumps(content, ensure_ascii=False, default=_plain)


def _plain(value: Any) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)


def lines_in(text: str) -> list[str]:
    """The lines that end with a line feed: JSON may have the other line breaks of Unicode inside a text."""
    return [line for line in text.split("\n") if line]


def _log(path: Path) -> list[str]:
    try:
        return lines_in(path.read_bytes().decode("utf-8", "replace"))
    except FileNotFoundError:
        return []


def _after(found: Any) -> dict[str, tuple[str, ...]]:
    """The lists of names by their item; what is damaged, or of a release that did not keep it, names nothing."""
    given = found.items() if isinstance(found, dict) else ()
    return {item: tuple(map(str, named)) for item, named in given if isinstance(named, list)}


def _server(found: Any) -> str | None:
    """The server, where it is written as it was kept: it goes into a command that people paste."""
    if not (isinstance(found, str) and found.isascii() and found.isprintable() and " " not in found):
        return None
    try:
        address = urlsplit(found)
    except ValueError:
        return None
    more = address.query or address.fragment or "@" in address.netloc
    is_base_url = address.scheme in ("https", "http") and address.hostname and not more
    return found if found == SIMULATOR or is_base_url else None


def _is_event(event: Any) -> bool:
    """Whether it has what local/report/events.py reads of every event."""
    if not (isinstance(event, dict) and isinstance(event.get("type"), str) and is_moment(event.get("timestamp"))):
        return False
    if "stateEnteredEventDetails" not in event:
        return True
    entered = event["stateEnteredEventDetails"]
    return isinstance(entered, dict) and isinstance(entered.get("name"), str)
