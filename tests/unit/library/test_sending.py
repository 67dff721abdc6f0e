"""Nothing leaves behind the caller's back, and all calls together end in time."""

import socket
import threading
import time
from collections.abc import Callable
from typing import Any

import pytest

from functions.library import Client, Server, ServerUnavailable, Session
from functions.library.connections import Abandoned, Passage
from tests.unit.library.conftest import TOKEN, ScriptedServer
from tests.unit.library.test_calls import CITY, INSTANCE, PROJECT


def test_an_order_that_was_given_up_before_it_left_never_leaves(
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


def test_an_order_that_has_left_when_it_is_given_up_is_in_doubt(server: ScriptedServer, client: Client) -> None:
    server.scripts.append(lambda connection: time.sleep(0.3))
    client.budget = 0.15
    with pytest.raises(ServerUnavailable) as failure:
        client.execute(PROJECT, CITY, INSTANCE)
    assert (failure.value.delivery, failure.value.retry_safe) == ("unknown", False)
    assert server.requests[0].startswith(b"POST ")


def test_of_leaving_and_giving_up_one_comes_first() -> None:
    late, early = Passage(), Passage()
    assert late.close() is False
    with pytest.raises(Abandoned):
        late.leave()
    early.leave()
    assert early.close() is True


# -- the budget -------------------------------------------------------------------------------------------------------


def test_the_budget_is_one_for_everything_until_it_is_set_again(server: ScriptedServer, client: Client) -> None:
    server.scripts.append(lambda connection: time.sleep(0.3))
    client.budget = 0.15
    with pytest.raises(ServerUnavailable, match="gave no answer"):
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
    with pytest.raises(ServerUnavailable, match="gave no answer") as failure:
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
