"""Reads a secret's text into keys and values: JSON, and a few other unambiguous spellings."""

import json
import re
from typing import Any

from functions.requests.connection_secret.problem import INVISIBLE, InvalidSecret

Fields = dict[str, Any]

_DEEPEST = 3
"""Nested JSON texts: an editor of keys and values makes a string of a pasted object."""

_PLACES = (
    (r"[“”„‘’«»]", "there is a curly quotation mark; JSON needs straight ones"),
    (r",\s*[}\]]", "there is a comma after the last field"),
    (r"[{,]\s*'", "there are single quotation marks; JSON needs double ones"),
    (r"[{,]\s*[A-Za-z_]", "the name of a field has no quotation marks; a shell takes them away, so use file://"),
    (r"(//|#|/\*)", "there is a comment; JSON has none"),
)
"""Common mistakes and their descriptions; looked for at the position where parsing stopped."""


def fields_of(text: str | bytes | None) -> Fields:
    """The secret's keys and values as they are written.

    Accepted beside a JSON object: a byte order mark, UTF-16, line breaks within strings, an object that is quoted as a
    whole, or that is the only value of an object.

    Raises InvalidSecret, with line and column where it is nearly JSON.
    """
    written = _decoded(text).strip().strip(INVISIBLE).strip()
    if not written:
        raise InvalidSecret("is empty")
    return _object_in(written, _DEEPEST)


def _decoded(text: str | bytes | None) -> str:
    if not isinstance(text, bytes):
        return text or ""
    encoding = "utf-16" if text[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8"
    try:
        return text.decode(encoding)
    except UnicodeDecodeError:
        raise InvalidSecret("is not a JSON object: it is binary, or not UTF-8") from None


def _object_in(written: str, deepest: int) -> Fields:
    if len(written) > 2 and written[0] == written[-1] == "'":
        written = written[1:-1].strip()
    try:
        found = json.loads(written, object_pairs_hook=_once_each, strict=False)
    except RecursionError:
        raise InvalidSecret("is not a JSON object") from None
    except json.JSONDecodeError as error:
        raise InvalidSecret(f"is not a JSON object: {_place(written, error.pos)}") from None
    except InvalidSecret:
        raise
    except ValueError:  # a number of thousands of digits
        raise InvalidSecret("is not a JSON object") from None
    inner = next(iter(found.values())) if isinstance(found, dict) and len(found) == 1 else found
    if isinstance(inner, str) and inner.lstrip().startswith("{") and deepest:
        return _object_in(inner.strip(), deepest - 1)
    if isinstance(inner, dict):
        return inner
    if not isinstance(found, dict):
        raise InvalidSecret("is not a JSON object: it is another JSON value")
    return found


def _once_each(pairs: list[tuple[str, Any]]) -> Fields:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise InvalidSecret("has a field twice")
    return found


def _place(written: str, position: int) -> str:
    """Where and why ``written`` is not JSON; quotes nothing of it."""
    if not written.startswith("{"):
        return _not_even(written)
    if position < len(written) and written[position] == "\\":
        why = "a backslash within a string must be doubled"
    else:
        why = _nearby(written, position)
    line, column = written.count("\n", 0, position) + 1, position - written.rfind("\n", 0, position)
    return f"at line {line}, column {column} {why}"


def _nearby(written: str, position: int) -> str:
    begin = len(written[:position].rstrip()) - 1  # the comma or brace before it
    for sign, why in _PLACES:
        if re.match(rf"\s*{sign}", written[max(0, begin) : position + 20]) or re.match(sign, written[position:][:20]):
            return why
    if position >= len(written.rstrip()):
        return "it ends too early"
    return 'JSON ends; is a comma, a colon or a quotation mark missing, or one within a string not written as \\"?'


def _not_even(written: str) -> str:
    if re.match(r"(file|fileb|s3)://", written):
        return "it is the name of a file; its content is needed"
    if re.match(r"[“”„‘’«»]", written):
        return "at line 1, column 1 there is a curly quotation mark; JSON needs straight ones"
    return 'it is plain text, as in user:password or name=value; write {"baseUrl": …, "username": …, "password": …}'
