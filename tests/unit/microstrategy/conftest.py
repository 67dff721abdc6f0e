"""A scripted server: real sockets, and just the bytes that a test wants."""

import socket
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import pytest

from functions.microstrategy import Client, Cookie, Server, Session
from tests.support.tls import Authority, server_context, tls_server
from tests.unit.microstrategy.any_server import TOKEN, AnyServer, read_request

Script = Callable[[socket.socket], object]


@dataclass
class ScriptedServer:
    """Answers each connection with the next script and remembers the requests."""

    scripts: list[Script] = field(default_factory=list)
    requests: list[bytes] = field(default_factory=list)
    port: int = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/MicroStrategyLibrary"

    def answer(self, status: int = 200, body: bytes = b"", *headers: str) -> None:
        """Answer the next request so."""
        lines = [f"HTTP/1.1 {status} X", f"Content-Length: {len(body)}", "Connection: close", *headers, "", ""]
        self.scripts.append(lambda connection: connection.sendall("\r\n".join(lines).encode() + body))

    def drip(self, text: bytes, seconds: float) -> None:
        """Answer the next request a byte at a time."""

        def script(connection: socket.socket) -> None:
            for byte in text:
                connection.sendall(bytes([byte]))
                time.sleep(seconds)

        self.scripts.append(script)

    def cut(self) -> None:
        """Close the connection without an answer."""
        self.scripts.append(lambda connection: None)


@pytest.fixture
def server() -> Iterator[ScriptedServer]:
    scripted = ScriptedServer()
    listener = socket.create_server(("127.0.0.1", 0))
    scripted.port = listener.getsockname()[1]

    def serve() -> None:
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            with connection:
                request = read_request(connection)
                scripted.requests.append(request)
                if scripted.scripts:
                    try:
                        scripted.scripts.pop(0)(connection)
                    except OSError:
                        continue

    threading.Thread(target=serve, daemon=True).start()
    yield scripted
    listener.close()


@pytest.fixture
def client(server: ScriptedServer) -> Client:
    """A client in a session."""
    cookie = Cookie("JSESSIONID", "COOKIE-SECRET-1", "127.0.0.1", "/MicroStrategyLibrary")
    return Client(Server(server.url), Session(TOKEN, (cookie,)), budget=5)


@pytest.fixture(scope="module")
def any_server() -> Iterator[AnyServer]:
    """Answers every request with the bytes that a test puts there."""
    server = AnyServer()
    yield server
    server.close()


@pytest.fixture(scope="session")
def authority() -> Authority:
    """A private certificate authority."""
    return Authority()


@pytest.fixture
def tls_port(authority: Authority) -> Iterator[int]:
    """The port of a server with a certificate of the authority for localhost."""
    with tls_server(server_context(authority.issue("localhost"))) as port:
        yield port
