"""Prefix and suffix of a key as one EventBridge pattern that means both."""

from typing import Any


def pattern_of_key(declared: dict[str, Any]) -> dict[str, Any]:
    """The part of an event pattern that chooses keys by ``prefix`` and ``suffix``; empty without either.

    A list of a prefix and a suffix would mean "or" (platform notes, section 5), so the two become one wildcard. What
    is a wildcard's own, ``*`` and the backslash, is escaped.
    """
    prefix, suffix = declared.get("prefix"), declared.get("suffix")
    if prefix and suffix:
        return _key({"wildcard": f"{_escaped(prefix)}*{_escaped(suffix)}"})
    if prefix:
        return _key({"prefix": prefix})
    return _key({"suffix": suffix}) if suffix else {}


def _key(rule: dict[str, str]) -> dict[str, Any]:
    return {"object": {"key": [rule]}}


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace("*", "\\*")
