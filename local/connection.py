"""The connection's secret for a run against a real Library: from the environment (DESIGN.md, "Interfaces")."""

from collections.abc import Mapping
from typing import Any

from functions.library import Server
from functions.library.models import LOGIN_MODES


class BadConnection(Exception):
    """The address or the credentials are not usable; the text says why, and never what they hold."""


def secret_from(url: str, environment: Mapping[str, str]) -> dict[str, Any]:
    """What Secrets Manager would hold.

    Raises
    ------
    BadConnection
        The URL is none, or ``MSTR_USERNAME`` and the like do not fit the login mode.
    """
    try:
        server = Server(url)
    except ValueError as problem:
        raise BadConnection(f"--library-url: {problem}.") from None
    token = environment.get("MSTR_API_TOKEN", "")
    mode = _mode(environment.get("MSTR_LOGIN_MODE", "4096" if token else "1"))
    secret: dict[str, Any] = {"baseUrl": server.base_url, "loginMode": mode}
    if mode == 4096:
        if not token:
            raise BadConnection("MSTR_API_TOKEN is not set, and MSTR_LOGIN_MODE is 4096.")
        return secret | {"apiToken": token}
    if mode == 8:
        return secret
    missing = [name for name in ("MSTR_USERNAME", "MSTR_PASSWORD") if name not in environment]
    if missing:
        raise BadConnection(f"{' and '.join(missing)} not set: the credentials for {server.base_url}.")
    return secret | {"username": environment["MSTR_USERNAME"], "password": environment["MSTR_PASSWORD"]}


def _mode(text: str) -> int:
    if text.isascii() and text.isdigit() and int(text) in LOGIN_MODES:
        return int(text)
    modes = ", ".join(f"{number} ({name})" for number, name in LOGIN_MODES.items())
    raise BadConnection(f"MSTR_LOGIN_MODE must be one of {modes}.")
