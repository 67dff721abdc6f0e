"""Flaws that were found in how the client reads responses, each as the response that showed it."""

import json
from typing import Any

import pytest

from functions.errors import LibraryError, NotFound, PermissionDenied, ServerUnavailable
from functions.microstrategy import Datamart, Execution
from functions.microstrategy.http.json_decoding import DEEPEST
from tests.unit.microstrategy.any_server import COOKIE, TOKEN, AnyServer, client_of, http
from tests.unit.microstrategy.client_calls import FOUND, IDS, LONGEST
from tests.unit.microstrategy.odd_json import nested
from tests.unit.microstrategy.test_calls import CITY, INSTANCE, PROJECT


def body_of(text: str) -> bytes:
    return http(200, ["Connection: close"], text.encode())


def test_what_json_has_not_is_not_handed_on(any_server: AnyServer) -> None:
    """NaN and the like fail in DynamoDB, half a surrogate pair wherever it is written."""
    any_server.answer = body_of('{"a": NaN, "b": -Infinity, "c": 1e999, "d": "x\\ud800", "e": "\\ud83d\\ude00"}')
    assert client_of(any_server).server_status() == {
        "a": None,
        "b": None,
        "c": None,
        "d": "x?",
        "e": "\N{GRINNING FACE}",
    }


def test_a_body_that_is_nested_too_deep_is_rejected(any_server: AnyServer) -> None:
    for depth, fits in ((DEEPEST - 1, True), (DEEPEST, False), (900, False)):
        any_server.answer = body_of("[" + nested('{"a":', "}", depth) + "]")
        if fits:
            assert len(client_of(any_server).get_prompts(*IDS)) == 1
            continue
        with pytest.raises(ServerUnavailable, match="not from a Library server"):
            client_of(any_server).get_prompts(*IDS)


def test_the_brackets_in_texts_do_not_count(any_server: AnyServer) -> None:
    any_server.answer = body_of(json.dumps({"version": "[" * 500}))
    assert client_of(any_server).server_status() == {"version": "[" * 500}


def test_a_code_of_hundreds_of_digits_does_not_burst_the_error(any_server: AnyServer) -> None:
    any_server.answer = http(
        500, [], f'{{"code":"ERR001","iServerCode":{"9" * 4_300},"message":"{"m" * 9_000}"}}'.encode()
    )
    with pytest.raises(LibraryError) as failure:
        client_of(any_server).execute(*IDS)
    assert len(str(failure.value)) < LONGEST
    assert failure.value.i_server_code is None


def test_an_object_without_an_id_is_ignored(any_server: AnyServer) -> None:
    listed = [FOUND | {"id": None}, {"name": "City", "subtype": 772}, FOUND | {"id": 5}, FOUND]
    any_server.answer = body_of(json.dumps({"result": listed}))
    assert client_of(any_server).find_datamart(PROJECT, "City") == Datamart(CITY, "City")
    any_server.answer = body_of(json.dumps([{"id": ["x"], "name": "Tutorial"}, {"id": PROJECT, "name": "Tutorial"}]))
    assert client_of(any_server).find_project("Tutorial").id == PROJECT


def test_a_redirect_does_not_get_the_token_into_the_message(any_server: AnyServer) -> None:
    any_server.answer = http(302, [f"Location: https://u:p@{TOKEN}.example/x"], b"")
    with pytest.raises(LibraryError, match=r'redirected to "https://\*\*\*\.example/x"'):
        client_of(any_server).probe()


@pytest.mark.parametrize("location", ["http://[", "https://h:x/", "", "http://\xad/", f"https://{'h' * 9_000}/"])
def test_a_redirect_to_no_address_is_one_that_is_not_followed(any_server: AnyServer, location: str) -> None:
    any_server.answer = http(302, [f"Location: {location}"], b"")
    with pytest.raises(ServerUnavailable, match="not followed") as failure:
        client_of(any_server).execute(*IDS)
    assert failure.value.delivery == "unknown"
    assert len(str(failure.value)) < 500


