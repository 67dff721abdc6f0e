"""A connection's secret, once it was read: whether it is complete, and what it stands for. Reads nothing itself.

``log_in`` is the only deployed function that may read a secret; ``datamart check`` judges one by the same rules.
"""

import json
from typing import Any

from functions.library import Credentials, Server

NEEDED = {1: ("username", "password"), 16: ("username", "password"), 4096: ("apiToken",), 8: ()}
"""The secret's fields that each login mode needs (contract 2.1)."""

KNOWN = ("baseUrl", "loginMode", "username", "password", "apiToken", "caBundle", "proxy")

Secret = dict[str, Any]


def secret_of(text: str | None) -> Secret | None:
    """The secret's fields, or None where its text is not a JSON object."""
    try:
        secret = json.loads(text or "")
    except (ValueError, RecursionError):
        return None
    return secret if isinstance(secret, dict) else None


def flaw_of(secret: Secret | None) -> str | None:
    """What is wrong with the secret, without a word of what it holds; None if it is complete."""
    if secret is None:
        return "is not a JSON object"
    mode = secret.get("loginMode", 1)
    if not isinstance(mode, int) or mode not in NEEDED:
        return f"has a loginMode that is none of {', '.join(map(str, NEEDED))}"
    missing = [name for name in ("baseUrl", *NEEDED[mode]) if not isinstance(secret.get(name), str)]
    if missing:
        return f"lacks {', '.join(missing)} (for loginMode {mode}, each a string)"
    wrong = [name for name in ("caBundle", "proxy") if not isinstance(secret.get(name) or "", str)]
    if wrong:
        return f"has a {wrong[0]} that is not a string"
    unknown = sorted(set(secret) - set(KNOWN))
    if unknown:
        return f"has the unknown field {unknown[0]}; known are {', '.join(KNOWN)}"
    try:
        server_of(secret)
    except ValueError as problem:
        return f"has a baseUrl that leads nowhere: {problem}"
    return None


def server_of(secret: Secret) -> Server:
    """Where the connection leads. Raises ValueError for a base URL that is none."""
    return Server(secret["baseUrl"], ca_bundle=secret.get("caBundle"), proxy=secret.get("proxy"))


def credentials_of(secret: Secret) -> Credentials:
    """Who logs in, from a secret without a flaw."""
    return Credentials(
        login_mode=secret.get("loginMode", 1),
        username=secret.get("username", ""),
        password=secret.get("password", ""),
        api_token=secret.get("apiToken", ""),
    )
