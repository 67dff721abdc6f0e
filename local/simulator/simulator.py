"""The simulator as a thing that is started and stopped: a real HTTP server on loopback."""

import contextlib
import json
import secrets
import socket
import tempfile
import threading
import time
from collections.abc import Callable
from http.cookies import CookieError, SimpleCookie
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Self
from urllib.parse import parse_qs, unquote, urlsplit

from local.simulator.answer import Answer, Refusal
from local.simulator.endpoints import CONTEXT, Request
from local.simulator.faults import Fault, Faults
from local.simulator.routes import Route, find
from local.simulator.scenario import Scenario, scenario_named
from local.simulator.server import IntelligenceServer

LARGEST_BODY = 16 * 1024 * 1024


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
        What it accepts; random where None.
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
        self.server = IntelligenceServer(chosen, clock, self.warehouse, self.username, self.password, self.api_token)
        self._faults = Faults()
        self._requests: list[dict[str, Any]] = []
        self._http = _Http(("127.0.0.1", port), self)
        self._thread: threading.Thread | None = None

    @property
    def base_url(self) -> str:
        """Up to and including the context path."""
        return f"http://127.0.0.1:{self._http.server_address[1]}{CONTEXT}"

    def start(self) -> Self:
        """Begin to answer, in a thread."""
        self._thread = threading.Thread(target=self._http.serve_forever, args=(0.05,), daemon=True)
        self._thread.start()
        return self

    def stop(self) -> None:
        """End, and forget the temporary warehouse."""
        self._http.shutdown()
        self._http.server_close()
        self._folder.cleanup()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *exception: object) -> None:
        self.stop()

    def inject(self, step: str, **fault: Any) -> None:
        """Inject a fault at a step: see :class:`Fault`."""
        self._faults.add(Fault(step, **fault))

    def state(self) -> dict[str, Any]:
        """What is open and what has happened, without any secret."""
        with self.server.lock:
            self.server.advance()
            return {
                "sessions": [{"id": s.id, "user": s.user} for s in self.server.sessions.values()],
                "instances": [
                    {"id": i.id, "datamartId": i.spec.id, "session": i.session.id}
                    for i in self.server.instances.values()
                ],
                "jobs": [job.describe() for job in self.server.running_jobs()],
                "loads": dict(self.server.loads),
                "executions": dict(self.server.executions),
                "requests": list(self._requests),
                "answers": list(self.server.answers),
                "saves": self.server.saves,
                "definitions": {
                    s.id: {"name": s.name, "version": self.server.versions[s.id], "folder": s.folder}
                    for s in self.server.specs.values()
                },
            }

    def secrets(self) -> list[str]:
        """Every token and cookie that was issued, and the password and API token that are accepted."""
        return [*self.server.issued, self.password, self.api_token]

    def rows(self, table: str, limit: int | None = None) -> list[dict[str, Any]]:
        """The rows of a table in the warehouse, everything written that is due by now."""
        with self.server.lock:
            self.server.advance()
        return self.server.warehouse.rows(table, limit)

    def prompts_of(self, datamart_id: str) -> list[dict[str, Any]]:
        """The prompts of a definition, by name and type."""
        return [{"key": p.key, "name": p.name, "type": p.type} for p in self.server.spec(datamart_id).prompts]

    # -- one request --------------------------------------------------------------------------------------------

    def handle(self, method: str, target: str, headers: Any, content: bytes) -> Answer | None:
        """Answer a request; None cuts the connection."""
        began = time.perf_counter()
        parts = urlsplit(target)
        route, ids = find(method, parts.path.removeprefix(f"{CONTEXT}/api"))
        if parts.path == "/admin/state" and method == "GET":
            return Answer(200, self.state())
        if parts.path == "/admin/faults" and method == "POST":
            return self._inject_from_outside(content)
        if not parts.path.startswith(f"{CONTEXT}/api") or route is None:
            answer: Answer | None = Refusal(404, 4, "There is no such endpoint.").answer(False, False)
        else:
            answer = self._answer(route, ids, parts.query, headers, content)
        self._requests.append(
            {
                "method": method,
                "path": parts.path,
                "step": route.step if route else None,
                "status": answer.status if answer else None,
                "milliseconds": round(1000 * (time.perf_counter() - began), 1),
                "at": self.server.clock(),
            }
        )
        return answer

    def _answer(self, route: Route, ids: dict[str, str], query: str, headers: Any, content: bytes) -> Answer | None:
        fault = self._faults.take(route.step)
        if fault is not None and fault.kind == "reset before":
            return None
        if fault is not None and fault.kind == "stall":
            time.sleep(fault.seconds)
        if fault is not None and fault.kind == "status":
            return _instead(fault)
        request = Request(
            self.server,
            {name: unquote(value) for name, value in ids.items()},
            parse_qs(query, keep_blank_values=True),
            headers,
            content,
        )
        with self.server.lock:
            self._evict(fault, headers)
            try:
                answer = self._checked(route, request)
            except Refusal as refusal:
                answer = refusal.answer(route.modelling, self.server.scenario.long_err_codes)
            except ConnectionAbortedError:
                return None
        return _spoilt(answer, fault)

    def _checked(self, route: Route, request: Request) -> Answer:
        if route.session:
            request.session = self.server.session(
                request.headers.get("X-MSTR-AuthToken"), _cookie(request.headers, "JSESSIONID")
            )
        if route.project:
            if not request.project:
                raise Refusal(400, 5, "The header X-MSTR-ProjectID is missing.")
            self.server.open_project(request.mine, request.project)
        return route.function(request)

    def _evict(self, fault: Fault | None, headers: Any) -> None:
        session = self.server.sessions.get(headers.get("X-MSTR-AuthToken") or "")
        if fault is None or session is None:
            return
        if fault.kind == "evict session":
            self.server.end_session(session)
        if fault.kind == "evict instance":
            for instance in [i for i in self.server.instances.values() if i.session is session]:
                self.server.remove_instance(instance, self.server.scenario.delete_ends_job)

    def _inject_from_outside(self, content: bytes) -> Answer:
        try:
            wanted = json.loads(content)
            self.inject(**wanted)
        except (ValueError, TypeError) as problem:
            return Answer(400, {"message": str(problem)})
        return Answer(204)


