"""What the client does when the server does not: delivery, time, size, redirects, secrets."""

import socket
import threading
import time

import pytest

from functions.errors import DatamartFailed, LibraryError, ServerUnavailable
from functions.microstrategy import Client, Credentials, Server, Session
from functions.microstrategy.endpoints import PROBE
from tests.support.tls import Authority
from tests.unit.microstrategy.conftest import TOKEN, ScriptedServer
from tests.unit.microstrategy.test_calls import CITY, INSTANCE, PROJECT


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


def test_a_refused_connection_was_never_sent_and_even_the_execution_request_may_be_repeated() -> None:
    client = Client(Server(f"http://127.0.0.1:{free_port()}/x"), Session(TOKEN), budget=5)
    with pytest.raises(ServerUnavailable, match="refused") as failure:
        client.execute(PROJECT, CITY, INSTANCE)
    assert (failure.value.delivery, failure.value.retry_safe) == ("not sent", True)


def test_a_name_that_does_not_resolve_was_never_sent() -> None:
    client = Client(Server("https://no-such-host.invalid/x"), Session(TOKEN), budget=5)
    with pytest.raises(ServerUnavailable) as failure:
        client.execute(PROJECT, CITY, INSTANCE)
    assert (failure.value.delivery, failure.value.retry_safe) == ("not sent", True)


def test_a_connection_that_is_cut_leaves_the_result_of_the_execution_request_unknown(
    server: ScriptedServer, client: Client
) -> None:
    server.cut()
    with pytest.raises(ServerUnavailable) as failure:
        client.execute(PROJECT, CITY, INSTANCE)
    assert (failure.value.delivery, failure.value.retry_safe) == ("unknown", False)
    assert len(server.requests) == 1


def test_a_lost_answer_to_a_look_may_be_asked_for_again(server: ScriptedServer, client: Client) -> None:
    server.cut()
    with pytest.raises(ServerUnavailable) as failure:
        client.get_execution(PROJECT, CITY, INSTANCE)
    assert (failure.value.delivery, failure.value.retry_safe) == ("unknown", True)


def test_nothing_is_repeated_on_a_kept_connection_that_the_server_has_closed(client: Client) -> None:
    """An idle connection that dies under the request: HTTP libraries like to send it again by themselves."""
    seen: list[bytes] = []
    listener = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        connection, _ = listener.accept()
        with connection:
            seen.append(connection.recv(65536))
            connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}")
            seen.append(connection.recv(65536))
        while True:
            try:
                again, _ = listener.accept()
            except OSError:
                return
            seen.append(again.recv(65536))
            again.close()

    threading.Thread(target=serve, daemon=True).start()
    client.server = Server(f"http://127.0.0.1:{listener.getsockname()[1]}/x")
    client.probe()
    with pytest.raises(ServerUnavailable) as failure:
        client.execute(PROJECT, CITY, INSTANCE)
    listener.close()
    assert failure.value.delivery == "unknown"
    assert sum(b"POST" in request for request in seen) == 1


def test_an_execution_request_goes_over_a_connection_of_its_own(client: Client) -> None:
    """One that was kept may have died long ago, as behind a gateway that forgets idle connections and says nothing."""
    listener = socket.create_server(("127.0.0.1", 0))
    seen: list[list[bytes]] = []

    def serve() -> None:
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            seen.append([])
            threading.Thread(target=answer_once, args=(connection, seen[-1]), daemon=True).start()

    def answer_once(connection: socket.socket, requests: list[bytes]) -> None:
        with connection:
            requests.append(connection.recv(65536))
            body = b'{"status": 5, "jobId": "10:a"}'
            connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body))
            requests.append(connection.recv(65536))  # and from then on it is silent

    threading.Thread(target=serve, daemon=True).start()
    client.server = Server(f"http://127.0.0.1:{listener.getsockname()[1]}/x")
    client.probe()
    assert client.execute(PROJECT, CITY, INSTANCE).job_id == "10:a"
    listener.close()
    assert [b"POST" in requests[0] for requests in seen] == [False, True]


@pytest.mark.parametrize(
    "text", [b"HTTP/1.1 200 OK\r\nX: " + b"y" * 500, b"HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n" + b"z" * 500]
)
def test_a_server_that_drips_does_not_outlive_the_calls_budget(
    server: ScriptedServer, client: Client, text: bytes
) -> None:
    server.drip(text, 0.02)
    client.budget = 0.3
    began = time.monotonic()
    with pytest.raises(ServerUnavailable) as failure:
        client.execute(PROJECT, CITY, INSTANCE)
    assert time.monotonic() - began < 5  # far from the ten seconds that the drip takes
    assert failure.value.delivery == "unknown"


def test_a_silent_server_is_given_up(server: ScriptedServer, client: Client) -> None:
    server.scripts.append(lambda connection: time.sleep(2))
    client.budget = 0.2
    with pytest.raises(ServerUnavailable) as failure:
        client.probe()
    assert failure.value.retry_safe


def test_an_answer_that_is_too_large_is_refused(server: ScriptedServer, client: Client) -> None:
    server.answer(200, b"x" * (PROBE.max_response_bytes + 1))
    with pytest.raises(DatamartFailed, match="larger than 4 MB"):
        client.probe()


