"""Reads a record from a line of a file, which a crash, an editor or another release may have left in any state."""

import json
import re
from dataclasses import fields
from datetime import datetime
from types import UnionType
from typing import Any, Literal, get_args, get_origin

from functions.runs.history import KEYS, HistoryRecord

_ID = re.compile("[A-Za-z0-9_-]{1,80}")
"""Of an execution; it names the folder of its details, and must not lead out of the history."""

_LONGEST = 1e9
"""Seconds that a duration may have."""

_TYPES: dict[str, Any] = {field.name: field.type for field in fields(HistoryRecord)}

_FIRST_YEAR, _LAST_YEAR = 1970, 9998
"""Other years have no time in every time zone."""


def record_in(line: str) -> HistoryRecord:
    """The record of a line. Raises ValueError where it has no record, or a value of another type than its field."""
    try:
        found = json.loads(line)
    except RecursionError:
        raise ValueError("nested too deeply") from None
    if not isinstance(found, dict):
        raise ValueError("no object")
    for name, kind in _TYPES.items():
        if KEYS[name] in found and not _is_of(found[KEYS[name]], kind):
            raise ValueError(f'"{KEYS[name]}" has another type')
    try:
        record = HistoryRecord.from_json(found)
    except TypeError:
        raise ValueError("a key is missing that every record has") from None
    if not _ID.fullmatch(record.id) or not record.execution.startswith("arn:"):
        raise ValueError('"id" or "execution" names no execution')
    if not all(is_moment(each) for each in (record.started_at, record.finished_at) if each is not None):
        raise ValueError('"startedAt" or "finishedAt" holds no time')
    return record


def is_moment(value: Any) -> bool:
    """Whether it is a time of ISO 8601 with its offset from UTC."""
    try:
        found = datetime.fromisoformat(value)
    except (ValueError, TypeError):
        return False
    return found.tzinfo is not None and _FIRST_YEAR <= found.year <= _LAST_YEAR


def _is_of(value: Any, kind: Any) -> bool:
    """Whether a value of JSON has the type of a field; a whole number may be a duration, too, and NaN may not."""
    if isinstance(kind, UnionType):
        return any(_is_of(value, each) for each in get_args(kind))
    if get_origin(kind) is Literal:
        return value in get_args(kind)
    if get_origin(kind) is list:
        return isinstance(value, list) and all(_is_of(each, get_args(kind)[0]) for each in value)
    if get_origin(kind) is dict:
        return isinstance(value, dict) and all(_is_of(each, get_args(kind)[1]) for each in value.values())
    if kind is float:
        return type(value) in (int, float) and 0 <= value <= _LONGEST
    return type(value) is kind