def _cookie(headers: Any, name: str) -> str | None:
    try:
        cookies = SimpleCookie(headers.get("Cookie", ""))
    except CookieError:
        return None
    return cookies[name].value if name in cookies else None


def _instead(fault: Fault) -> Answer:
    headers = list(fault.headers.items())
    if fault.json is not None:
        return Answer(fault.status, fault.json, headers)
    return Answer(fault.status, None, [("Content-Type", "text/html"), *headers], raw=fault.body.encode())


def _spoilt(answer: Answer, fault: Fault | None) -> Answer | None:
    kind = fault.kind if fault else None
    if kind == "reset after":
        return None
    if kind == "gzip garbage":
        return Answer(answer.status, None, [("Content-Encoding", "gzip")], raw=b"\x1f\x8bgarbage")
    if kind == "truncate":
        return Answer(answer.status, None, answer.headers, raw=answer.content()[: len(answer.content()) // 2])
    return answer


class _Http(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, address: tuple[str, int], simulator: Simulator) -> None:
        self.simulator = simulator
        super().__init__(address, _Handler)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that goes away is no news."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Http
    timeout = 60

    def setup(self) -> None:
        super().setup()
        self.connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def _serve(self) -> None:
        length = self.headers.get("Content-Length", "0")
        if not length.isdigit() or int(length) > LARGEST_BODY:
            self.send_error(413)
            return
        content = self.rfile.read(int(length))
        answer = self.server.simulator.handle(self.command, self.path, self.headers, content)
        if answer is None:
            self._cut()
            return
        body = answer.content()
        head = [f"HTTP/1.1 {answer.status} {self.responses.get(answer.status, ('',))[0]}"]
        given = {name.lower() for name, _ in answer.headers}
        headers = [*answer.headers, ("Server", "MicroStrategy"), ("Cache-Control", "no-cache,no-store")]
        headers += [("Date", self.date_time_string())]
        if body and "content-type" not in given:
            headers.append(("Content-Type", "application/json"))
        if answer.status != 204:
            headers.append(("Content-Length", str(len(body))))
        head += [f"{name}: {value}" for name, value in headers]
        self.wfile.write(
            "\r\n".join([*head, "", ""]).encode("latin-1", "replace") + (b"" if answer.status == 204 else body)
        )

    do_GET = do_POST = do_PUT = do_DELETE = _serve

    def _cut(self) -> None:
        self.close_connection = True
        with contextlib.suppress(OSError):
            self.connection.shutdown(socket.SHUT_RDWR)

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing: /admin/state tells every request."""
