"""Through a proxy's tunnel: what counts as sent is what goes through it."""

import socket
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest

from functions.errors import ServerUnavailable
from functions.microstrategy import Client, Server, Session
from tests.support.tls import Authority, copy, listening
from tests.unit.microstrategy.conftest import TOKEN, ScriptedServer, read_request
from tests.unit.microstrategy.test_calls import CITY, INSTANCE, PROJECT

PASSWORD = "proxy-pass-word"
BASIC = "bWU6cHJveHktcGFzcy13b3Jk"


@dataclass
class Proxy:
    """Responds to each CONNECT with ``refusal``, or makes the tunnel."""

    port: int = 0
    refusal: bytes | None = None
    connects: list[bytes] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"http://me:{PASSWORD}@127.0.0.1:{self.port}"

    def serve(self, connection: socket.socket) -> None:
        request = read_request(connection)
        self.connects.append(request)
        if self.refusal is not None:
            connection.sendall(self.refusal)
            return
        port = int(request.split(b" ")[1].rpartition(b":")[2])
        with socket.create_connection(("127.0.0.1", port)) as behind:
            connection.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
            back = threading.Thread(target=copy, args=(behind, connection), daemon=True)
            back.start()
            copy(connection, behind)
            back.join(1)


@pytest.fixture
def proxy() -> Iterator[Proxy]:
    made = Proxy()
    with listening(made.serve) as made.port:
        yield made


@pytest.mark.parametrize(
    ("status", "sentence"),
    [(b"407 Authentication Required", "user and password"), (b"502 Bad Gateway", "refuses")],
)
def test_an_execution_request_that_the_proxy_does_not_let_through_was_never_sent(
    proxy: Proxy, status: bytes, sentence: str
) -> None:
    page = f"<html>{PASSWORD} {BASIC}</html>".encode()
    proxy.refusal = b"HTTP/1.1 %s\r\nContent-Length: %d\r\n\r\n%s" % (status, len(page), page)
    client = Client(Server("https://library.example.com/x", proxy=proxy.url), Session(TOKEN), budget=5)
    with pytest.raises(ServerUnavailable, match=sentence) as failure:
        client.execute(PROJECT, CITY, INSTANCE)
    assert (failure.value.delivery, failure.value.retry_safe) == ("not sent", True)
    assert BASIC.encode() in proxy.connects[0]
    shown = f"{failure.value} {failure.value!r} {vars(failure.value)!r}"
    assert PASSWORD not in shown
    assert BASIC not in shown


def test_an_execution_request_whose_tls_fails_behind_the_proxy_was_never_sent(proxy: Proxy, tls_port: int) -> None:
    client = Client(Server(f"https://localhost:{tls_port}/x", proxy=proxy.url), Session(TOKEN), budget=5)
    with pytest.raises(ServerUnavailable, match="certificate is not trusted") as failure:
        client.execute(PROJECT, CITY, INSTANCE)
    assert (failure.value.delivery, failure.value.retry_safe) == ("not sent", True)
    assert len(proxy.connects) == 1


def test_an_execution_request_that_went_through_the_tunnel_was_sent(
    proxy: Proxy, tls_port: int, authority: Authority
) -> None:
    """The server there answers ``{}``: it was reached, and what it says does not answer an execution request."""
    server = Server(f"https://localhost:{tls_port}/x", ca_bundle=authority.pem, proxy=proxy.url)
    client = Client(server, Session(TOKEN), budget=5)
    assert client.probe().timeout_seconds is None
    with pytest.raises(ServerUnavailable) as failure:
        client.execute(PROJECT, CITY, INSTANCE)
    assert failure.value.delivery == "unknown"


def test_a_page_of_the_proxy_does_not_get_its_password_into_the_message(server: ScriptedServer) -> None:
    server.answer(502, f"<html>Proxy-Authorization: Basic {BASIC} is not {PASSWORD}</html>".encode())
    proxy = f"http://me:{PASSWORD}@127.0.0.1:{server.port}"
    with pytest.raises(ServerUnavailable, match=r"Basic \*\*\* is not \*\*\*"):
        Client(Server("http://127.0.0.1:1/x", proxy=proxy), Session(TOKEN), budget=5).probe()


@pytest.mark.parametrize("proxy", ["http://[::1", "me:secret-word@nowhere.invalid:1", "://"])
def test_an_address_of_a_proxy_that_is_none_is_a_sentence_and_no_trace(proxy: str) -> None:
    with pytest.raises(ServerUnavailable) as failure:
        Client(Server("http://127.0.0.1:1/x", proxy=proxy), Session(TOKEN), budget=5).probe()
    assert failure.value.delivery == "not sent"
    assert "secret-word" not in str(failure.value)
