"""What follows a load (``then`` of a request): checked, and in the form that every later step reads (API.md 12)."""

import re
from typing import Any

from functions.errors import InvalidRequest
from functions.object_ids import is_id
from functions.text import shown

THEN = "then"
"""The key of a request."""

KEY = "followUpsOf"
"""Where the input of an execution that loads nothing names the one whose follow-ups it does."""

_NAME = re.compile(r"[A-Za-z0-9_-]{1,80}")


def normalised_follow_ups(given: list[dict[str, str]]) -> list[dict[str, str]]:
    """The follow-ups in their order, each ``{kind: reference}`` with IDs in upper case.

    ``given`` is ``then`` of a request that fits its schema. Raises InvalidRequest naming the entry.
    """
    return [_follow_up(f"{THEN}[{number}]", one) for number, one in enumerate(given)]


def _follow_up(where: str, given: dict[str, str]) -> dict[str, str]:
    if len(given) != 1:
        has = "has none" if not given else f"has {', '.join(given)}"
        raise InvalidRequest(f"{where}: give exactly one of triggerEvent and publishCube; it {has}.")
    ((kind, reference),) = given.items()
    if reference != reference.strip():
        raise InvalidRequest(f"{where}.{kind}: {shown(reference)} begins or ends with white space; remove it.")
    return {kind: reference.upper() if is_id(reference) else reference}


def without_mark(given: Any) -> tuple[Any, str | None]:
    """An execution's input without ``followUpsOf``, and what that says. Raises InvalidRequest."""
    if not isinstance(given, dict) or KEY not in given:
        return given, None
    named = given[KEY]
    if not isinstance(named, str) or not _NAME.fullmatch(named):
        raise InvalidRequest(f"{KEY}: {shown(named)} is not the name of an execution.")
    return {key: value for key, value in given.items() if key != KEY}, named


def only_follow_ups(request: dict[str, Any]) -> dict[str, Any]:
    """The normalised request of a run that loads nothing: it saves nothing, and answers nothing.

    Raises InvalidRequest where it has nothing to do.
    """
    if not request.get(THEN):
        raise InvalidRequest(f"{KEY}: needs {THEN}, the follow-ups that are to be done.")
    return {key: value for key, value in request.items() if key not in ("save", "saveAs")} | {"prompts": []}
