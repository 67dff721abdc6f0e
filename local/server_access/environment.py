"""The connection's secret for a run against a real Library: from the environment (DESIGN.md "Interfaces")."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from functions.microstrategy.credentials import API_TOKEN, LOGIN_MODES, STANDARD
from functions.requests.connection_secret.base_url import base_url
from functions.requests.connection_secret.certificates import ca_bundle
from functions.requests.connection_secret.fields import FIELDS
from functions.requests.connection_secret.login import MODES, login_mode
from functions.requests.connection_secret.problem import InvalidSecret
from functions.text import quoted

LARGEST_SECRET = 65_536
"""Bytes that Secrets Manager takes: a bundle that is larger would work here and nowhere else."""

VARIABLES = {field.variable: (name, field.read) for name, field in FIELDS.items() if field.variable and field.read}
"""The variables whose values are fields of the secret: the field, and the function that reads it."""


class BadConnection(Exception):
    """The address or the credentials are not valid; the text says why, without their values."""


def secret_from(url: str, environment: Mapping[str, str]) -> dict[str, Any]:
    """What Secrets Manager would hold, for ``--library-url`` and the variables ``MSTR_…``.

    Raises
    ------
    BadConnection
        The URL is not valid, a variable cannot be used, or ``MSTR_USERNAME`` and the like do not fit the login mode.
    """
    try:
        secret: dict[str, Any] = {"baseUrl": base_url(url)}
    except InvalidSecret as problem:
        raise BadConnection(f"--library-url: the address {problem}.") from None
    for name, (field, read) in VARIABLES.items():
        if environment.get(name) or (name == "MSTR_PASSWORD" and name in environment):
            try:
                secret[field] = read(environment[name])
            except InvalidSecret as problem:
                raise BadConnection(f"{name} {problem}.") from None
    if environment.get("MSTR_CA_BUNDLE"):
        secret["caBundle"] = _authorities(environment["MSTR_CA_BUNDLE"])
    return secret | {"loginMode": _mode(secret, environment)}


def _mode(secret: dict[str, Any], environment: Mapping[str, str]) -> int:
    written = environment.get("MSTR_LOGIN_MODE") or (API_TOKEN if "apiToken" in secret else STANDARD)
    try:
        mode = login_mode({"loginMode": written})
    except InvalidSecret:
        raise BadConnection(f"MSTR_LOGIN_MODE must be one of {MODES}.") from None
    missing = [
        name for name, (field, _) in VARIABLES.items() if field in LOGIN_MODES[mode].needed and field not in secret
    ]
    if missing:
        are, it = ("are", "them") if len(missing) > 1 else ("is", "it")
        raise BadConnection(
            f"{' and '.join(missing)} {are} not set: login mode {mode} on {secret['baseUrl']} needs {it}. "
            f"Set {it} in the environment."
        )
    return mode


_LIKE_A_PATH = re.compile(r"[^\n]*[/\\][^\n]*|[^\n]*[.](pem|crt|cer|ca|der|bundle)", re.IGNORECASE)
"""Matches a file name. Base64 also has slashes, but is never shorter than a certificate."""


def _authorities(written: str) -> str:
    """The certificates of a variable that holds PEM, or the path of a file with it."""
    try:
        path = Path(written.strip()).expanduser()
        text = path.read_bytes() if len(written) < 4_096 and path.is_file() else written
    except (OSError, ValueError, RuntimeError):
        text = written
    try:
        found = ca_bundle(text)
    except InvalidSecret as problem:
        if isinstance(text, str) and _LIKE_A_PATH.fullmatch(text.strip()):
            raise BadConnection(f"MSTR_CA_BUNDLE: there is no readable file {quoted(text.strip())}.") from None
        raise BadConnection(f"MSTR_CA_BUNDLE {problem}, or name a file that holds them.") from None
    if len(found) > LARGEST_SECRET // 2:
        raise BadConnection(
            "MSTR_CA_BUNDLE holds more certificates than a secret has room for: give those of the private authority "
            "alone, or name a whole store with REQUESTS_CA_BUNDLE."
        )
    return found
