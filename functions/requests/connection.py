"""A connection's secret, once it was read: whether it is complete, and what it stands for. Reads nothing itself.

``log_in`` is the only deployed function that may read a secret; ``datamart check`` judges one by the same rules.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from functions.microstrategy import Credentials, Server
from functions.requests.connection_secret.base_url import base_url
from functions.requests.connection_secret.certificates import ca_bundle
from functions.requests.connection_secret.login import NEEDED, login_mode, name_or_token, password
from functions.requests.connection_secret.names import under_known_names
from functions.requests.connection_secret.problem import InvalidSecret
from functions.requests.connection_secret.proxy_address import proxy_address
from functions.requests.connection_secret.text import fields_of

Secret = dict[str, Any]

_READERS: dict[str, Callable[[Any], str]] = {
    "baseUrl": base_url,
    "username": name_or_token,
    "password": password,
    "apiToken": name_or_token,
    "caBundle": ca_bundle,
    "proxy": proxy_address,
}
"""What reads each field but the login mode, which depends on the others."""

_WAY = ("baseUrl", "caBundle", "proxy")
"""The fields that say where the server is and how to reach it."""


@dataclass(frozen=True)
class ConnectionSecret:
    """A secret as it was read.

    Parameters
    ----------
    fields
        What can be used of it, by field name, in the form that a login needs.
    flaws
        What is wrong, each with the name of its field, without a word of what it holds; empty for a complete secret.
    """

    fields: Secret = field(repr=False)
    flaws: tuple[str, ...] = ()

    @property
    def flaw(self) -> str | None:
        """All that is wrong, or None."""
        return "; ".join(self.flaws) or None

    @property
    def server(self) -> Server:
        """Where the connection leads. Raises ValueError without a base URL that can be used."""
        return Server(self.fields.get("baseUrl", ""), self.fields.get("caBundle"), self.fields.get("proxy"))

    @property
    def credentials(self) -> Credentials:
        """Who logs in, from a secret without a flaw."""
        return Credentials(
            login_mode=self.fields["loginMode"],
            username=self.fields.get("username", ""),
            password=self.fields.get("password", ""),
            api_token=self.fields.get("apiToken", ""),
        )


def read(text: str | bytes | None) -> ConnectionSecret:
    """The secret that a text is."""
    try:
        return judge(fields_of(text))
    except InvalidSecret as problem:
        return ConnectionSecret({}, (str(problem),))


def judge(written: Mapping[str, Any]) -> ConnectionSecret:
    """The secret that keys and values are, as somebody wrote them."""
    given, flaws = under_known_names(written)
    fields: Secret = {}
    readers: dict[str, Callable[[Any], Any]] = {"loginMode": lambda _: login_mode(given), **_READERS}
    for name, reader in readers.items():
        if name in given or name == "loginMode":
            try:
                fields[name] = reader(given.get(name))
            except InvalidSecret as problem:
                article = "an" if name == "apiToken" else "a"
                flaws.append(f"has {article} {name} that {problem}")
    if any(name in given and name not in fields for name in _WAY):
        for name in _WAY:
            fields.pop(name, None)  # a server is not asked by half of the way to it
    if "loginMode" in fields:
        missing = [name for name in ("baseUrl", *NEEDED[fields["loginMode"]]) if name not in given]
        if missing:
            flaws.insert(0, f"lacks {', '.join(missing)} (for loginMode {fields['loginMode']})")
    return ConnectionSecret(fields, tuple(flaws))