def test_the_page_of_a_redirect_is_not_read_at_all(any_server: AnyServer) -> None:
    any_server.answer = http(302, ["Location: https://sso.example.com/"], b"x" * 20_000_000)
    with pytest.raises(ServerUnavailable, match="not followed"):
        client_of(any_server).execute(*IDS)


def test_a_header_that_is_none_does_not_bring_those_after_it_into_the_log(
    any_server: AnyServer, caplog: pytest.LogCaptureFixture
) -> None:
    any_server.answer = http(200, ["no header", f"Set-Cookie: JSESSIONID={COOKIE}", "Connection: close"], b"{}")
    client_of(any_server).server_status()
    assert COOKIE not in caplog.text


def test_a_token_that_comes_with_a_refusal_is_hidden_too(any_server: AnyServer) -> None:
    any_server.answer = http(500, ["X-MSTR-AuthToken: new-token-1"], b'{"code": "ERR002", "message": "new-token-1"}')
    with pytest.raises(LibraryError) as failure:
        client_of(any_server).probe()
    assert "new-token-1" not in str(failure.value)


@pytest.mark.parametrize("named", ["x", "", "A" * 33, f"{INSTANCE}\n", 5, None])
def test_a_job_does_not_move_to_an_instance_that_no_call_can_name(any_server: AnyServer, named: Any) -> None:
    any_server.answer = body_of(json.dumps({"status": 5, "instanceId": named}))
    assert client_of(any_server).get_execution(*IDS) == Execution(5, http_status=200)


def test_a_job_id_that_fits_into_no_item_is_ignored(any_server: AnyServer) -> None:
    any_server.answer = body_of(json.dumps({"status": 5, "jobId": "1" * 100_000}))
    assert client_of(any_server).execute(*IDS).job_id is None


def test_a_status_of_many_digits_counts_as_no_status(any_server: AnyServer) -> None:
    any_server.answer = body_of(f'{{"status": {"9" * 100}}}')
    with pytest.raises(ServerUnavailable, match="has no job status"):
        client_of(any_server).get_execution(*IDS)


def test_a_definition_that_was_saved_in_place_is_saved_whatever_the_answer_calls_it(any_server: AnyServer) -> None:
    any_server.answer = body_of('{"objectId": 5}')
    assert client_of(any_server).save(*IDS) == CITY


def test_a_token_among_the_names_that_a_message_lists_is_hidden(any_server: AnyServer) -> None:
    any_server.answer = body_of(json.dumps({"result": [FOUND | {"ancestors": [{"name": TOKEN}]}]}))
    with pytest.raises(NotFound, match=r"in /\*\*\* \(step find datamart\)"):
        client_of(any_server).find_datamart(PROJECT, {"name": "City", "path": "/x"})


def test_a_chunk_of_negative_length_is_an_answer_that_was_lost(any_server: AnyServer) -> None:
    any_server.answer = http(200, ["Transfer-Encoding: chunked"], b"-8000000000000001\r\n")
    with pytest.raises(ServerUnavailable, match="did not respond: OverflowError") as failure:
        client_of(any_server).execute(*IDS)
    assert failure.value.delivery == "unknown"


def test_a_login_mode_is_a_number(any_server: AnyServer) -> None:
    any_server.answer = body_of('{"modes": [true, 16, 1e999, "4096"]}')
    assert client_of(any_server).login_modes() == [16, 4096]


def test_a_name_that_is_not_valid_utf_8_is_not_found(any_server: AnyServer) -> None:
    any_server.answer = body_of('{"result": []}')
    with pytest.raises(NotFound):
        client_of(any_server).find_datamart(PROJECT, "City \ud800")
    with pytest.raises(PermissionDenied, match="an ID that cannot be looked up"):
        client_of(any_server).cancel_job("10:\ud800")
