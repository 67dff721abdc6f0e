"""The HTTP server of the simulator: bytes in, bytes out, connections that can be cut."""

import contextlib
import socket
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from local.simulator.library import Library
from local.simulator.response import Response, Written

LARGEST_BODY = 16 * 1024 * 1024

WRITTEN: dict[Written, Callable[[bytes, bytes], bytes]] = {
    "whole": lambda head, body: head + body,
    "twice": lambda head, body: 2 * (head + body),
    "half the body": lambda head, body: head + body[: len(body) // 2] if body else head[:-3],
    "half the start line": lambda head, body: head[: head.index(b"\r\n") // 2],
    "the start line": lambda head, body: head[: head.index(b"\r\n")],
    "half a name": lambda head, body: _half(head, b"\r\n", b": "),
    "half a value": lambda head, body: _half(head, b": ", b"\r\n"),
    "all but the blank line": lambda head, body: head[:-2],
}
"""The bytes of a response that are written. Without a body to break off in, its head is not ended."""

ENDED: tuple[Written, ...] = ("whole", "twice")
"""Complete responses, after which the connection stays open."""


def _half(head: bytes, after: bytes, before: bytes) -> bytes:
    """The head up to the middle of what is first found between the two."""
    begin = head.index(after) + len(after)
    return head[: (begin + head.index(before, begin)) // 2]


class HttpServer(ThreadingHTTPServer):
    """Listens at an address for a Library."""

    daemon_threads = True
    request_queue_size = 256  # the connections of many runs that begin at once

    def __init__(self, address: tuple[str, int], library: Library) -> None:
        self.library = library
        super().__init__(address, _Handler)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Print nothing about a client that goes away."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: HttpServer
    timeout = 60

    def setup(self) -> None:
        super().setup()
        self.connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def _serve(self) -> None:
        length = self.headers.get("Content-Length", "0")
        if not length.isdecimal() or int(length) > LARGEST_BODY:
            self.send_error(413)
            return
        content = self.rfile.read(int(length))
        answer = self.server.library.handle(self.command, self.path, self.headers, content)
        if answer is not None:
            head, body = self._head_and_body(answer)
            with contextlib.suppress(OSError):  # the client may have given up
                self.wfile.write(WRITTEN[answer.written](head, body))
        if answer is None or answer.written not in ENDED:
            self._cut()

    do_GET = do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = _serve

    def _head_and_body(self, answer: Response) -> tuple[bytes, bytes]:
        body = b"" if answer.status == 204 or self.command == "HEAD" else answer.content()
        head = [f"HTTP/1.1 {answer.status} {self.responses.get(answer.status, ('',))[0]}"]
        given = {name.lower() for name, _ in answer.headers}
        headers = [*answer.headers, ("Server", "MicroStrategy"), ("Cache-Control", "no-cache,no-store")]
        headers += [("Date", self.date_time_string())]
        if body and "content-type" not in given:
            headers.append(("Content-Type", "application/json"))
        if answer.status != 204:
            headers.append(("Content-Length", str(len(body))))
        head += [f"{name}: {value}" for name, value in headers]
        return "\r\n".join([*head, "", ""]).encode("latin-1", "replace"), body

    def _cut(self) -> None:
        self.close_connection = True
        with contextlib.suppress(OSError):
            self.connection.shutdown(socket.SHUT_RDWR)

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing: /admin/state lists every HTTP request."""
