"""Reads the login fields of a secret: login mode, user name, password and API token."""

import re
from typing import Any

from functions.microstrategy.credentials import API_TOKEN, LOGIN_MODES, STANDARD
from functions.requests.connection_secret.problem import INVISIBLE, InvalidSecret, string

MODES = ", ".join(f"{number} ({mode.name})" for number, mode in LOGIN_MODES.items())
"""All login modes, for a message."""

_MODES_BY_NAME = {
    name: number
    for number, mode in LOGIN_MODES.items()
    for name in (mode.name.replace(" ", "").lower(), *mode.other_names)
}

_NOT_FILLED_IN = frozenset({"…", "..."})
"""The placeholders of values in the documentation's samples."""


def login_mode(fields: dict[str, Any]) -> int:
    """The login mode of a secret: as a number, also in a string, or by name.

    Without one it is 1 (standard), or 4096 if the secret has an API token and no user. Raises InvalidSecret.
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
        return API_TOKEN if fields.get("apiToken") and not has_user else STANDARD
    if plain.isascii() and plain.isdigit():
        return int(plain[:9])
    return _MODES_BY_NAME.get(plain)


def name_or_token(written: object) -> str:
    """A user name or an API token, without blanks around it. Raises InvalidSecret."""
    return _one_line(string(written).strip().strip(INVISIBLE).strip())


def password(written: object) -> str:
    """A password, without a line break at its end: nobody can type one at a login. Blanks are kept.

    Raises InvalidSecret.
    """
    return _one_line(string(written).strip("\r\n"))


def _one_line(text: str) -> str:
    if "\n" in text or "\r" in text:
        raise InvalidSecret("has a line break in it")
    if text in _NOT_FILLED_IN:
        raise InvalidSecret("is not filled in")
    return text
