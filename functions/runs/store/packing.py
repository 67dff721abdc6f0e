"""Values of the run's item that came from outside with any shape: each is stored as one JSON string.

DynamoDB refuses an item with more than 32 levels of nesting, numbers of more than 38 digits and half characters.
People, requests and servers know none of these limits: as a string a value is one level deep, whatever is in it. Its
size is limited where it is made (``LARGEST_ITEM`` has the sum).

An item of an earlier version holds the values as maps and lists; these are read as they are. The functions of a stage
are updated one by one, and a failed update is rolled back, so that functions of the earlier version read new items too:
what is flat and bounded anyway stays a map or a list.
"""

import json
from typing import Any

PACKED = ("unanswered.prompts", "question.prompts", "asking.answers")
"""Paths in the item; ``*`` is any name."""

READ_IN_BOTH_FORMS = (*PACKED, "asked", "attempts.*.prompts", "attempts.*.keysTaken")
"""What an item may hold as a JSON string: for some weeks the last three were written so."""

LARGEST_ITEM = 400 * 1024
"""Bytes that DynamoDB allows an item; ``tests/unit/runs/store/test_packing.py`` fills one with the largest values."""

_Paths = tuple[tuple[str, ...], ...]


def _split(paths: tuple[str, ...]) -> _Paths:
    return tuple(tuple(path.split(".")) for path in paths)


_WRITTEN, _READ = _split(PACKED), _split(READ_IN_BOTH_FORMS)


def packed(path: str, value: Any) -> Any:
    """The ``value`` that is stored at a dotted path, with everything packed in it that is."""
    return _at(tuple(path.split(".")), value, _pack, _WRITTEN)


def unpacked(field: str, value: Any) -> Any:
    """The value of one of the item's own fields, as it was before :func:`packed`."""
    return _at((field,), value, _unpack, _READ)


def _at(path: tuple[str, ...], value: Any, change: Any, paths: _Paths) -> Any:
    within = [wanted for wanted in paths if _fits(path, wanted)]
    if any(len(wanted) == len(path) for wanted in within):
        return change(value)
    if within and isinstance(value, dict):
        return {name: _at((*path, name), inner, change, paths) for name, inner in value.items()}
    return value


def _fits(path: tuple[str, ...], wanted: tuple[str, ...]) -> bool:
    return len(path) <= len(wanted) and all(part in ("*", name) for name, part in zip(path, wanted, strict=False))


def _pack(value: Any) -> Any:
    if value == []:  # flat: a new run that may ask people is read by functions of the earlier version
        return value
    # Half a character cannot be written in UTF-8: it becomes a question mark.
    return json.dumps(value, ensure_ascii=False).encode("utf-8", "replace").decode()


def _unpack(value: Any) -> Any:
    return json.loads(value) if isinstance(value, str) else value
