"""Checks and normalises a request, so that every later step can trust it.

The JSON Schema beside this file is the one source for the keys, types and limits; this module adds the rules that a
schema cannot express. It calls no server.
"""

import copy
import re
from pathlib import Path
from typing import Any

from functions.errors import InvalidRequest
from functions.object_ids import is_id
from functions.requests.answers_by_name import in_other_form
from functions.requests.follow_ups import THEN, normalised_follow_ups
from functions.requests.placeholders import ONLY_IN_JOBS, unfilled
from functions.requests.prompt_answers import normalised_answers
from functions.requests.validation import Schema, SchemaError
from functions.text import shown

SCHEMA = Schema(
    Path(__file__).with_name("request.schema.json"),
    "the request",
    patterns={
        "^[0-9A-Fa-f]{32}$": "an ID (32 hexadecimal digits)",
        "^[0-9A-Fa-f]{32}@[0-9]+@[0-9]+$": "a prompt's key (32 hexadecimal digits, @, a number, @, a number)",
        "^/[^/]": "a folder's path that begins with a single /, such as /Public Objects/Datamarts",
        "^[A-Za-z0-9_-]{1,64}$": "the name of a connection (letters, digits, - and _, at most 64)",
    },
    choices={"datamart": 'an ID, a name, or {"name": …, "path": "/folder/…"} with exactly these two keys'},
)

PROMPT_KEYS = frozenset(SCHEMA.rules["properties"]["prompts"]["items"]["properties"])
"""Of an entry of ``prompts``."""

_NEARLY_AN_ID = re.compile(r"(?=.*\d)[0-9A-Fa-f-]{28,38}")


def normalise(request: Any) -> dict[str, Any]:
    """The request with every default filled in and IDs in upper case.

    Parameters
    ----------
    request
        The input of the execution, unchecked.

    Raises
    ------
    InvalidRequest
        Naming the key and what is expected there.
    """
    try:
        normal = SCHEMA.check(copy.deepcopy(request))
    except SchemaError as problem:
        raise InvalidRequest(in_other_form(request, PROMPT_KEYS) or str(problem)) from None
    except RecursionError:
        raise InvalidRequest("the request is nested too deeply.") from None
    if "save" in normal and "saveAs" in normal:
        raise InvalidRequest("save, saveAs: give only one of the two.")
    _check_names(normal)
    normal["project"] = _id_or_name("project", normal["project"])
    if isinstance(normal["datamart"], str):
        normal["datamart"] = _id_or_name("datamart", normal["datamart"])
    if "saveAs" in normal:
        normal["saveAs"] = _save_as(normal["saveAs"])
    normal["prompts"] = normalised_answers(normal["prompts"])
    if follow_ups := normalised_follow_ups(normal.pop(THEN, [])):
        normal[THEN] = follow_ups
    return normal


def prompts_of(given: Any) -> list[dict[str, Any]]:
    """Checks and normalises ``prompts`` alone, as people reply to a question. Raises InvalidRequest."""
    prompts: list[dict[str, Any]] = normalise({"project": "-", "datamart": "-", "prompts": given})["prompts"]
    return prompts


def _check_names(request: dict[str, Any]) -> None:
    """Reject names with a placeholder of a day: they are not filled in. Raises InvalidRequest."""
    for key in ("project", "datamart", "saveAs", THEN):
        if found := unfilled(request.get(key), days_only=True):
            raise InvalidRequest(f"{key}: {found} is not filled in here; {ONLY_IN_JOBS}.")


def _id_or_name(key: str, value: str) -> str:
    if is_id(value):
        return value.upper()
    if value != value.strip():
        raise InvalidRequest(f"{key}: {shown(value)} begins or ends with white space; remove it.")
    if _NEARLY_AN_ID.fullmatch(value):
        raise InvalidRequest(
            f"{key}: {shown(value)} looks like an ID, but has {len(value)} characters; an ID is 32 hexadecimal digits."
        )
    return value


def _save_as(wanted: dict[str, Any]) -> dict[str, Any]:
    """The folder is given by its ID or its path; the server itself takes only the ID (API.md 5, row 7)."""
    if ("destinationFolderId" in wanted) == ("folder" in wanted):
        raise InvalidRequest("saveAs: give exactly one of destinationFolderId and folder.")
    return {key: value.upper() if key == "destinationFolderId" else value for key, value in wanted.items()}
