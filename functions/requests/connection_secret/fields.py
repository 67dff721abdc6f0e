"""The fields of a connection's secret: how each is read, the spellings of its name, its environment variable."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from functions.requests.connection_secret.base_url import base_url
from functions.requests.connection_secret.certificates import ca_bundle
from functions.requests.connection_secret.login import name_or_token, password
from functions.requests.connection_secret.proxy_address import proxy_address


@dataclass(frozen=True)
class SecretField:
    """One field.

    Parameters
    ----------
    meaning
        For the documentation, in Markdown; that of ``loginMode`` and which mode needs which field stand in
        functions/microstrategy/credentials.py.
    read
        From the value as written to the value that a login needs; raises InvalidSecret. None for ``loginMode``, which
        depends on other fields.
    other_names
        Further names, in lower case without separators.
    variable
        The environment variable that holds the same for a run from a laptop.
    is_secret
        Whether the value must never be shown.
    """

    meaning: str
    read: Callable[[Any], str] | None
    other_names: tuple[str, ...] = ()
    variable: str | None = None
    is_secret: bool = False


FIELDS: dict[str, SecretField] = {
    "baseUrl": SecretField(
        "Address of the Library, https, up to its context path. One that was copied from a browser (`…/app`, "
        "`…/auth/ui/loginPage`) is cut there.",
        base_url,
        ("url", "libraryurl"),
    ),
    "loginMode": SecretField("Login mode; as a number, a string or a name.", None, ("mode",)),
    "username": SecretField("Name of the account.", name_or_token, ("user",), "MSTR_USERNAME"),
    "password": SecretField("Password of the account.", password, variable="MSTR_PASSWORD", is_secret=True),
    "apiToken": SecretField("API token of the account.", name_or_token, ("token",), "MSTR_API_TOKEN", is_secret=True),
    "caBundle": SecretField(
        "PEM text of a private certificate authority, or of several. Lost line breaks, `\\n` written as two "
        "characters, and base64 without BEGIN and END are corrected; the name of a file is refused. TLS is always "
        "verified.",
        ca_bundle,
        ("cacert",),
    ),
    "proxy": SecretField(
        "Address of an HTTP proxy, with user and password where it needs them. SOCKS is not supported.",
        proxy_address,
        variable="MSTR_PROXY",
        is_secret=True,
    ),
}
"""By name. ``MSTR_LOGIN_MODE`` and ``MSTR_CA_BUNDLE`` are read on their own: the latter may name a file."""
