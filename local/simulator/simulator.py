"""Starts and stops the simulator: a real HTTP server on loopback."""

import contextlib
import secrets
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Self

from local import signals
from local.simulator.faults import Fault
from local.simulator.http_server import HttpServer
from local.simulator.iserver.credentials import Credentials
from local.simulator.iserver.server import IntelligenceServer
from local.simulator.library import Library
from local.simulator.request import CONTEXT
from local.simulator.scenario import Scenario
from local.simulator.scenarios import scenario_named


class Simulator:
    """A MicroStrategy Library of its own.

    Parameters
    ----------
    port
        0 picks a free one; always on 127.0.0.1.
    scenario
        A scenario or its name.
    clock
        Everything that takes time is worked out from it.
    warehouse_path
        The SQLite file; a temporary one if None.
    username, password, api_token
        Accepted credentials; random if None.
    """

    def __init__(
        self,
        port: int = 0,
        scenario: str | Scenario = "default",
        clock: Callable[[], float] = time.time,
        warehouse_path: Path | None = None,
        username: str | None = None,
        password: str | None = None,
        api_token: str | None = None,
    ) -> None:
        chosen = scenario_named(scenario) if isinstance(scenario, str) else scenario
        self._folder = tempfile.TemporaryDirectory(prefix="datamart-warehouse-")
        self.warehouse = warehouse_path or Path(self._folder.name) / "warehouse.sqlite"
        self.username = username or "dm_runner"
        self.password = secrets.token_urlsafe(12) if password is None else password
        self.api_token = api_token or secrets.token_urlsafe(24)
        credentials = Credentials(self.username, self.password, self.api_token)
        self.server = IntelligenceServer(chosen, clock, self.warehouse, credentials)
        self._library = Library(self.server)
        self._http = HttpServer(("127.0.0.1", port), self._library)
        self._thread: threading.Thread | None = None
        self._registered = contextlib.ExitStack()

    @property
    def base_url(self) -> str:
        """Up to and including the context path."""
        return f"http://127.0.0.1:{self._http.server_address[1]}{CONTEXT}"

    def start(self) -> Self:
        """Start to serve, in a thread."""
        self._thread = threading.Thread(target=self._http.serve_forever, args=(0.02,), daemon=True)
        self._thread.start()
        return self

    def stop(self) -> None:
        """Stop, and delete the temporary warehouse."""
        self._http.shutdown()
        self._http.server_close()
        self._folder.cleanup()

    def __enter__(self) -> Self:
        self._registered.enter_context(signals.may_leave(lambda: signals.folder(self._folder.name)))
        return self.start()

    def __exit__(self, *exception: object) -> None:
        with self._registered:
            self.stop()

    def inject(self, step: str, **fault: Any) -> None:
        """Inject a fault at a step: see :class:`Fault`."""
        self._library.faults.add(Fault(step, **fault))

    def faults_due(self) -> list[Fault]:
        """The injected faults that are still to hit a request; one is used up as soon as its last request is taken."""
        return self._library.faults.due

    def state(self) -> dict[str, Any]:
        """What is open and what has happened, without any secret."""
        return self._library.state()

    def restart(self) -> dict[str, Any]:
        """Let the server lose what is in its memory, as when it is restarted; returns the state before."""
        return self._library.restart()

    def secrets(self) -> list[str]:
        """Every token and cookie that was issued, and every password and API token that was accepted."""
        return [*self.server.sessions.issued, self.password, self.api_token]

    def tables(self) -> dict[str, tuple[str, str]]:
        """The name and the table of every datamart, by its ID."""
        return {spec.id: (spec.name, spec.table) for spec in self.server.definitions.all()}

    def count_rows(self, table: str) -> int:
        """How many rows a table in the warehouse has, by now; none if there is no such table."""
        return self.server.warehouse.count(table) if self.rows(table, 1) else 0

    def rows(self, table: str, limit: int | None = None) -> list[dict[str, Any]]:
        """The rows of a table in the warehouse, everything written that is due by now."""
        with self.server.lock:
            self.server.advance()
        return self.server.warehouse.rows(table, limit)