@pytest.mark.parametrize(
    ("headers", "body"),
    [(("Content-Encoding: gzip",), b"\x1f\x8bgarbage"), (("Content-Encoding: gzip",), b"plain"), ((), b"")],
)
def test_a_body_that_cannot_be_read_is_an_answer_that_was_lost(
    server: ScriptedServer, client: Client, headers: tuple[str, ...], body: bytes
) -> None:
    if headers:
        server.answer(200, body, *headers)
    else:
        server.scripts.append(lambda c: c.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n{"))
    with pytest.raises(ServerUnavailable) as failure:
        client.execute(PROJECT, CITY, INSTANCE)
    assert (failure.value.delivery, failure.value.retry_safe) == ("unknown", False)


# -- addresses --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "url", ["https://h/MicroStrategyLibrary", "https://h/MicroStrategyLibrary/", "https://h/MicroStrategyLibrary/api/"]
)
def test_an_address_is_taken_with_or_without_slash_and_api(url: str) -> None:
    assert Server(url).base_url == "https://h/MicroStrategyLibrary"


@pytest.mark.parametrize(
    "url",
    [
        "",
        "h",
        "ftp://h/x",
        "http://example.com/x",
        "https://",
        "https://u:pw1234@h/x",
        "https://h/x?y=1",
        "https://h:99999/x",
    ],
)
def test_an_address_that_is_none_or_not_safe_is_refused_without_being_quoted(url: str) -> None:
    with pytest.raises(ValueError, match="base URL") as refused:
        Server(url)
    assert "pw1234" not in str(refused.value)


# -- TLS --------------------------------------------------------------------------------------------------------------


def test_a_certificate_that_nobody_vouches_for_is_refused_before_anything_is_sent(tls_port: int) -> None:
    client = Client(Server(f"https://localhost:{tls_port}/x"), Session(TOKEN), budget=5)
    with pytest.raises(ServerUnavailable, match="certificate is not trusted") as failure:
        client.execute(PROJECT, CITY, INSTANCE)
    assert failure.value.delivery == "not sent"


def test_the_connections_own_authority_is_trusted(tls_port: int, authority: Authority) -> None:
    client = Client(Server(f"https://localhost:{tls_port}/x", ca_bundle=authority.pem), Session(TOKEN), budget=5)
    client.keep_alive()
    assert client.session == Session(TOKEN)


def test_a_certificate_for_another_name_is_refused(tls_port: int, authority: Authority) -> None:
    client = Client(Server(f"https://127.0.0.1:{tls_port}/x", ca_bundle=authority.pem), Session(TOKEN), budget=5)
    with pytest.raises(ServerUnavailable) as failure:
        client.probe()
    assert failure.value.delivery == "not sent"


def test_a_ca_bundle_that_is_none_is_a_sentence_and_no_trace(tls_port: int) -> None:
    client = Client(Server(f"https://localhost:{tls_port}/x", ca_bundle="no PEM"), Session(TOKEN), budget=5)
    with pytest.raises(LibraryError):
        client.probe()


def test_the_environments_proxy_is_not_used(
    server: ScriptedServer, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTP_PROXY", f"http://127.0.0.1:{free_port()}")
    server.answer(200, b"{}")
    client.probe()
    assert len(server.requests) == 1


def test_the_connections_proxy_is_used(server: ScriptedServer) -> None:
    target = "http://127.0.0.1:1/x"
    server.answer(200, b"{}")
    Client(Server(target, proxy=f"http://127.0.0.1:{server.port}"), Session(TOKEN), budget=5).probe()
    assert server.requests[0].startswith(b"GET http://127.0.0.1:1/x/api/sessions ")


# -- secrets ----------------------------------------------------------------------------------------------------------


def test_nothing_secret_is_ever_shown(client: Client) -> None:
    credentials = Credentials(1, "user-secret", "password-secret", "api-secret")
    server = Server("https://h/x", ca_bundle="ca-secret", proxy="http://u:proxy-secret@p")
    shown = f"{credentials!r} {credentials} {server!r} {client!r} {client.session!r} {client.session}"
    assert client.session
    shown += repr(client.session.cookies)
    assert "secret" not in shown.lower()
    assert TOKEN not in shown


def test_a_server_that_quotes_what_it_was_sent_does_not_get_it_into_the_message(
    server: ScriptedServer, client: Client
) -> None:
    text = f'{{"code":"ERR006","message":"bad {TOKEN} and COOKIE-SECRET-1","ticketId":"{TOKEN}"}}'
    server.answer(400, text.encode())
    with pytest.raises(LibraryError) as failure:
        client.probe()
    assert TOKEN not in str(failure.value) + repr(failure.value) + repr(vars(failure.value))
    assert "COOKIE-SECRET-1" not in repr(vars(failure.value))


def test_a_rejected_login_does_not_quote_the_password(server: ScriptedServer) -> None:
    server.answer(401, b'{"code":"ERR003","message":"no user with pass-word-1"}')
    with pytest.raises(LibraryError) as failure:
        Client(Server(server.url)).log_in(Credentials(1, "u", "pass-word-1"))
    assert "pass-word-1" not in str(failure.value)
