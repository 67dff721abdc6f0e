"""Who logs in, and how: login mode, user name, password and API token."""

import re
from typing import Any

from functions.microstrategy.models import LOGIN_MODES
from functions.requests.connection_secret.problem import INVISIBLE, InvalidSecret, string

NEEDED = {1: ("username", "password"), 16: ("username", "password"), 4096: ("apiToken",), 8: ()}
"""The fields that each login mode needs (API.md 2.1)."""

MODES = ", ".join(f"{number} ({name})" for number, name in LOGIN_MODES.items())
"""All login modes, for a message."""

_MODES_BY_NAME = {"standard": 1, "ldap": 16, "apitoken": 4096, "token": 4096, "guest": 8, "anonymous": 8}

_NOT_FILLED_IN = frozenset({"…", "..."})
"""What the samples of the documentation have where a value belongs."""


def login_mode(fields: dict[str, Any]) -> int:
    """The login mode of a secret: as a number, also in a string, or by name.

    Left out it is 1 (standard), or 4096 where an API token is all there is. Raises InvalidSecret.
    """
    written = fields.get("loginMode", "")
    if isinstance(written, float) and written.is_integer():
        written = int(written)
    if isinstance(written, str):
        written = _mode_in(written, fields)
    if isinstance(written, bool) or not isinstance(written, int) or written not in LOGIN_MODES:
        raise InvalidSecret(f"is not one of {MODES}")
    return written


def _mode_in(written: str, fields: dict[str, Any]) -> int | None:
    plain = re.sub(r"[\W_]", "", written).lower()
    if not plain:
        has_user = fields.get("username") or fields.get("password")
        return 4096 if fields.get("apiToken") and not has_user else 1
    if plain.isascii() and plain.isdigit():
        return int(plain[:9])
    return _MODES_BY_NAME.get(plain)


def name_or_token(written: object) -> str:
    """A user name or an API token, without blanks around it. Raises InvalidSecret."""
    return _one_line(string(written).strip().strip(INVISIBLE).strip())


def password(written: object) -> str:
    """A password, without a line break at its end: nobody can type one at a login. A blank may be meant.

    Raises InvalidSecret.
    """
    return _one_line(string(written).strip("\r\n"))


def _one_line(text: str) -> str:
    if "\n" in text or "\r" in text:
        raise InvalidSecret("has a line break in it")
    if text in _NOT_FILLED_IN:
        raise InvalidSecret("is not filled in")
    return text
