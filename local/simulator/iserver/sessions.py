"""The sessions that are open: how they begin, are found, grow idle and end (API.md 2)."""

import secrets
from collections.abc import Callable, Mapping

from local.simulator.iserver.credentials import API_TOKEN, LOGIN_REFUSALS, Credentials
from local.simulator.iserver.session import Session, WebSession
from local.simulator.metadata.places import PROJECTS
from local.simulator.response import Refusal
from local.simulator.scenario import Scenario

BALANCER_COOKIE = "AWSALB"


class Sessions:
    """Every session of the server.

    Parameters
    ----------
    scenario, clock, credentials
        How to behave, seconds since the epoch, what is accepted.
    ended
        Called with each session that ends.
    """

    def __init__(
        self,
        scenario: Scenario,
        clock: Callable[[], float],
        credentials: Credentials,
        ended: Callable[[Session], None],
    ) -> None:
        self._scenario, self._clock, self._credentials, self._ended = scenario, clock, credentials, ended
        self._webs: dict[str, WebSession] = {}
        self._identity_tokens: dict[str, Session] = {}
        self.issued: list[str] = []
        self.most = 0  # that were open at once

    def log_in(self, mode: int, username: str, password: str, working_set: int, max_search: int) -> WebSession:
        """Open a session. Raises Refusal (API.md 2.2)."""
        user = self._credentials.check(mode, username, password, self._clock())
        if self._scenario.login_refusal is not None:
            raise Refusal(*LOGIN_REFUSALS[self._scenario.login_refusal])
        session = Session(user, self._clock(), working_set, max_search)
        session.api_token = username if mode == API_TOKEN else None
        return self._open(session)

    def _open(self, session: Session) -> WebSession:
        web = WebSession(session)
        self._webs[web.token] = web
        self.most = max(self.most, len(self.open()))
        self.issued += [web.token, web.cookie]
        return web

    def open(self) -> list[Session]:
        """Every session, each once however many web sessions share it."""
        return list({web.session.id: web.session for web in self._webs.values()}.values())

    def find(self, token: str | None, cookies: Mapping[str, str]) -> WebSession:
        """The web session of a call; its token alone is not enough (API.md 1.4). Raises Refusal 401 ERR009."""
        web = self._webs.get(token or "")
        lost = web is None or cookies.get("JSESSIONID") != web.cookie
        if web is not None and self._scenario.sticky_balancer:
            lost = lost or cookies.get(BALANCER_COOKIE) not in web.balancer
        if web is None or lost:
            raise Refusal(401, 9, "The user's session has expired, please reauthenticate", -2147206924)
        if not self._scenario.only_keep_alive_counts:
            self.keep_alive(web.session)
        return web

    def by_token(self, token: str | None) -> Session | None:
        """The session that a token belongs to, whatever the cookies."""
        web = self._webs.get(token or "")
        return web.session if web else None

    def token_of(self, cookies: Mapping[str, str]) -> str:
        """The token that the helper cookie iSession carries (API.md 1.4). Raises Refusal 401 ERR009."""
        return self.find(cookies.get("iSession"), cookies).token

    def keep_alive(self, session: Session) -> None:
        """Reset the idle timer."""
        session.last = self._clock()

    def log_out(self, session: Session) -> None:
        """End a session, or all of its user's (API.md 2.5)."""
        every = self._scenario.logout_ends_all
        for one in [s for s in self.open() if s is session or (every and s.user == session.user)]:
            self.end(one)

    def end(self, session: Session) -> None:
        """End a session with every web session that shares it."""
        self._webs = {token: web for token, web in self._webs.items() if web.session is not session}
        self._ended(session)

    def forget(self) -> None:
        """Lose every session, with the tokens that others could have shared it by."""
        self._webs, self._identity_tokens = {}, {}

    def end_idle(self) -> None:
        """End the sessions that were idle for too long."""
        for session in self.open():
            if self._clock() - session.last > self._scenario.idle_timeout:
                self.end(session)

    # -- tokens (API.md 2.3, 2.4) --------------------------------------------------------------------------------------

    def identity_token(self, session: Session) -> str:
        """A token by which another client can share the session."""
        token = secrets.token_urlsafe(32)
        self._identity_tokens[token] = session
        self.issued.append(token)
        return token

    def identified(self, token: str | None) -> Session:
        """The living session of an identity token. Raises Refusal 401 ERR003."""
        session = self._identity_tokens.get(token or "")
        if session is None or session not in self.open():
            raise Refusal(401, 3, "The identity token is not valid.", -2147216959)
        return session

    def delegate(self, token: str | None) -> WebSession:
        """Another web session into the same session: the end of one is the end of both."""
        return self._open(self.identified(token))

    def new_api_token(self, lifetime: float) -> str:
        """Replace the user's API token."""
        token = self._credentials.new_api_token(self._clock() + lifetime)
        self.issued.append(token)
        return token

    def revoke_api_token(self) -> None:
        """Revoke the API token and end the sessions that it opened."""
        token = self._credentials.revoke_api_token()
        for session in [s for s in self.open() if s.api_token == token]:
            self.end(session)

    # -- projects (3) -------------------------------------------------------------------------------------------

    def open_project(self, session: Session, project_id: str) -> None:
        """What the first call in a project does. Raises Refusal: unknown, closed to the user, idle, full."""
        status = self._scenario.refusal_status
        project = next((p for p in PROJECTS if p.id == project_id), None)
        if project is None or project.status < 0:
            raise Refusal(status, 1, "The project does not exist or is not loaded.", -2147209151)
        if not project.accessible:
            raise Refusal(403, 14, "The user has no access to the project.", -2147214578)
        if project.status != 0:
            raise Refusal(status, 1, "The project is idle.", -2147209192)
        if project_id in session.projects:
            return
        same = [s for s in self.open() if s.user == session.user and project_id in s.projects]
        if len(same) >= self._scenario.session_cap:
            text = "The maximum number of interactive sessions was reached."
            raise Refusal(status, self._scenario.session_cap_code, text, -2147072486)
        session.projects.add(project_id)
