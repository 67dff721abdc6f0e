"""Prefix and suffix of a key as one EventBridge pattern that means both."""

from typing import Any


def pattern_of_key(declared: dict[str, Any]) -> dict[str, Any]:
    """The part of an event pattern that chooses keys by ``prefix`` and ``suffix``; empty without either.

    A list of a prefix and a suffix would mean "or" (infra/PLATFORM.md "Limits at run time"), so the two become one
    wildcard. What is a wildcard's own, ``*`` and the backslash, is escaped. Keys in which prefix and suffix overlap
    (``in/a.csv`` for ``in/a`` and ``a.csv``) match no wildcard and are listed beside it.
    """
    prefix, suffix = declared.get("prefix"), declared.get("suffix")
    if prefix and suffix:
        shortest = min(len(prefix), len(suffix))
        overlapping = [prefix + suffix[n:] for n in range(1, shortest + 1) if prefix.endswith(suffix[:n])]
        return _key({"wildcard": f"{_escaped(prefix)}*{_escaped(suffix)}"}, *overlapping)
    if prefix:
        return _key({"prefix": prefix})
    return _key({"suffix": suffix}) if suffix else {}


def _key(*rules: dict[str, str] | str) -> dict[str, Any]:
    return {"object": {"key": list(rules)}}


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace("*", "\\*")
