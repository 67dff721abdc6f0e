"""The sessions that a check opens on the server: licensed and limited, so that every one is logged out again."""

import contextlib
import signal
import threading
from collections.abc import Iterator
from typing import Self

from functions.library import Client, Credentials, LibraryError, Server
from local.check.findings import Findings


class Sessions:
    """A context manager: whatever happens within, everything that was opened is logged out at the end."""

    def __init__(self, server: Server, credentials: Credentials, findings: Findings) -> None:
        self._server = server
        self._credentials = credentials
        self._findings = findings
        self._open: list[Client] = []

    def open(self) -> Client:
        """Log in once: a refused login is never tried again, because accounts lock. Raises LibraryError."""
        client = Client(self._server)
        with uninterrupted():
            session = client.log_in(self._credentials)
            self._open.append(client)
        self._findings.hide(session.token, *(cookie.value for cookie in session.cookies))
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
        return self._findings.note(
            "logout", self._server.base_url, f"A session could not be logged out; it ends when idle. {problem}."
        )


@contextlib.contextmanager
def uninterrupted() -> Iterator[None]:
    """Put Ctrl-C off until the end: one within a login would lose a session that nobody then can log out."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    asked: list[int] = []
    before = signal.signal(signal.SIGINT, lambda number, _: asked.append(number))
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
        if asked:
            raise KeyboardInterrupt
