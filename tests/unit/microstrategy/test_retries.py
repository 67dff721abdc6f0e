"""Which calls are retried within their budget, how often, after which pauses, and what their error says."""

import socket
import threading
import time
from collections.abc import Callable
from typing import Any

import pytest

from functions.errors import DatamartFailed, ServerBusy, ServerUnavailable
from functions.microstrategy import Client, Server, endpoints, retries
from functions.microstrategy.caller import SLOW_SECONDS
from functions.microstrategy.http.connection_pool import Abandoned, SendGuard
from tests.unit.microstrategy.conftest import ScriptedServer
from tests.unit.microstrategy.test_calls import CITY, INSTANCE, PROJECT, head
from tests.unit.microstrategy.test_unreadable import CALLS

UNAVAILABLE = b'{"code": "ERR013", "message": "The Intelligence Server is down.", "ticketId": "T-%d"}'

READS = (
    *("probe", "server_status", "login_modes", "privileges", "find_project", "find_datamart", "find_datamart by id"),
    *("get_definition", "get_execution", "get_prompts", "get_definition_prompts", "search_elements", "get_job"),
    *("find_cube", "find_cube by id", "find_event", "find_event by id", "cube_info"),
)
"""Of the client's calls those that only read."""


def methods(server: ScriptedServer) -> list[str]:
    return [head(request).partition(" ")[0] for request in server.requests]


def failing(server: ScriptedServer, times: int, *headers: str) -> None:
    for number in range(1, times + 1):
        server.answer(503, UNAVAILABLE % number, *headers)


@pytest.mark.parametrize("name", READS)
def test_a_read_is_sent_three_times_and_the_error_has_the_last_response(
    server: ScriptedServer, client: Client, pauses: list[float], name: str
) -> None:
    failing(server, 5)
    with pytest.raises(ServerUnavailable, match="The Intelligence Server is down") as failure:
        CALLS[name](client)
    assert methods(server) == ["GET"] * 3
    assert (failure.value.http_status, failure.value.code, failure.value.ticket_id) == (503, "ERR013", "T-3")
    assert len(pauses) == 1  # the first retry follows at once


@pytest.mark.parametrize("name", sorted(set(CALLS) - set(READS)))
def test_what_changes_something_is_sent_once(server: ScriptedServer, client: Client, name: str) -> None:
    failing(server, 2)
    with pytest.raises(ServerUnavailable, match="T-1"):
        CALLS[name](client)
    assert len(server.requests) == 1


