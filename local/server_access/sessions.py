"""Opens sessions for a command and logs out every one: sessions are licensed and limited."""

import contextlib
from collections.abc import Callable
from typing import Self

from functions.errors import LibraryError
from functions.microstrategy import Client, Credentials, Server
from local import signals
from local.server_access.redacted import Redactor


class Sessions:
    """A context manager that logs out every open session at its end, whatever happens within.

    Parameters
    ----------
    server, credentials
        Where to log in, and as whom.
    redactor
        Gets the tokens and cookies, to redact them.
    on_note
        Called with a sentence if a session is left behind.
    """

    def __init__(
        self, server: Server, credentials: Credentials, redactor: Redactor, on_note: Callable[[str], None]
    ) -> None:
        self._server = server
        self._credentials = credentials
        self._redactor = redactor
        self._on_note = on_note
        self._open: list[Client] = []
        self._logging_in, self._closed = False, 0
        self._registered = contextlib.ExitStack()

    def open(self) -> Client:
        """Log in once: a refused login is never retried, because accounts lock. Raises LibraryError."""
        client = Client(self._server)
        with signals.deferred():
            self._logging_in = True
            try:
                session = client.log_in(self._credentials)
                self._open.append(client)
            finally:
                self._logging_in = False
        self._redactor.add(session.token, *(cookie.value for cookie in session.cookies))
        return client

    def close(self, client: Client) -> None:
        """Log out. Raises LibraryError; the end of the context tries again then."""
        with signals.deferred():
            client.log_out()
            self._open.remove(client)

    def __enter__(self) -> Self:
        self._registered.enter_context(signals.may_leave(self._left))
        return self

    def __exit__(self, *exception: object) -> None:
        with self._registered, signals.deferred():
            for client in reversed(self._open):
                self._log_out(client)
                self._closed += 1

    def _left(self) -> list[str]:
        """What a process that exits now leaves open, without the token."""
        where = f"of {self._credentials.username or 'the account'} at {self._server.base_url}"
        login = [f"perhaps a session {where}, where a login is under way"] if self._logging_in else []
        return [*login, *(len(self._open) - self._closed) * [f"a session {where}"]]

    def _log_out(self, client: Client) -> None:
        problem: LibraryError | None = None
        for _ in range(2):  # a logout may be repeated (API.md 8.5)
            try:
                return client.log_out()
            except LibraryError as error:
                problem = error
        return self._on_note(f"A session could not be logged out; it ends when idle. {problem}.")
