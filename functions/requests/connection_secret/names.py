"""The names of a secret's fields, in the spellings that people use."""

import difflib
import re
from collections.abc import Mapping
from typing import Any

from functions.requests.connection_secret.fields import FIELDS

KNOWN = tuple(FIELDS)
"""The names of all fields."""

_SPELLINGS = {spelling: name for name, field in FIELDS.items() for spelling in (name.lower(), *field.other_names)}
"""The fields by their names without case and separators."""


def field_named(key: str) -> str | None:
    """The field that a key names, as in ``base_url``, ``BASE-URL`` or ``MSTR_BASE_URL``; None for an unknown one."""
    plain = re.sub(r"[\W_]", "", key).lower()
    return _SPELLINGS.get(plain) or _SPELLINGS.get(plain.removeprefix("mstr"))


def under_known_names(written: Mapping[str, Any]) -> tuple[dict[str, Any], list[str]]:
    """The values by field, and what is wrong with the keys that name no field.

    A field without a value (null, or empty, as editors of keys and values leave it) counts as missing; only a password
    may be empty.
    """
    found: dict[str, Any] = {}
    flaws: list[str] = []
    for position, (key, value) in enumerate(written.items(), 1):
        field = field_named(key)
        if field is None:
            flaws.append(_unknown(key, position))
        elif _is_left_out(field, value):
            continue
        elif found.setdefault(field, value) != value:
            flaws.append(f"has {field} twice, with different values")
    return found, flaws


def _is_left_out(field: str, value: Any) -> bool:
    return value is None or (field != "password" and isinstance(value, str) and not value.strip())


def _unknown(key: str, position: int) -> str:
    """What is wrong with a key that names no field. It may be a value in the wrong place, such as the password.

    So only a misspelled name with one wrong letter and the fields of databases are quoted; any other key is named by
    its position.
    """
    plain = key.lower()
    near = difflib.get_close_matches(plain, [name.lower() for name in KNOWN], 1, 0.6)
    hint = f' (did you mean "{_SPELLINGS[near[0]]}"?)' if near else ""
    is_name = plain in _OF_DATABASES or (re.fullmatch("[a-z_-]+", plain) and _has_one_wrong_letter(plain, near))
    what = f"the unknown field {key}" if is_name else f"an unknown field in position {position}"
    return f"has {what}{hint}; known fields: {', '.join(KNOWN)}"


_OF_DATABASES = ("engine", "host", "port", "dbname", "dbinstanceidentifier", "dbclusteridentifier", "masterarn")
"""Fields of the secrets that Secrets Manager makes for databases, in lower case."""


def _has_one_wrong_letter(plain: str, near: list[str]) -> bool:
    """Whether the key differs from the hint in one letter only: added, omitted, replaced or moved."""
    for name in near:
        matched = sum(block.size for block in difflib.SequenceMatcher(None, plain, name).get_matching_blocks())
        return max(len(plain), len(name)) - matched <= 1
    return False
