"""Nothing leaves behind the caller's back, and all calls together end in time."""

import socket
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from functions.errors import DatamartFailed, ServerUnavailable
from functions.microstrategy import Client, Credentials, Server, Session
from functions.microstrategy.http.connection_pool import Abandoned, SendGuard
from tests.unit.microstrategy.conftest import TOKEN, ScriptedServer
from tests.unit.microstrategy.test_calls import CITY, INSTANCE, PROJECT, head


def test_an_execution_request_that_was_cancelled_before_it_was_sent_is_never_sent(
    server: ScriptedServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    resolved = threading.Event()
    resolve: Callable[..., Any] = socket.getaddrinfo

    def slowly(*arguments: Any, **options: Any) -> Any:
        resolved.wait(5)
        return resolve(*arguments, **options)

    monkeypatch.setattr(socket, "getaddrinfo", slowly)
    others = set(threading.enumerate())
    client = Client(Server(f"http://localhost:{server.port}/x"), Session(TOKEN), budget=0.15)
    with pytest.raises(ServerUnavailable) as failure:
        client.execute(PROJECT, CITY, INSTANCE)
    assert (failure.value.delivery, failure.value.retry_safe) == ("not sent", True)
    given_up = set(threading.enumerate()) - others
    resolved.set()
    for thread in given_up:
        thread.join(5)
        assert not thread.is_alive()
    assert len(given_up) == 1
    assert b"".join(server.requests) == b""


def test_an_execution_request_that_was_sent_before_it_was_cancelled_has_an_unknown_result(
    server: ScriptedServer, client: Client
) -> None:
    server.scripts.append(lambda connection: time.sleep(0.3))
    client.budget = 0.15
    with pytest.raises(ServerUnavailable) as failure:
        client.execute(PROJECT, CITY, INSTANCE)
    assert (failure.value.delivery, failure.value.retry_safe) == ("unknown", False)
    assert server.requests[0].startswith(b"POST ")


def test_of_leaving_and_giving_up_one_comes_first() -> None:
    late, early = SendGuard(), SendGuard()
    assert late.close() is False
    with pytest.raises(Abandoned):
        late.leave()
    early.leave()
    assert early.close() is True


# -- the budget -------------------------------------------------------------------------------------------------------


def test_the_budget_is_one_for_everything_until_it_is_set_again(server: ScriptedServer, client: Client) -> None:
    server.scripts.append(lambda connection: time.sleep(0.3))
    client.budget = 0.15
    with pytest.raises(ServerUnavailable, match="did not respond"):
        client.probe()
    with pytest.raises(ServerUnavailable, match="no time was left") as failure:
        client.execute(PROJECT, CITY, INSTANCE)
    assert (failure.value.delivery, failure.value.retry_safe) == ("not sent", True)
    client.budget = 5
    server.answer(200, b"{}")
    client.probe()
    assert sum(b"POST" in request for request in server.requests) == 0


def test_an_instance_that_cannot_be_deleted_in_time_is_not_tried_at_the_other_endpoint(
    server: ScriptedServer, client: Client
) -> None:
    silent = threading.Event()
    server.scripts.append(lambda connection: silent.wait(5))
    client.budget = 0.15
    with pytest.raises(ServerUnavailable, match="did not respond") as failure:
        client.delete_instance(PROJECT, CITY, INSTANCE)
    assert failure.value.delivery == "unknown"
    silent.set()
    client.budget = 5
    server.answer(200, b"{}")
    client.probe()
    assert [request.split(b" ")[0] for request in server.requests] == [b"DELETE", b"GET"]


def test_without_a_budget_every_call_has_its_own_time(server: ScriptedServer) -> None:
    client = Client(Server(server.url), Session(TOKEN))
    assert client.budget is None
    server.answer(200, b"{}")
    client.probe()


# -- to whom ----------------------------------------------------------------------------------------------------------


@pytest.fixture
def elsewhere() -> Iterator[socket.socket]:
    """Somebody who listens, and to whom nothing may ever come."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield listener
        listener.setblocking(False)
        with pytest.raises(BlockingIOError):
            listener.accept()


ADDRESSES = {
    "another host": "http://localhost:{here}/MicroStrategyLibrary/api/sessions",
    "another port": "http://127.0.0.1:{there}/MicroStrategyLibrary/api/sessions",
    "another scheme": "https://127.0.0.1:{here}/MicroStrategyLibrary/api/sessions",
    "a user before the host": "http://127.0.0.1:{here}@127.0.0.1:{there}/",
    "a user on the same host": "http://me@127.0.0.1:{here}/",
    "no scheme": "//127.0.0.1:{there}/",
    "a backslash": "http:\\\\127.0.0.1:{there}\\",
}


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
@pytest.mark.parametrize("address", ADDRESSES)
def test_no_redirect_takes_token_or_cookies_to_somebody_else(
    server: ScriptedServer, client: Client, elsewhere: socket.socket, address: str, status: int
) -> None:
    location = ADDRESSES[address].format(here=server.port, there=elsewhere.getsockname()[1])
    for _ in range(3):
        server.answer(status, b"", f"Location: {location}")
    with pytest.raises(ServerUnavailable, match="not followed"):
        client.probe()
    assert len(server.requests) == 3
    assert all(b"127.0.0.1:%d\r\n" % server.port in request for request in server.requests)


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
@pytest.mark.parametrize("location", ["/MicroStrategyLibrary/auth", *ADDRESSES.values()])
def test_credentials_are_sent_to_the_base_url_and_nowhere_else(
    server: ScriptedServer, elsewhere: socket.socket, location: str, status: int
) -> None:
    where = location.format(here=server.port, there=elsewhere.getsockname()[1])
    server.answer(status, b"", f"Location: {where}")
    with pytest.raises(DatamartFailed, match="correct baseUrl"):
        Client(Server(server.url)).log_in(Credentials(1, "u", "pass-word"))
    assert [head(request).splitlines()[0] for request in server.requests] == [
        "POST /MicroStrategyLibrary/api/auth/login HTTP/1.1"
    ]


def test_an_answer_that_names_an_address_of_its_own_changes_nothing(
    server: ScriptedServer, client: Client, elsewhere: socket.socket
) -> None:
    there = f"http://127.0.0.1:{elsewhere.getsockname()[1]}"
    headers = (f"Content-Location: {there}/", f"Refresh: 0; url={there}", f"Link: <{there}>; rel=canonical")
    server.answer(200, b"{}", *headers, f"Set-Cookie: a=b; Domain=127.0.0.1:{there.rpartition(':')[2]}")
    server.answer(200, b"{}")
    client.probe()
    client.probe()
    assert len(server.requests) == 2


def test_two_clients_in_one_process_send_each_its_own_to_its_own_server(server: ScriptedServer, client: Client) -> None:
    """By two names of this machine: the connections of the process are shared, and so is the port."""
    other = Client(Server(server.url.replace("127.0.0.1", "localhost")), Session("another-token"))
    for _ in range(4):
        server.answer(200, b"{}", "Set-Cookie: of-a-host=1; Path=/")
    for one in (client, other, client, other):
        one.probe()
    for request, token, host in zip(
        server.requests, (TOKEN, "another-token") * 2, ("127", "localhost") * 2, strict=True
    ):
        assert f"X-MSTR-AuthToken: {token}\r\n" in head(request) + "\r\n"
        assert f"Host: {host}" in head(request)
        assert ("COOKIE-SECRET-1" in head(request)) is (host == "127")
