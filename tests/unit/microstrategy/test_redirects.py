"""A redirect is the word of somebody in between: it is never followed, and what it means depends on the call."""

from collections.abc import Callable
from typing import Any

import pytest

from functions.errors import DatamartFailed, ServerUnavailable
from functions.microstrategy import Client, Credentials, Server
from tests.unit.microstrategy.conftest import ScriptedServer
from tests.unit.microstrategy.test_calls import CITY, INSTANCE, PROJECT, head
from tests.unit.microstrategy.test_retries import READS
from tests.unit.microstrategy.test_unreadable import CALLS, NEVER_REPEATED

PLACES = {
    "another host": "https://sso.example.com/login",
    "the same host, outside the context path": "/evil-app/collect",
    "the same host, inside the context path": "/MicroStrategyLibrary/auth/login-dialog",
    "the same address": "/MicroStrategyLibrary/api/sessions",
}

AFTER_LOGIN = sorted(set(CALLS) - {"server_status", "login_modes"})


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("name", AFTER_LOGIN)
def test_after_the_login_no_redirect_is_followed_and_the_result_of_the_call_is_unknown(
    server: ScriptedServer, client: Client, name: str, place: str
) -> None:
    for _ in range(4):
        server.answer(302, b"<html>Sign in</html>", f"Location: {PLACES[place]}")
    with pytest.raises(ServerUnavailable, match="not followed") as failure:
        CALLS[name](client)
    assert (failure.value.delivery, failure.value.http_status) == ("unknown", 302)
    assert failure.value.retry_safe is (failure.value.step not in NEVER_REPEATED)
    assert f'"{PLACES[place]}"' in str(failure.value)
    assert len({head(request).splitlines()[0] for request in server.requests}) == 1, "asked at another address"
    assert len(server.requests) == (3 if name in READS else 1)


def test_nothing_is_sent_outside_the_context_path(server: ScriptedServer, client: Client) -> None:
    for _ in range(3):
        server.answer(302, b"", "Location: /evil-app/collect")
    with pytest.raises(ServerUnavailable):
        client.get_execution(PROJECT, CITY, INSTANCE)
    assert all(request.startswith(b"GET /MicroStrategyLibrary/api/") for request in server.requests)


def test_a_redirect_of_a_moment_is_not_seen_by_a_look(server: ScriptedServer, client: Client) -> None:
    server.answer(302, b"", "Location: https://sso.example.com/login")
    server.answer(200, b'{"status": 5}')
    assert client.get_execution(PROJECT, CITY, INSTANCE).status == 5


BEFORE_LOGIN: dict[str, Callable[[Client], Any]] = {
    "log_in": lambda c: c.log_in(Credentials(1, "u", "pass-word")),
    "server_status": lambda c: c.server_status(),
    "login_modes": lambda c: c.login_modes(),
}


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("name", BEFORE_LOGIN)
def test_before_the_login_a_redirect_says_that_the_base_url_is_wrong(
    server: ScriptedServer, name: str, place: str
) -> None:
    server.answer(301, b"", f"Location: {PLACES[place]}")
    with pytest.raises(DatamartFailed, match="correct baseUrl") as failure:
        BEFORE_LOGIN[name](Client(Server(server.url)))
    assert f'"{PLACES[place]}"' in str(failure.value)
    assert len(server.requests) == 1


@pytest.mark.parametrize(
    ("location", "shown"),
    [
        ("https://u:pass-word@sso.example.com/x?token=pass-word#pass-word", '"https://sso.example.com/x"'),
        ("/x;jsessionid=1234", '"/x"'),
        ("//sso.example.com", '"//sso.example.com"'),
        ("https://sso.example.com/\x1b[2J\u202e", '"https://sso.example.com/ [2J'),
        ("https://sso.example.com/" + "x" * 9_000, "…"),
        ("", "no address"),
        ("?a=b", "no address"),
        ("http://[", "no address"),
    ],
)
def test_an_address_is_shown_without_what_may_open_a_session(
    server: ScriptedServer, client: Client, location: str, shown: str
) -> None:
    server.answer(303, b"", f"Location: {location}")
    with pytest.raises(ServerUnavailable) as failure:
        client.keep_alive()
    text = str(failure.value)
    assert shown in text
    assert "pass-word" not in text
    assert text.isprintable()
    assert len(text) < 500
