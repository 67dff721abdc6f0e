"""The shape of a response's body: only some of its fields, or with an unknown one (API.md 1.5, 11.19)."""

from typing import Any

NEW: dict[str, Any] = {"propertyOfALaterVersion": {"kind": "unheard of", "values": [1, None]}}


def only_fields(body: Any, wanted: str) -> Any:
    """The top-level fields of a comma list; of an array, those of each item. Without any, everything.

    mstrio-py also sends names that begin with a minus (leave this out); they alone keep no field.
    """
    names = {name for name in wanted.split(",") if name and not name.startswith("-")}
    if not names:
        return body
    if isinstance(body, list):
        return [only_fields(item, wanted) for item in body]
    return {name: value for name, value in body.items() if name in names} if isinstance(body, dict) else body


def with_something_new(body: Any) -> Any:
    """The body with a property that no client of today knows."""
    if isinstance(body, list):
        return [with_something_new(item) for item in body]
    return body | NEW if isinstance(body, dict) else body
