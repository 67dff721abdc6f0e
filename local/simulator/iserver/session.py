"""A session on the Intelligence Server, and the web sessions of the Library that lead into it (API.md 2.4)."""

import secrets

LETTERS = "abcdefghijklmnopqrstuvwxyz0123456789"


class Session:
    """A session: user, idle time, settings, opened projects.

    Parameters
    ----------
    user
        The name logged in with.
    now
        Seconds since the epoch.
    working_set, max_search, locale
        The settings of the login (API.md 2.1).
    api_token
        The API token that opened it: revoking the token ends it (API.md 2.3).
    """

    def __init__(
        self, user: str, now: float, working_set: int, max_search: int, locale: int = 1033, api_token: str | None = None
    ) -> None:
        self.id = secrets.token_hex(4)
        self.user = user
        self.last = now
        self.working_set, self.max_search, self.locale = working_set, max_search, locale
        self.api_token = api_token
        self.projects: set[str] = set()


class WebSession:
    """The Library's side: a token that works only together with its cookies (API.md 1.4)."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.token = "".join(secrets.choice(LETTERS) for _ in range(26))
        self.cookie = secrets.token_hex(16).upper()
        self.balancer: set[str] = set()

    def next_balancer_cookie(self) -> str:
        """A balancer issues a new cookie with every response; the earlier ones stay good."""
        cookie = secrets.token_hex(16)
        self.balancer.add(cookie)
        return cookie
