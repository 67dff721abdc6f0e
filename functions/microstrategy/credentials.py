"""Login modes with the fields that each needs, and the credentials of one login (API.md 2.1)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Self

STANDARD, GUEST, LDAP, API_TOKEN = 1, 8, 16, 4096


@dataclass(frozen=True)
class LoginMode:
    """One login mode.

    Parameters
    ----------
    name
        For people.
    body
        The login's JSON body: by key, the field of the connection's secret whose value it holds.
    other_names
        Further names that a secret may use, in lower case without separators.
    """

    name: str
    body: Mapping[str, str]
    other_names: tuple[str, ...] = ()

    @property
    def needed(self) -> tuple[str, ...]:
        """The fields of the secret that the mode needs."""
        return tuple(self.body.values())


_USER = {"username": "username", "password": "password"}

LOGIN_MODES = {
    STANDARD: LoginMode("standard", _USER),
    GUEST: LoginMode("guest", {}, ("anonymous",)),
    LDAP: LoginMode("LDAP", _USER),
    API_TOKEN: LoginMode("API token", {"username": "apiToken"}, ("token",)),
}
"""The login modes that work unattended, by ``loginMode``."""

_ATTRIBUTES = {"username": "username", "password": "password", "apiToken": "api_token"}
"""The attribute of Credentials for each field of the secret."""


@dataclass(frozen=True)
class Credentials:
    """The credentials of one login. Its text shows nothing but the mode. Raises ValueError for an unknown mode."""

    login_mode: int = STANDARD
    username: str = field(default="", repr=False)
    password: str = field(default="", repr=False)
    api_token: str = field(default="", repr=False)

    def __post_init__(self) -> None:
        if self.login_mode not in LOGIN_MODES:
            raise ValueError(f"loginMode must be one of {', '.join(map(str, LOGIN_MODES))}")

    @classmethod
    def of_secret(cls, fields: Mapping[str, Any]) -> Self:
        """From the fields of a complete secret: ``loginMode``, ``username``, ``password``, ``apiToken``."""
        given = {attribute: fields[name] for name, attribute in _ATTRIBUTES.items() if name in fields}
        return cls(fields["loginMode"], **given)

    @property
    def secrets(self) -> set[str]:
        """The values to redact wherever text is shown."""
        return {self.password, self.api_token}

    def body(self) -> dict[str, Any]:
        """The login's JSON body."""
        of_mode = LOGIN_MODES[self.login_mode].body
        values = {key: getattr(self, _ATTRIBUTES[name]) for key, name in of_mode.items()}
        return {"loginMode": self.login_mode, "applicationType": 35, **values}
