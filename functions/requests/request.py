"""From what a person typed to a request that every later step can trust.

The JSON Schema beside this file is the one source for the keys, types and limits; this module adds what a schema
cannot say. Nothing here talks to a server.
"""

import copy
import json
import math
import re
from decimal import Decimal
from pathlib import Path
from typing import Any

from functions.errors import InvalidRequest
from functions.requests.placeholders import ONLY_IN_JOBS, unfilled
from functions.requests.prompt_address import ADDRESSED_BY
from functions.requests.validation import Misfit, Schema, shown
from functions.text import quoted

SCHEMA = Schema(
    Path(__file__).with_name("request.schema.json"),
    "the request",
    patterns={
        "^[0-9A-Fa-f]{32}$": "an id (32 hexadecimal digits)",
        "^[0-9A-Fa-f]{32}@[0-9]+@[0-9]+$": "a prompt's key (32 hexadecimal digits, @, a number, @, a number)",
        "^/[^/]": "a folder's path, which begins with one /, such as /Public Objects/Datamarts",
        "^[A-Za-z0-9_-]{1,64}$": "the name of a connection (letters, digits, - and _, at most 64)",
    },
    choices={"datamart": 'an id, a name, or {"name": …, "path": "/folder/…"} with both keys and no others'},
)

_ID = re.compile(r"[0-9A-Fa-f]{32}")
_NEARLY_AN_ID = re.compile(r"(?=.*\d)[0-9A-Fa-f-]{28,38}")

LARGEST_ANSWERS = 100_000
"""Bytes of all answers together: they pass through states whose data may have 256 KB, beside what surrounds them."""


UNFILLED = "…"
"""What stands in a sample where an answer, or a part of one, belongs."""

MOST_NAMED = 20
"""Answers that one message names."""

MOST_BITS = 1_024
"""Of a whole number: that of the largest double. Python itself writes none of more than 4,300 digits."""


def normalise(request: Any) -> dict[str, Any]:
    """The request with every default filled in and ids in upper case.

    Parameters
    ----------
    request
        Whatever the execution was started with.

    Raises
    ------
    InvalidRequest
        Naming the key and what is expected there.
    """
    try:
        normal = SCHEMA.check(copy.deepcopy(request))
    except Misfit as problem:
        raise InvalidRequest(str(problem)) from None
    except RecursionError:
        raise InvalidRequest("the request is nested too deeply.") from None
    if "save" in normal and "saveAs" in normal:
        raise InvalidRequest("save, saveAs: give one of the two, not both.")
    _check_names(normal)
    normal["project"] = _id_or_name("project", normal["project"])
    if isinstance(normal["datamart"], str):
        normal["datamart"] = _id_or_name("datamart", normal["datamart"])
    if "saveAs" in normal:
        normal["saveAs"] = _save_as(normal["saveAs"])
    _check_filled(normal["prompts"])
    normal["prompts"] = [_prompt(index, prompt) for index, prompt in enumerate(normal["prompts"])]
    if (size := _bytes_of(normal["prompts"])) > LARGEST_ANSWERS:
        raise InvalidRequest(f"prompts: has {size} bytes as JSON, and {LARGEST_ANSWERS} are allowed.")
    return normal


def _bytes_of(prompts: list[dict[str, Any]]) -> int:
    """As the JSON in UTF-8 that is sent. Raises InvalidRequest for what that cannot hold, though Python reads it."""
    try:
        return len(json.dumps(prompts, ensure_ascii=False, allow_nan=False).encode())
    except ValueError:
        raise InvalidRequest("prompts: hold NaN, Infinity or half of a character (a lone surrogate).") from None


def prompts_of(given: Any) -> list[dict[str, Any]]:
    """The same for answers alone, as people reply to a question. Raises InvalidRequest."""
    prompts: list[dict[str, Any]] = normalise({"project": "-", "datamart": "-", "prompts": given})["prompts"]
    return prompts


def is_id(value: str) -> bool:
    """Whether ``value`` is an object id: 32 hexadecimal digits."""
    return _ID.fullmatch(value) is not None


def _check_names(request: dict[str, Any]) -> None:
    """Names in which somebody expects a day to be filled in. Raises InvalidRequest."""
    for key in ("project", "datamart", "saveAs"):
        if found := unfilled(request.get(key), days_only=True):
            raise InvalidRequest(f"{key}: {found} is not filled in here; {ONLY_IN_JOBS}.")


