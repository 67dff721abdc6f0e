"""Checks a connection's secret: its fields, what is wrong with it, and the server and credentials it holds.

Reads no secret itself: of the deployed functions only ``log_in`` may. ``datamart check`` applies the same rules.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from functions.microstrategy import Credentials, Server
from functions.microstrategy.credentials import LOGIN_MODES
from functions.requests.connection_secret.fields import FIELDS
from functions.requests.connection_secret.login import login_mode
from functions.requests.connection_secret.names import under_known_names
from functions.requests.connection_secret.problem import InvalidSecret
from functions.requests.connection_secret.text import fields_of

Secret = dict[str, Any]

_REACHES_SERVER = ("baseUrl", "caBundle", "proxy")
"""The fields that say where the server is and how to reach it."""


@dataclass(frozen=True)
class ConnectionSecret:
    """A secret after it was checked.

    Parameters
    ----------
    fields
        The valid fields by name, in the form that a login needs.
    flaws
        What is wrong, each with the field's name and without its value; empty for a complete secret.
    """

    fields: Secret = field(repr=False)
    flaws: tuple[str, ...] = ()

    @property
    def flaw(self) -> str | None:
        """All flaws in one text, or None."""
        return "; ".join(self.flaws) or None

    @property
    def server(self) -> Server:
        """The connection's server. Raises ValueError without a valid base URL."""
        return Server(self.fields.get("baseUrl", ""), self.fields.get("caBundle"), self.fields.get("proxy"))

    @property
    def credentials(self) -> Credentials:
        """The credentials of a secret without flaws."""
        return Credentials.of_secret(self.fields)


def read(text: str | bytes | None) -> ConnectionSecret:
    """Checks the text of a secret."""
    try:
        return judge(fields_of(text))
    except InvalidSecret as problem:
        return ConnectionSecret({}, (str(problem),))


def judge(written: Mapping[str, Any]) -> ConnectionSecret:
    """Checks the keys and values of a secret as somebody wrote them."""
    given, flaws = under_known_names(written)
    fields: Secret = {}
    for name in ("loginMode", *(name for name in FIELDS if name != "loginMode")):
        if name in given or name == "loginMode":
            read_field = FIELDS[name].read
            try:
                fields[name] = read_field(given[name]) if read_field else login_mode(given)
            except InvalidSecret as problem:
                article = "an" if name == "apiToken" else "a"
                flaws.append(f"has {article} {name} that {problem}")
    if any(name in given and name not in fields for name in _REACHES_SERVER):
        for name in _REACHES_SERVER:
            fields.pop(name, None)  # without one of them the server must not be called at all
    if "loginMode" in fields:
        missing = [name for name in ("baseUrl", *LOGIN_MODES[fields["loginMode"]].needed) if name not in given]
        if missing:
            flaws.insert(0, f"lacks {', '.join(missing)} (for loginMode {fields['loginMode']})")
    return ConnectionSecret(fields, tuple(flaws))