@pytest.mark.parametrize(
    "fail",
    [
        lambda server: server.cut(),
        lambda server: server.answer(502, b"<html>Bad gateway</html>"),
        lambda server: server.answer(500, b'{"code": "ERR002", "message": "x"}'),
        lambda server: server.answer(200, b"<html>Maintenance</html>"),
        lambda server: server.answer(200, b"\x1f\x8bgarbage", "Content-Encoding: gzip"),
        lambda server: server.scripts.append(lambda c: c.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n{")),
    ],
    ids=["cut", "502", "500", "page", "garbage", "breaks off"],
)
def test_a_call_that_fails_once_is_repeated(
    server: ScriptedServer, client: Client, fail: Callable[[ScriptedServer], None]
) -> None:
    fail(server)
    server.answer(200, b'{"timeout": 1800}')
    assert client.probe().timeout_seconds == 1800
    assert len(server.requests) == 2


@pytest.mark.parametrize(
    ("status", "body", "kind"),
    [
        (400, b'{"code": "ERR005", "message": "x"}', DatamartFailed),
        (500, b'{"code": "ERR001", "iServerCode": -2147209183, "message": "idle"}', ServerBusy),
    ],
)
def test_what_is_not_a_failure_of_a_moment_is_not_retried(
    server: ScriptedServer, client: Client, status: int, body: bytes, kind: type[Exception]
) -> None:
    server.answer(status, body)
    with pytest.raises(kind):
        client.probe()
    assert len(server.requests) == 1


def test_a_response_says_more_than_the_lost_ones_after_it(server: ScriptedServer, client: Client) -> None:
    failing(server, 1)
    with pytest.raises(ServerUnavailable, match="T-1"):
        client.probe()  # the server has nothing more to say, and closes the connection twice
    assert len(server.requests) == 3


def test_the_server_says_how_long_to_pause(server: ScriptedServer, client: Client, pauses: list[float]) -> None:
    failing(server, 1, "Retry-After: 2")
    server.answer(200, b"{}")
    client.probe()
    assert pauses == [2.0]


def test_no_pause_goes_beyond_the_budget(server: ScriptedServer, client: Client, pauses: list[float]) -> None:
    client.budget = 1.5
    failing(server, 1, "Retry-After: 2")
    with pytest.raises(ServerUnavailable, match="T-1") as failure:
        client.probe()
    assert (len(server.requests), pauses, failure.value.retry_after) == (1, [], 2.0)


def test_a_longer_pause_is_left_to_the_state_machine(
    server: ScriptedServer, client: Client, pauses: list[float]
) -> None:
    client.budget = 50
    failing(server, 1, f"Retry-After: {retries.MAX_PAUSE_SECONDS + 1:.0f}")
    with pytest.raises(ServerUnavailable, match="T-1") as failure:
        client.probe()
    assert (len(server.requests), pauses, failure.value.retry_after) == (1, [], 6.0)


def test_retries_have_the_rest_of_the_budget_and_no_budget_of_their_own(server: ScriptedServer, client: Client) -> None:
    held = threading.Event()
    client.budget = 0.4
    server.cut()
    server.scripts.append(lambda connection: held.wait(5))
    began = time.monotonic()
    with pytest.raises(ServerUnavailable, match=r"no complete response|sent nothing for too long"):
        client.probe()
    held.set()
    assert time.monotonic() - began < 3
    assert len(server.requests) == 2


def test_a_call_that_was_given_up_sends_nothing_more(server: ScriptedServer, client: Client) -> None:
    """The thread of an abandoned call sees its connection end, and does not take that for a reason to retry."""
    others = set(threading.enumerate())
    held = threading.Event()
    server.scripts.append(lambda connection: held.wait(5))
    client.budget = 0.2
    with pytest.raises(ServerUnavailable) as failure:
        client.get_execution(PROJECT, CITY, INSTANCE)
    assert (failure.value.delivery, failure.value.timed_out) == ("unknown", True)
    for thread in set(threading.enumerate()) - others:
        thread.join(5)
        assert not thread.is_alive()
    held.set()
    assert len(server.requests) == 1


# -- what may still be running ----------------------------------------------------------------------------------------

LOOK_UPS: dict[str, tuple[Callable[[Client], Any], str]] = {
    "elements": (lambda c: c.search_elements(PROJECT, CITY, INSTANCE, CITY), "IDs need no look-up"),
    "objects": (lambda c: c.search_objects(PROJECT, CITY, INSTANCE, CITY), "with both they need no look-up"),
    "project": (lambda c: c.find_project("P"), "an ID needs no look-up"),
    "datamart": (lambda c: c.find_datamart(PROJECT, "City"), "an ID needs no search"),
    "folder": (lambda c: c.find_folder(PROJECT, "/Public Objects"), "an ID needs no search"),
    "cube": (lambda c: c.find_cube(PROJECT, "Sales Cube"), "an ID needs no search"),
    "event": (lambda c: c.find_event("Load done"), "an ID needs no list"),
    "attribute": (lambda c: c.find_objects(PROJECT, "Year", "attribute"), "IDs need no search"),
}


@pytest.mark.parametrize("name", LOOK_UPS)
def test_a_query_that_may_still_be_running_is_not_started_again(
    server: ScriptedServer, client: Client, name: str
) -> None:
    held = threading.Event()
    server.scripts.append(lambda connection: held.wait(5))
    client.budget = 0.3
    call, instead = LOOK_UPS[name]
    with pytest.raises(ServerUnavailable, match=instead) as failure:
        call(client)
    held.set()
    assert "may still be running" in str(failure.value)
    assert (failure.value.timed_out, failure.value.may_pass) == (True, False)
    assert len(server.requests) == 1


def test_a_look_that_timed_out_is_not_sent_again_although_there_is_time_for_it(
    server: ScriptedServer, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(vars(endpoints.GET_EXECUTION), "read_timeout", 0.2)
    held = threading.Event()
    server.scripts.append(lambda connection: held.wait(5))
    for _ in range(3):
        server.answer(200, b"{}")
    client.budget = 50
    with pytest.raises(ServerUnavailable) as failure:
        client.get_execution(PROJECT, CITY, INSTANCE)
    held.set()
    client.probe()  # the server takes one connection after the other: what came before this one is noted by now
    assert (failure.value.timed_out, failure.value.may_pass) == (True, True)
    assert ["/execution " in head(request) for request in server.requests] == [True, False]


@pytest.mark.parametrize(("seconds", "sent"), [(SLOW_SECONDS + 1, 1), (0.0, 3)])
@pytest.mark.parametrize("status", [408, 504])
def test_a_gateway_that_has_waited_long_counts_as_a_query_that_may_still_be_running(
    server: ScriptedServer, client: Client, monkeypatch: pytest.MonkeyPatch, status: int, seconds: float, sent: int
) -> None:
    began, passed = time.monotonic(), [0.0]
    monkeypatch.setattr("functions.microstrategy.caller.time.monotonic", lambda: began + passed[0])

    def late(number: int) -> Callable[[Any], None]:
        def answer(connection: Any) -> None:
            passed[0] += seconds
            connection.sendall(b"HTTP/1.1 %d X\r\nContent-Length: 0\r\nConnection: close\r\n\r\n" % number)

        return answer

    server.scripts += [late(status)] * 3
    client.budget = 50
    with pytest.raises(ServerUnavailable) as failure:
        client.search_elements(PROJECT, CITY, INSTANCE, CITY)
    assert (len(server.requests), failure.value.timed_out) == (sent, sent == 1)


@pytest.mark.parametrize(
    "name", [*LOOK_UPS, "definition", "create", "prompts", "execute", "save", "trigger", "publish"]
)
def test_a_slow_call_may_take_all_the_time_that_its_step_has(
    server: ScriptedServer, client: Client, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    calls = {title: call for title, (call, _) in LOOK_UPS.items()} | {
        "definition": lambda c: c.get_definition(PROJECT, CITY),
        "create": lambda c: c.create_instance(PROJECT, CITY),
        "prompts": lambda c: c.get_prompts(PROJECT, CITY, INSTANCE),
        "execute": lambda c: c.execute(PROJECT, CITY, INSTANCE),
        "save": lambda c: c.save(PROJECT, CITY, INSTANCE),
        "trigger": lambda c: c.trigger_event(CITY),
        "publish": lambda c: c.publish_cube(PROJECT, CITY),
    }
    waited: list[float] = []
    monkeypatch.setattr("functions.microstrategy.http.transport.requests.adapters.HTTPAdapter.send", _noting(waited))
    client.budget = 57
    with pytest.raises(ServerUnavailable):
        calls[name](client)
    assert min(waited) > 55


def _noting(waited: list[float]) -> Callable[..., Any]:
    def send(*_: Any, timeout: tuple[float, float], **__: Any) -> Any:
        waited.append(timeout[1])
        raise ConnectionResetError("reset")

    return send


# -- a server that never ends -----------------------------------------------------------------------------------------


def endless_continue(connection: Any) -> None:
    while True:
        connection.sendall(b"HTTP/1.1 100 Continue\r\n\r\n" * 50)


def endless_head(connection: Any) -> None:
    connection.sendall(b"HTTP/1.1 200 OK\r\n")
    for _ in range(2_000):
        connection.sendall(b"X")
        time.sleep(0.005)


def endless_body(connection: Any) -> None:
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n")
    for _ in range(2_000):
        connection.sendall(b"X")
        time.sleep(0.005)


@pytest.mark.parametrize("script", [endless_continue, endless_head, endless_body])
def test_the_thread_of_a_call_ends_with_the_call(
    server: ScriptedServer, client: Client, script: Callable[[Any], None]
) -> None:
    others = set(threading.enumerate())
    server.scripts.append(script)
    client.budget = 0.3
    with pytest.raises(ServerUnavailable, match=r"no complete response|sent nothing for too long"):
        client.get_execution(PROJECT, CITY, INSTANCE)
    threads = set(threading.enumerate()) - others
    for thread in threads:
        thread.join(5)
    assert [thread.name for thread in threads if thread.is_alive()] == []


def test_a_tls_handshake_that_drips_ends_with_the_call(server: ScriptedServer, client: Client) -> None:
    listener = socket.create_server(("127.0.0.1", 0))

    def drip() -> None:
        connection, _ = listener.accept()
        with connection:
            connection.recv(65536)
            connection.sendall(b"\x16\x03\x03\x40\x00")  # a handshake record of 16 KB, byte by byte
            for _ in range(2_000):
                try:
                    connection.sendall(b"\x02")
                except OSError:
                    return
                time.sleep(0.005)

    threading.Thread(target=drip, daemon=True, name="drip").start()
    others = set(threading.enumerate())
    client.server = Server(f"https://127.0.0.1:{listener.getsockname()[1]}/x")
    client.budget = 0.3
    with pytest.raises(ServerUnavailable, match=r"no complete response|sent nothing for too long") as failure:
        client.execute(PROJECT, CITY, INSTANCE)
    assert failure.value.delivery == "not sent"
    for thread in set(threading.enumerate()) - others:
        thread.join(5)
        assert not thread.is_alive()
    listener.close()


def test_what_was_abandoned_uses_no_other_socket() -> None:
    near, far = socket.socketpair()
    guard = SendGuard()
    guard.is_on(near.fileno())
    guard.leave()
    assert guard.abandon() is True
    assert far.recv(1) == b""
    for late in (lambda: guard.is_on(near.fileno()), guard.leave):
        with pytest.raises(Abandoned):
            late()
    near.close()
    far.close()