def _id_or_name(key: str, value: str) -> str:
    if _ID.fullmatch(value):
        return value.upper()
    if value != value.strip():
        raise InvalidRequest(f"{key}: {shown(value)} begins or ends with white space; no name does.")
    if _NEARLY_AN_ID.fullmatch(value):
        raise InvalidRequest(
            f"{key}: {shown(value)} looks like an id, but an id is 32 hexadecimal digits "
            f"and this has {len(value)} characters."
        )
    return value


def _save_as(wanted: dict[str, Any]) -> dict[str, Any]:
    """The folder to save in is named in one of two ways; the server itself takes only its id (API.md 5, row 7)."""
    if ("destinationFolderId" in wanted) == ("folder" in wanted):
        raise InvalidRequest("saveAs: give destinationFolderId or folder, exactly one of the two.")
    return {key: value.upper() if key == "destinationFolderId" else value for key, value in wanted.items()}


def _is_empty(answers: Any) -> bool:
    nothing: tuple[Any, ...] = ("", [], {}, None)
    return answers in ("", {}) or (isinstance(answers, list) and any(one in nothing for one in answers))


def _check_filled(prompts: list[dict[str, Any]]) -> None:
    """Raises InvalidRequest, naming every answer that is still the … of a sample."""
    found = [
        f"prompts[{index}].answers{_for(prompt)}"
        for index, prompt in enumerate(prompts)
        if not prompt.get("useDefault") and _is_unfilled(prompt.get("answers"))
    ]
    if len(found) == 1:
        raise InvalidRequest(f"{found[0]}: is still the … of a sample; put the answer there.")
    if found:
        more = f" and {len(found) - MOST_NAMED} more" if len(found) > MOST_NAMED else ""
        raise InvalidRequest(
            f"{', '.join(found[:MOST_NAMED])}{more}: are still the … of a sample; put the answers there."
        )


def _for(prompt: dict[str, Any]) -> str:
    field = next((field for field in ADDRESSED_BY if field in prompt), None)
    return f" ({quoted(prompt[field])})" if field else ""


def _is_unfilled(answers: Any) -> bool:
    """Of an expression only a part may be: {"metric": "…", "operator": ">", "value": 5}."""
    parts = answers.values() if isinstance(answers, dict) else answers if isinstance(answers, list) else [answers]
    return UNFILLED in list(parts)


def _prompt(index: int, prompt: dict[str, Any]) -> dict[str, Any]:
    """Of a pasted prompt, what the server reads when it is answered (API.md 7.3)."""
    where = f"prompts[{index}]"
    if not any(key in prompt for key in ADDRESSED_BY):
        raise InvalidRequest(f"{where}: say which prompt is answered by one of key, id or name.")
    kept = {key: prompt[key] for key in (*ADDRESSED_BY, "type", "answers", "useDefault") if key in prompt}
    if not prompt.get("useDefault"):
        if "answers" not in prompt:
            raise InvalidRequest(f'{where}: give "answers", or "useDefault": true.')
        if _is_empty(prompt["answers"]):
            # A placeholder may have become nothing: that must not close a prompt, and load the table unfiltered.
            raise InvalidRequest(
                f'{where}.answers: is empty. To leave an optional prompt without an answer write "answers": [].'
            )
        kept["answers"] = _numbers_as_text(where, prompt["answers"])
    return kept | {key: kept[key].upper() for key in ("key", "id") if key in kept}


def _numbers_as_text(where: str, answers: Any) -> Any:
    """Numbers are sent as text (API.md 7.3); JSONata, through which they pass on their way, would round them."""
    if isinstance(answers, list):
        return [_numbers_as_text(where, one) if not isinstance(one, (list, dict)) else one for one in answers]
    if isinstance(answers, float):
        if not math.isfinite(answers):
            raise InvalidRequest(f"{where}.answers: holds a number that is NaN or too large ({answers}).")
        return format(Decimal(repr(answers)), "f")
    if isinstance(answers, int) and not isinstance(answers, bool):
        if answers.bit_length() > MOST_BITS:
            raise InvalidRequest(f"{where}.answers: holds a number of more than 300 digits.")
        return str(answers)
    return answers
