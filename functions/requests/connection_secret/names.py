"""The names of a secret's fields, in the spellings that people use."""

import difflib
import re
from collections.abc import Mapping
from typing import Any

KNOWN = ("baseUrl", "loginMode", "username", "password", "apiToken", "caBundle", "proxy")

_SPELLINGS = {name.lower(): name for name in KNOWN} | {
    "url": "baseUrl",
    "libraryurl": "baseUrl",
    "user": "username",
    "token": "apiToken",
    "mode": "loginMode",
    "cacert": "caBundle",
}
"""Names without case and separators, and what they stand for."""


def field_named(key: str) -> str | None:
    """The field that a key means, as in ``base_url``, ``BASE-URL`` or ``MSTR_BASE_URL``; None for no known one."""
    plain = re.sub(r"[\W_]", "", key).lower()
    return _SPELLINGS.get(plain) or _SPELLINGS.get(plain.removeprefix("mstr"))


def under_known_names(written: Mapping[str, Any]) -> tuple[dict[str, Any], list[str]]:
    """The values by the fields that their keys mean, and what is wrong with other keys.

    A field without a value (null, or empty as an editor of keys and values leaves it) counts as left out; only a
    password may be empty.
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
    """What is wrong with a key that names no field; it may be a value, such as the password, in the wrong place.

    Only the name of a database's field and a known name with one wrong letter are quoted; any other key is named by its
    place.
    """
    plain = key.lower()
    near = difflib.get_close_matches(plain, [name.lower() for name in KNOWN], 1, 0.6)
    hint = f' (did you mean "{_SPELLINGS[near[0]]}"?)' if near else ""
    is_name = plain in _OF_DATABASES or (re.fullmatch("[a-z_-]+", plain) and _has_one_wrong_letter(plain, near))
    what = f"the unknown field {key}" if is_name else f"an unknown field in place {position}"
    return f"has {what}{hint}; known are {', '.join(KNOWN)}"


_OF_DATABASES = ("engine", "host", "port", "dbname", "dbinstanceidentifier", "dbclusteridentifier", "masterarn")
"""Fields of the secrets that Secrets Manager makes for databases, in lower case."""


def _has_one_wrong_letter(plain: str, near: list[str]) -> bool:
    """Whether the hint says all but one letter of the key: one is added, left out, another, or in the wrong place."""
    for name in near:
        matched = sum(block.size for block in difflib.SequenceMatcher(None, plain, name).get_matching_blocks())
        return max(len(plain), len(name)) - matched <= 1
    return False
