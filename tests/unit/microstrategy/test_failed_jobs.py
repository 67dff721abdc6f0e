"""What an answer about a failed job tells, and that it tells no secret."""

import json
from typing import Any

import pytest

from functions.errors import LibraryError, ServerUnavailable
from functions.microstrategy import Client, Credentials, Server, Session
from functions.microstrategy.http.redaction import redactor
from tests.unit.microstrategy.conftest import TOKEN, ScriptedServer
from tests.unit.microstrategy.test_calls import CITY, INSTANCE, PROJECT


def answered(server: ScriptedServer, client: Client, body: dict[str, Any]) -> Any:
    server.answer(200, json.dumps(body).encode())
    return client.get_execution(PROJECT, CITY, INSTANCE)


def test_a_failed_job_carries_its_whole_error(server: ScriptedServer, client: Client) -> None:
    body = {
        "status": 3,
        "code": "ERR002",
        "IserverCode": -2147212544,
        "message": "QueryEngine encountered error",
        "ticketId": "b722",
        "subErrors": [{"message": "table or view does not exist"}],
    }
    found = answered(server, client, body)
    assert (found.code, found.http_status, found.i_server_code, found.ticket_id) == ("ERR002", 200, -2147212544, "b722")
    assert found.message == "QueryEngine encountered error; table or view does not exist"


@pytest.mark.parametrize("body", [{"errorMessage": "deep"}, {"errors": [{"message": "deep"}]}])
def test_the_reason_is_found_wherever_it_stands(server: ScriptedServer, client: Client, body: dict[str, Any]) -> None:
    assert answered(server, client, {"status": 18} | body).message == "deep"


@pytest.mark.parametrize("status", [3, 18])
def test_a_failed_job_without_a_message_keeps_what_was_answered(
    server: ScriptedServer, client: Client, status: int
) -> None:
    found = answered(server, client, {"status": status, "reason": "x" * 1_000})
    assert found.message.startswith(f'{{"status": {status}, "reason": "xxx')
    assert len(found.message) == 500
    assert answered(server, client, {"status": 5}).message is None


def test_a_server_that_quotes_the_token_does_not_get_it_into_the_answer(server: ScriptedServer, client: Client) -> None:
    found = answered(
        server,
        client,
        {
            "status": 3,
            "code": f"E {TOKEN}",
            "message": f"bad {TOKEN}",
            "ticketId": "t" * 110 + TOKEN,
            "subErrors": [{"message": "COOKIE-SECRET-1"}],
        },
    )
    assert (found.message, found.ticket_id, found.code) == ("bad ***; ***", "t" * 110 + "***", "E ***")
    raw = answered(server, client, {"status": 3, "x": "x" * 470 + TOKEN})
    assert TOKEN[:4] not in raw.message


@pytest.mark.parametrize("filler", range(170, 205, 5))
def test_a_token_that_stands_where_a_page_is_cut_is_hidden_whole(
    server: ScriptedServer, client: Client, filler: int
) -> None:
    server.answer(503, f"<html>{'x' * filler} {TOKEN}</html>".encode())
    with pytest.raises(ServerUnavailable) as failure:
        client.get_execution(PROJECT, CITY, INSTANCE)
    assert TOKEN[:4] not in str(failure.value)


def test_a_cookie_that_the_answer_replaces_is_hidden_too(server: ScriptedServer, client: Client) -> None:
    server.answer(500, b"COOKIE-SECRET-1 is now COOKIE-SECRET-2", "Set-Cookie: JSESSIONID=COOKIE-SECRET-2; Path=/")
    with pytest.raises(LibraryError, match=r"\*\*\* is now \*\*\*"):
        client.probe()


def test_a_password_is_hidden_in_whichever_spelling_it_is_quoted(server: ScriptedServer) -> None:
    password = 'pa"ss&wo rd\\1'
    quoted = ('pa\\"ss&wo rd\\\\1', "pa&quot;ss&amp;wo rd\\1", "pa%22ss%26wo%20rd%5C1", "pa%22ss%26wo+rd%5C1")
    server.answer(503, " | ".join(quoted).encode())
    with pytest.raises(ServerUnavailable, match=r"\*\*\* \| \*\*\* \| \*\*\* \| \*\*\*"):
        Client(Server(server.url)).log_in(Credentials(1, "u", password))


def test_of_two_secrets_that_begin_alike_nothing_of_the_longer_one_is_left() -> None:
    assert redactor(["abcd", "abcdefgh", "", "xyz"])("abcdefgh abcd xyz") == "*** *** xyz"


def test_a_session_that_is_gone_is_logged_out(server: ScriptedServer) -> None:
    for status, body in ((401, b'{"code":"ERR003"}'), (404, b'{"code":"ERR004"}'), (401, b'{"code":"ERR009"}')):
        server.answer(status, body)
        client = Client(Server(server.url), Session(TOKEN), budget=5)
        client.log_out()
        assert client.session is None


@pytest.mark.parametrize("status", [401, 404])
def test_a_page_does_not_prove_that_a_session_is_gone(server: ScriptedServer, status: int) -> None:
    server.answer(status, b"<html>")
    client = Client(Server(server.url), Session(TOKEN), budget=5)
    with pytest.raises(ServerUnavailable):
        client.log_out()
    assert client.session is not None
