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

_Tree = dict[str, "_Tree"]


def _tree(paths: tuple[str, ...]) -> _Tree:
    """The paths by their parts; what has no parts below it is packed."""
    root: _Tree = {}
    for path in paths:
        node = root
        for part in path.split("."):
            node = node.setdefault(part, {})
    return root


_WRITTEN, _READ = _tree(PACKED), _tree(READ_IN_BOTH_FORMS)


def packed(path: str, value: Any) -> Any:
    """The ``value`` that is stored at a dotted path, with everything packed in it that is."""
    return _at(tuple(path.split(".")), value, _pack, _WRITTEN)


def unpacked(field: str, value: Any) -> Any:
    """The value of one of the item's own fields, as it was before :func:`packed`."""
    return _at((field,), value, _unpack, _READ)


def _at(path: tuple[str, ...], value: Any, change: Any, tree: _Tree) -> Any:
    for part in path:
        below = tree.get(part, tree.get("*"))
        if below is None:
            return value
        tree = below
    return _below(value, change, tree)


def _below(value: Any, change: Any, tree: _Tree) -> Any:
    if not tree:
        return change(value)
    if not isinstance(value, dict):
        return value
    return {name: _at((name,), inner, change, tree) for name, inner in value.items()}


def _pack(value: Any) -> Any:
    if value == []:  # flat: a new run that may ask people is read by functions of the earlier version
        return value
    # Half a character cannot be written in UTF-8: it becomes a question mark.
    return json.dumps(value, ensure_ascii=False).encode("utf-8", "replace").decode()


def _unpack(value: Any) -> Any:
    return json.loads(value) if isinstance(value, str) else value
