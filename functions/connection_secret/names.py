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
    """A key that looks like a name is quoted; any other may be a value in the wrong place."""
    known = f"known are {', '.join(KNOWN)}"
    if not re.fullmatch(r"[A-Za-z][A-Za-z_-]{0,30}", key):
        return f"has an unknown field in place {position}; {known}"
    near = difflib.get_close_matches(key.lower(), [name.lower() for name in KNOWN], 1, 0.6)
    hint = f' (did you mean "{_SPELLINGS[near[0]]}"?)' if near else ""
    return f"has the unknown field {key}{hint}; {known}"
