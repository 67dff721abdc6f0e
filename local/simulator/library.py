"""The Library's web server: from an HTTP request's parts to its response, faults included (API.md 1 and 8)."""

import json
import secrets
import time
from http.cookies import CookieError, SimpleCookie
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from local.simulator.faults import Fault, Faults
from local.simulator.iserver.server import IntelligenceServer
from local.simulator.iserver.session import WebSession
from local.simulator.iserver.sessions import BALANCER_COOKIE
from local.simulator.request import CONTEXT, Request
from local.simulator.response import Refusal, Response
from local.simulator.response_shape import only_fields, with_something_new
from local.simulator.routes import ROUTES, Route, find, has_another_method

API = f"{CONTEXT}/api"

NOTHING_THERE = "<!doctype html><h1>HTTP Status 404 – Not Found</h1>".encode()
"""What the web server around a Library answers outside of its context path, as Tomcat does."""


class Library:
    """Handles HTTP requests and keeps a list of them."""

    def __init__(self, server: IntelligenceServer) -> None:
        self.server = server
        self.faults = Faults()
        self.requests: list[dict[str, Any]] = []

    def state(self) -> dict[str, Any]:
        """What is open and what has happened, without any secret."""
        with self.server.lock:
            self.server.advance()
            return self.server.state() | {"requests": list(self.requests)}

    def restart(self) -> dict[str, Any]:
        """Restart the server behind it; returns the state before."""
        with self.server.lock:
            before = self.state()
            self.server.restart()
        return before

    def handle(self, method: str, target: str, headers: Any, content: bytes) -> Response | None:
        """Handle an HTTP request; None cuts the connection."""
        began = time.perf_counter()
        parts = urlsplit(target)
        if parts.path.startswith("/admin/"):
            return self._from_outside(method, parts.path, content)
        route, ids = find(method, parts.path.removeprefix(API)) if parts.path.startswith(API) else (None, {})
        if route is None:
            answer: Response | None = self._no_route(method, parts.path)
        else:
            answer = self._answer(route, ids, parts.query, headers, content)
        self.requests.append(
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

    def _from_outside(self, method: str, path: str, content: bytes) -> Response:
        """The addresses outside the API."""
        if (method, path) == ("GET", "/admin/state"):
            return Response(200, self.state())
        if (method, path) == ("POST", "/admin/restart"):
            self.restart()
            return Response(204)
        if (method, path) != ("POST", "/admin/faults"):
            return Response(404, {"message": "There are GET /admin/state, POST /admin/faults and /admin/restart."})
        try:
            self.faults.add(Fault(**json.loads(content)))
        except (ValueError, TypeError) as problem:
            return Response(400, {"message": str(problem)})
        return Response(204)

    def _no_route(self, method: str, path: str) -> Response:
        """No Library or endpoint, or none of this method (API.md 8.3); or the list of all, as on live servers (1.1)."""
        if not path.startswith(f"{CONTEXT}/"):
            return Response(404, None, [("Content-Type", "text/html;charset=utf-8")], raw=NOTHING_THERE)
        scenario = self.server.scenario
        if (method, path) == ("GET", f"{API}/openapi.json"):
            paths: dict[str, Any] = {}
            for route in ROUTES:
                summary = (route.function.__doc__ or "").split("\n")[0]
                paths.setdefault(route.path, {})[route.method.lower()] = {"summary": summary}
            return Response(200, {"openapi": "3.0.1", "servers": [{"url": API}], "paths": paths})
        if scenario.wrong_method_405 and path.startswith(API) and has_another_method(path.removeprefix(API)):
            return Refusal(405, 1, "HTTP 405 Method Not Allowed").response(False, scenario)
        return Refusal(404, 4, "There is no such endpoint.").response(False, scenario)

    def _answer(self, route: Route, ids: dict[str, str], query: str, headers: Any, content: bytes) -> Response | None:
        fault = self.faults.take(route.step)
        if fault is not None and fault.kind == "reset before":
            return None
        if fault is not None and fault.kind == "stall":
            time.sleep(fault.seconds)
        if fault is not None and fault.kind == "status":
            return fault.instead()
        if fault is not None and fault.kind == "echo":
            return fault.echo(headers, content)
        request = Request(
            self.server,
            {name: unquote(value) for name, value in ids.items()},
            parse_qs(query, keep_blank_values=True),
            headers,
            content,
            fault.cookies(_cookies(headers)) if fault else _cookies(headers),
        )
        with self.server.lock:
            self.server.advance()
            self._evict(fault, headers)
            try:
                answer = self._checked(route, request)
            except Refusal as refusal:
                answer = refusal.response(route.modelling, self.server.scenario)
            except ConnectionAbortedError:  # cut off, unless something in between has the last word
                return fault.instead() if fault is not None and fault.kind == "status after" else None
            self._finish(route, request, answer)
            if fault is not None and fault.kind == "new cookies" and request.web is not None:
                answer.headers.append(("Set-Cookie", self._new_cookie(request.web)))
        return fault.spoil(answer) if fault else answer

    def _checked(self, route: Route, request: Request) -> Response:
        if route.session:
            request.web = self.server.sessions.find(request.headers.get("X-MSTR-AuthToken"), request.cookies)
        # With an instance of the Modeling service the project may be left out (API.md 1.2).
        if route.project and not (route.modelling and request.ms_instance and not request.project):
            if not request.project:
                raise Refusal(400, 5, "The header X-MSTR-ProjectID is missing.")
            self.server.sessions.open_project(request.mine, request.project)
        return route.function(request)

    def _finish(self, route: Route, request: Request, answer: Response) -> None:
        """Changes to every response: ``fields=``, and what the scenario adds."""
        if route.takes_fields and answer.status < 300:
            answer.body = only_fields(answer.body, request.one("fields"))
        if self.server.scenario.unknown_properties:
            answer.body = with_something_new(answer.body)
            answer.headers.append(("Set-Cookie", f"tracking=abc; Path={CONTEXT}"))
        if self.server.scenario.sticky_balancer and request.web is not None:
            cookie = request.web.next_balancer_cookie()
            self.server.sessions.issued.append(cookie)
            answer.headers.append(("Set-Cookie", f"{BALANCER_COOKIE}={cookie}; Path=/"))

    def _new_cookie(self, web: WebSession) -> str:
        """Replaces the session's main cookie; the old value is not valid any more (API.md 1.4)."""
        web.cookie = secrets.token_hex(16).upper()
        self.server.sessions.issued.append(web.cookie)
        return f"JSESSIONID={web.cookie}; Path={CONTEXT}; HttpOnly"

    def _evict(self, fault: Fault | None, headers: Any) -> None:
        session = self.server.sessions.by_token(headers.get("X-MSTR-AuthToken"))
        if fault is None or session is None:
            return
        if fault.kind == "evict session":
            self.server.sessions.end(session)
        if fault.kind == "evict instance":
            for instance in self.server.instances.of(session):
                self.server.instances.remove(instance, self.server.scenario.delete_ends_job)


def _cookies(headers: Any) -> dict[str, str]:
    try:
        return {name: morsel.value for name, morsel in SimpleCookie(headers.get("Cookie", "")).items()}
    except CookieError:
        return {}
