"""What the simulated server accepts at a login (API.md 2.1 to 2.3)."""

import secrets
from typing import Any

from local.simulator.response import Refusal

LOGIN_REFUSALS: dict[str, tuple[int, int, str, int]] = {
    "password expired": (401, 3, "The password has expired.", -2147216963),
    "new password required": (401, 3, "The user must change the password.", -2147216960),
    "account disabled": (401, 3, "The account is disabled.", -2147216965),
    "account locked": (401, 3, "The account is locked after too many failed logins.", -2147202287),
    "no licence": (403, 1, "The licence is out of compliance.", -2147204469),
    "too many users": (500, 1, "The maximum number of users was reached.", -2147209056),
}
"""HTTP status, ERR number, text and iServerCode of every refusal of right credentials (API.md 2.2)."""

STANDARD, GUEST, LDAP, API_TOKEN = 1, 8, 16, 4096


class Credentials:
    """One user's password and API token; the token can be replaced, can expire and be revoked (API.md 2.3)."""

    def __init__(self, username: str, password: str, api_token: str) -> None:
        self.username, self.password = username, password
        self.api_token: str | None = api_token
        self._token_expires: float | None = None

    def check(self, mode: int, username: str, password: str, now: float) -> str:
        """The user who logs in. Raises Refusal for wrong credentials or a mode that is not enabled (API.md 2.2)."""
        right = self._by_mode(username, password, now)
        if mode not in right:
            raise Refusal(400, 1, "The server is not configured to support this login mode.", -2147205409)
        if not right[mode]:
            raise Refusal(401, 3, "Login failed", -2147216959)
        return "guest" if mode == GUEST else self.username

    @property
    def modes(self) -> list[int]:
        """The login modes that are enabled."""
        return list(self._by_mode("", "", 0))

    def _by_mode(self, username: str, password: str, now: float) -> dict[int, bool]:
        """Whether the credentials are right, by login mode."""
        person = (self.username, self.password) == (username, password)
        token_lives = self._token_expires is None or now < self._token_expires
        token = username == self.api_token and token_lives
        return {STANDARD: person, GUEST: True, LDAP: person, API_TOKEN: token}

    def change_password(self, new: Any) -> None:
        """Take a new password. Raises Refusal 400 when it is not a text."""
        if not isinstance(new, str):
            raise Refusal(400, 6, "newPassword is not a text.")
        self.password = new

    def new_api_token(self, expires: float) -> str:
        """A token in place of the old one: there is one for each user."""
        self.api_token, self._token_expires = secrets.token_urlsafe(24), expires
        return self.api_token

    def revoke_api_token(self) -> str:
        """End the token and return it. Raises Refusal 404 when there is none."""
        if self.api_token is None:
            raise Refusal(404, 4, "The user has no API token.")
        ended, self.api_token = self.api_token, None
        return ended
