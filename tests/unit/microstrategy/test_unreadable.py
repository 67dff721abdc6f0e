"""A 2xx that no Library server gave: a page of a proxy or a single sign-on, or JSON of another shape."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from functions.errors import DatamartFailed, LibraryError, ServerUnavailable
from functions.microstrategy import Client
from functions.microstrategy import endpoints as at
from functions.microstrategy.endpoints import Endpoint, Repeat, ResponseBody
from tests.unit.microstrategy.conftest import TOKEN, ScriptedServer
from tests.unit.microstrategy.test_calls import CITY, INSTANCE, PROJECT

PAGE = b"<!DOCTYPE html><head><title>Sign in &amp; go on</title><style>b{}</style></head><body>Hello</body></html>"

CALLS: dict[str, Callable[[Client], Any]] = {
    "probe": lambda c: c.probe(),
    "server_status": lambda c: c.server_status(),
    "login_modes": lambda c: c.login_modes(),
    "privileges": lambda c: c.privileges(),
    "find_project": lambda c: c.find_project("P"),
    "find_datamart": lambda c: c.find_datamart(PROJECT, "City"),
    "find_datamart by id": lambda c: c.find_datamart(PROJECT, CITY),
    "get_definition": lambda c: c.get_definition(PROJECT, CITY),
    "create_instance": lambda c: c.create_instance(PROJECT, CITY),
    "execute": lambda c: c.execute(PROJECT, CITY, INSTANCE),
    "get_execution": lambda c: c.get_execution(PROJECT, CITY, INSTANCE),
    "get_prompts": lambda c: c.get_prompts(PROJECT, CITY, INSTANCE),
    "get_definition_prompts": lambda c: c.get_definition_prompts(PROJECT, CITY),
    "search_elements": lambda c: c.search_elements(PROJECT, CITY, INSTANCE, CITY),
    "save": lambda c: c.save(PROJECT, CITY, INSTANCE),
    "save_as": lambda c: c.save_as(PROJECT, CITY, INSTANCE, "n", CITY),
    "get_job": lambda c: c.get_job("1:x", CITY),
    "answer_prompts": lambda c: c.answer_prompts(PROJECT, CITY, INSTANCE, []),
    "keep_alive": lambda c: c.keep_alive(),
    "log_out": lambda c: c.log_out(),
    "cancel_job": lambda c: c.cancel_job("1:x"),
    "find_cube": lambda c: c.find_cube(PROJECT, "Sales Cube"),
    "find_cube by id": lambda c: c.find_cube(PROJECT, CITY),
    "find_event": lambda c: c.find_event("Load done"),
    "find_event by id": lambda c: c.find_event(CITY),
    "trigger_event": lambda c: c.trigger_event(CITY),
    "publish_cube": lambda c: c.publish_cube(PROJECT, CITY),
    "cube_info": lambda c: c.cube_info(PROJECT, CITY),
}

NEVER_REPEATED = ("execute", "save", "save_as", "trigger_event")
"""Steps whose call is not made again after its response was lost."""


def refused(call: Callable[[Client], Any], client: Client) -> ServerUnavailable:
    with pytest.raises(ServerUnavailable) as failure:
        call(client)
    assert failure.value.delivery == "unknown"
    return failure.value


@pytest.mark.parametrize("name", CALLS)
def test_a_page_is_not_an_answer_to_anything(server: ScriptedServer, client: Client, name: str) -> None:
    server.answer(200, PAGE)
    error = refused(CALLS[name], client)
    assert 'the response is not from a Library server: "Sign in & go on"' in str(error)
    assert error.retry_safe is (error.step not in NEVER_REPEATED)


def test_deleting_is_not_done_by_a_page(server: ScriptedServer, client: Client) -> None:
    server.answer(200, PAGE)
    server.answer(200, PAGE)
    refused(lambda c: c.delete_instance(PROJECT, CITY, INSTANCE), client)


WRONG = {
    ResponseBody.OBJECT: (b"", b'"a text"', b"[]", b"5", b"Welcome!"),
    ResponseBody.LIST: (b"", b'"a text"', b"{}", b"null"),
    ResponseBody.OBJECT_OR_LIST: (b"", b'"a text"', b"true"),
    ResponseBody.OBJECT_OR_NOTHING: (b'"a text"', b"[]", b"5"),
}
ENDPOINTS = {value.step: value for value in vars(at).values() if isinstance(value, Endpoint)}


@pytest.mark.parametrize(
    ("name", "body"),
    [(name, body) for name in CALLS for body in WRONG.get(ENDPOINTS[name.split(" ")[0]].response_body, ())],
)
def test_json_of_another_shape_is_not_an_answer(server: ScriptedServer, client: Client, name: str, body: bytes) -> None:
    server.answer(200, body)
    assert "not from a Library server" in str(refused(CALLS[name], client))


def test_only_the_login_and_a_cubes_state_are_answered_by_a_header_alone() -> None:
    by_header = [e.step for e in ENDPOINTS.values() if e.response_body is ResponseBody.ANYTHING]
    assert by_header == ["log_in", "cube_status"]
    empty = {e.step for e in ENDPOINTS.values() if e.response_body is ResponseBody.NOTHING}
    assert empty == {"log_out", "keep_alive", "answer_prompts", "delete_instance", "cancel_job", "trigger_event"}


@pytest.mark.parametrize("body", [b"", b'""', b"{}", b"null"])
def test_an_instance_is_created_with_an_empty_answer_whose_header_names_it(
    server: ScriptedServer, client: Client, body: bytes
) -> None:
    server.answer(201, body, f"X-MSTR-MS-Instance: {INSTANCE}")
    assert client.create_instance(PROJECT, CITY) == INSTANCE
    server.answer(201, body)
    with pytest.raises(DatamartFailed, match="neither header nor body"):
        client.create_instance(PROJECT, CITY)


@pytest.mark.parametrize("body", [b"{}", b'{"status": "five"}', b'{"status": null}', b'{"status": true}'])
@pytest.mark.parametrize("name", ["execute", "get_execution"])
def test_a_response_about_a_job_that_has_no_status_is_unreadable(
    server: ScriptedServer, client: Client, name: str, body: bytes
) -> None:
    server.answer(200, body)
    error = refused(CALLS[name], client)
    assert error.retry_safe is (ENDPOINTS[name].repeat is not Repeat.IF_NOT_SENT)


def test_an_error_beside_a_status_that_is_none_is_still_the_error(server: ScriptedServer, client: Client) -> None:
    server.answer(200, b'{"status": null, "code": "ERR014", "message": "no privilege"}')
    with pytest.raises(LibraryError, match="no privilege"):
        client.get_execution(PROJECT, CITY, INSTANCE)


def test_a_page_does_not_get_the_token_into_the_message(server: ScriptedServer, client: Client) -> None:
    server.answer(200, f"<title>Session {TOKEN}</title>".encode())
    assert "Session ***" in str(refused(CALLS["probe"], client))


# -- definitions ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "answer",
    [
        {"information": {"name": "City"}},
        {"datamartOptions": {}},
        {"datamartOptions": "none"},
        {"datamartOptions": {"append": False, "datamartProperties": []}},
    ],
)
def test_a_definition_that_does_not_say_how_the_table_is_filled_is_not_harmless(
    server: ScriptedServer, client: Client, answer: dict[str, Any]
) -> None:
    server.answer(200, json.dumps(answer).encode())
    found = client.get_definition(PROJECT, CITY)
    assert (found.readable, found.append, found.runs_extra_sql) == (False, True, True)


def test_a_definition_that_says_it_is_readable(server: ScriptedServer, client: Client) -> None:
    server.answer(200, b'{"datamartOptions": {"append": false, "tableName": "T"}}')
    found = client.get_definition(PROJECT, CITY)
    assert (found.readable, found.append, found.runs_extra_sql) == (True, False, False)
