"""The lines of a recording: what the recorder writes, and the player reads (recordings/README.md).

This module and ``scenarios.py`` import nothing of the product, so that they work in the work tree of any release.
"""

import re
from decimal import Decimal
from typing import Any

Line = dict[str, Any]

RUN = "{run}"
"""Stands in a recording for the ARN of the execution, which is another one each time it is played."""

_ISSUED = re.compile(r"\b[0-9A-F]{32}\b")
_SHORTEST_IDENTIFIER = 16


def identifiers(method: str, headers: list[tuple[str, str]], content: bytes) -> list[str]:
    """What a response issues that later requests and items name: tokens, cookies and instance IDs, in a fixed order."""
    found = [value for name, value in headers if name.lower().startswith("x-mstr-")]
    cookies = ",".join(value for name, value in headers if name.lower() == "set-cookie")
    found += re.findall(r"\w+=(\w+)", cookies)
    if method in ("POST", "PUT"):
        found += _ISSUED.findall(content.decode("utf-8", "replace"))
    return list(dict.fromkeys(value for value in found if len(value) >= _SHORTEST_IDENTIFIER))


def to_plain(value: dict[str, Any]) -> Any:
    """DynamoDB's attribute value as JSON has it: a number as a number, a map as an object, a list as an array."""
    ((kind, inner),) = value.items()
    if kind == "M":
        return {name: to_plain(each) for name, each in inner.items()}
    if kind == "L":
        return [to_plain(each) for each in inner]
    if kind == "N":
        number = Decimal(inner)
        return int(inner) if number == number.to_integral_value() and "." not in inner else float(inner)
    return None if kind == "NULL" else inner


def to_attribute(value: Any) -> dict[str, Any]:
    """The attribute value that :func:`to_plain` made plain."""
    if isinstance(value, dict):
        return {"M": {name: to_attribute(each) for name, each in value.items()}}
    if isinstance(value, list):
        return {"L": [to_attribute(each) for each in value]}
    if value is None:
        return {"NULL": True}
    if isinstance(value, bool):
        return {"BOOL": value}
    return {"S": value} if isinstance(value, str) else {"N": repr(value)}


def differences(old: dict[str, Any], new: dict[str, Any], path: str = "") -> tuple[dict[str, Any], list[str]]:
    """What makes ``new`` of ``old``: the values to set and the dotted paths to remove."""
    changed: dict[str, Any] = {}
    removed: list[str] = []
    for name in {**old, **new}:
        here = f"{path}.{name}" if path else name
        before, after = old.get(name), new.get(name)
        if name not in new:
            removed.append(here)
        elif isinstance(before, dict) and isinstance(after, dict):
            inner = differences(before, after, here)
            changed |= inner[0]
            removed += inner[1]
        elif name not in old or to_attribute(before) != to_attribute(after):
            changed[here] = after
    return changed, removed


def applied(item: dict[str, Any], line: Line) -> dict[str, Any] | None:
    """The item after a line ``write``; None if that removes it. ``item`` itself may be changed."""
    if line["set"] is None:
        return None
    for path, value in line["set"].items():
        parent, name = _parent(item, path)
        parent[name] = value
    for path in line["remove"]:
        parent, name = _parent(item, path)
        del parent[name]
    return item


def _parent(item: dict[str, Any], path: str) -> tuple[dict[str, Any], str]:
    *way, name = path.split(".")
    for part in way:
        item = item[part]
    return item, name
