"""The sessions that a command opens on the server: licensed and limited, so that every one is logged out again."""

from collections.abc import Callable
from typing import Self

from functions.library import Client, Credentials, LibraryError, Server
from local.source.hidden import Hidden
from local.source.interrupts import uninterrupted


class Sessions:
    """A context manager: whatever happens within, everything that was opened is logged out at the end.

    Parameters
    ----------
    server, credentials
        Where to log in, and as whom.
    hidden
        Learns the tokens and cookies.
    told
        Called with a sentence where a session is left behind.
    """

    def __init__(self, server: Server, credentials: Credentials, hidden: Hidden, told: Callable[[str], None]) -> None:
        self._server = server
        self._credentials = credentials
        self._hidden = hidden
        self._told = told
        self._open: list[Client] = []

    def open(self) -> Client:
        """Log in once: a refused login is never tried again, because accounts lock. Raises LibraryError."""
        client = Client(self._server)
        with uninterrupted():
            session = client.log_in(self._credentials)
            self._open.append(client)
        self._hidden.add(session.token, *(cookie.value for cookie in session.cookies))
        return client

    def close(self, client: Client) -> None:
        """Log out. Raises LibraryError; the end of the context tries again then."""
        with uninterrupted():
            client.log_out()
            self._open.remove(client)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        with uninterrupted():
            for client in reversed(self._open):
                self._log_out(client)

    def _log_out(self, client: Client) -> None:
        problem: LibraryError | None = None
        for _ in range(2):  # a logout may be repeated (contract 8.5)
            try:
                return client.log_out()
            except LibraryError as error:
                problem = error
        return self._told(f"A session could not be logged out; it ends when idle. {problem}.")
