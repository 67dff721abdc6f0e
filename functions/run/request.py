"""From what a person typed to a request that every later step can trust.

The JSON Schema beside this file is the one source for the keys, types and limits; this module turns its findings
into sentences and adds what a schema cannot say. Nothing here talks to a server.
"""

import copy
import difflib
import json
import re
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import fastjsonschema

from functions.run.errors import InvalidRequest

SCHEMA: dict[str, Any] = json.loads(Path(__file__).with_name("request.schema.json").read_text("utf-8"))

_check: Callable[[Any], dict[str, Any]] = fastjsonschema.compile(SCHEMA)

_ID = re.compile(r"[0-9A-Fa-f]{32}")
_NEARLY_AN_ID = re.compile(r"(?=.*\d)[0-9A-Fa-f-]{28,38}")

_NOT_BUILT = {
    "askDeadlineHours": "nobody can be asked yet; answer the prompts in the request",
    "onConflict": "runs of one datamart are not kept apart yet; start one at a time",
    "rerunIfReplacing": "a lost run is not repeated yet; start a new one",
}
"""Keys of DESIGN.md whose capability does not exist yet: refused, never silently ignored."""


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
    if isinstance(request, dict):
        for key, reason in _NOT_BUILT.items():
            if key in request:
                raise InvalidRequest(f"{key}: {reason}.")
    normal = copy.deepcopy(request)
    try:
        normal = _check(normal)
    except fastjsonschema.JsonSchemaValueException as finding:
        raise InvalidRequest(_sentence(finding)) from None
    except RecursionError:
        raise InvalidRequest("the request is nested too deeply.") from None
    if "save" in normal and "saveAs" in normal:
        raise InvalidRequest("save, saveAs: give one of the two, not both.")
    normal["project"] = _id_or_name("project", normal["project"])
    if isinstance(normal["datamart"], str):
        normal["datamart"] = _id_or_name("datamart", normal["datamart"])
    if "saveAs" in normal:
        normal["saveAs"]["destinationFolderId"] = normal["saveAs"]["destinationFolderId"].upper()
    normal["prompts"] = [_prompt(index, prompt) for index, prompt in enumerate(normal["prompts"])]
    return normal


def is_id(value: str) -> bool:
    """Whether ``value`` is an object id: 32 hexadecimal digits."""
    return _ID.fullmatch(value) is not None


def _id_or_name(key: str, value: str) -> str:
    if _ID.fullmatch(value):
        return value.upper()
    if value != value.strip():
        raise InvalidRequest(f"{key}: {_shown(value)} begins or ends with white space; no name does.")
    if _NEARLY_AN_ID.fullmatch(value):
        raise InvalidRequest(
            f"{key}: {_shown(value)} looks like an id, but an id is 32 hexadecimal digits "
            f"and this has {len(value)} characters."
        )
    return value


def _prompt(index: int, prompt: dict[str, Any]) -> dict[str, Any]:
    """Of a pasted prompt, what the server reads when it is answered (contract 7.3)."""
    where = f"prompts[{index}]"
    if not any(key in prompt for key in ("key", "id", "name")):
        raise InvalidRequest(f"{where}: say which prompt is answered by one of key, id or name.")
    if not prompt.get("useDefault"):
        if "answers" not in prompt:
            raise InvalidRequest(f'{where}: give "answers", or "useDefault": true.')
        if prompt["answers"] in ("", [], {}):
            raise InvalidRequest(
                f"{where}.answers: is empty. To leave an optional prompt without an answer, leave it out of the "
                'request and set "unanswered" to "close".'
            )
    kept = {key: prompt[key] for key in ("key", "id", "name", "type", "answers", "useDefault") if key in prompt}
    return kept | {key: kept[key].upper() for key in ("key", "id") if key in kept}


def _sentence(finding: fastjsonschema.JsonSchemaValueException) -> str:
    where = _path(finding.path)
    spoken = where or "the request"
    rule, wanted, value = finding.rule, finding.rule_definition, finding.value
    known = (finding.definition or {}).get("properties", {})
    if isinstance(value, dict) and known and (unknown := sorted(set(map(str, value)) - set(known))):
        return f"{_join(where, unknown[0])}: {_unknown_key(unknown[0], known)}"
    if rule == "required":
        missing = next(key for key in wanted if key not in value)
        return f"{_join(where, missing)}: is missing; it is the {_describe(known, missing)}"
    sayings: dict[str, Callable[[], str]] = {
        "type": lambda: f"must be {_one_of(wanted)}, not {_kind(value)}.",
        "enum": lambda: f"must be one of {', '.join(map(str, wanted))}, not {_shown(value)}{_nearest(value, wanted)}.",
        "pattern": lambda: f"{_shown(value)} is not {_PATTERNS.get(wanted, f'of the form {wanted}')}.",
        "minLength": lambda: "is empty." if not value else f"must have at least {wanted} characters.",
        "maxLength": lambda: f"is too long: {len(value)} characters, and {wanted} are allowed.",
        "maxItems": lambda: f"has too many entries: {len(value)}, and {wanted} are allowed.",
        "minimum": lambda: f"must be at least {wanted}, not {value}.",
        "maximum": lambda: f"must be at most {wanted}, not {value}.",
        "anyOf": lambda: 'must be an id, a name, or {"name": …, "path": "/folder/…"} with both keys and no others.',
    }
    return f"{spoken}: {sayings[rule]()}" if rule in sayings else finding.message


_PATTERNS = {
    "^[0-9A-Fa-f]{32}$": "an id (32 hexadecimal digits)",
    "^[0-9A-Fa-f]{32}@[0-9]+@[0-9]+$": "a prompt's key (32 hexadecimal digits, @, a number, @, a number)",
    "^[A-Za-z0-9_-]{1,64}$": "the name of a connection (letters, digits, - and _, at most 64)",
}

_KINDS = {"object": "an object {…}", "array": "a list […]", "string": "a string", "integer": "a whole number"}


def _unknown_key(name: str, known: Iterable[str]) -> str:
    return f"is no key that is known here{_nearest(name, known)}; known are {', '.join(known)}."


def _nearest(value: Any, known: Iterable[str]) -> str:
    near = difflib.get_close_matches(str(value), list(known), 1, 0.5)
    return f" (did you mean {near[0]}?)" if near else ""


def _describe(known: dict[str, Any], key: str) -> str:
    text = known.get(key, {}).get("description", f"{key}.")
    return str(text[0].lower() + text[1:])


def _one_of(types: str | list[str]) -> str:
    names = [types] if isinstance(types, str) else types
    return " or ".join(_KINDS.get(name, f"a {name}") for name in names)


def _kind(value: Any) -> str:
    names = {dict: "an object", list: "a list", str: "the string ", bool: "", type(None): "null"}
    kind = names.get(type(value), "")
    return kind if isinstance(value, (dict, list)) or value is None else f"{kind}{_shown(value)}"


def _shown(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= 80 else text[:77] + "…"


def _path(parts: list[str]) -> str:
    path = ""
    for part in parts[1:]:
        path = f"{path}[{part}]" if str(part).isdigit() else _join(path, part)
    return path


def _join(where: str, key: str) -> str:
    return f"{where}.{key}" if where else key
