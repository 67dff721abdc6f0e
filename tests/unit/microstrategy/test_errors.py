"""Error answers in all their shapes (API.md 8)."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.errors import (
    CredentialsRejected,
    DatamartFailed,
    InstanceLost,
    JobCancelled,
    LibraryError,
    NotFound,
    PermissionDenied,
    PromptAnswerRejected,
    ServerBusy,
    ServerUnavailable,
    SessionLost,
)
from functions.microstrategy import Client
from functions.microstrategy import endpoints as at
from functions.microstrategy.endpoints import Endpoint, Repeat
from functions.microstrategy.error_mapping import Envelope, exception
from tests.unit.microstrategy.conftest import ScriptedServer
from tests.unit.microstrategy.test_calls import CITY, INSTANCE, PROJECT

ENDPOINTS = [value for value in vars(at).values() if isinstance(value, Endpoint)]


def of(endpoint: Endpoint, status: int, body: Any) -> LibraryError:
    return exception(endpoint, status, body, json.dumps(body), None)


@pytest.mark.parametrize(
    ("endpoint", "status", "body", "kind"),
    [
        (at.LOG_IN, 401, {"code": "ERR003", "message": "Login failed"}, CredentialsRejected),
        (at.LOG_IN, 500, {"code": "ERR001", "iServerCode": -2147205409, "message": "no LDAP"}, CredentialsRejected),
        (at.LOG_IN, 500, {"code": "ERR001", "iServerCode": -2147204469, "message": "licence"}, PermissionDenied),
        (at.LOG_IN, 500, {"code": "ERR003", "message": "Login failed"}, CredentialsRejected),
        (at.LOG_IN, 401, None, CredentialsRejected),
        (at.LOG_IN, 101, None, ServerUnavailable),
        (at.LOG_IN, 103, None, ServerUnavailable),
        (at.LOG_IN, 407, None, DatamartFailed),
        (at.LOG_IN, 421, None, DatamartFailed),
        (at.LOG_IN, 425, None, DatamartFailed),
        (at.LOG_IN, 451, None, DatamartFailed),
        (at.LOG_IN, 502, {"code": "ERR003", "message": "Login failed"}, CredentialsRejected),
        (at.LOG_IN, 500, {"code": "ERR001", "message": "no LDAP"}, CredentialsRejected),
        (at.LOG_IN, 500, {"code": "ERR0013", "message": "unreachable"}, ServerUnavailable),
        (at.GET_EXECUTION, 401, {"code": "ERR009", "message": "expired"}, SessionLost),
        (at.GET_EXECUTION, 401, {"code": "ERR0009", "message": "expired"}, SessionLost),
        (at.GET_EXECUTION, 404, {"code": "ERR004", "iServerCode": -2147468986}, InstanceLost),
        (at.GET_EXECUTION, 404, "<html>", ServerUnavailable),
        (at.GET_EXECUTION, 500, {"code": "ERR002", "iServerCode": -2147209196}, JobCancelled),
        (at.GET_EXECUTION, 500, {"code": "ERR002", "iServerCode": -2147212544}, DatamartFailed),
        (at.GET_EXECUTION, 502, "<html>bad gateway</html>", ServerUnavailable),
        (at.GET_EXECUTION, 500, {"code": "ERR001", "message": "?"}, ServerUnavailable),
        (at.GET_EXECUTION, 520, "<html>", ServerUnavailable),
        (at.GET_EXECUTION, 501, None, ServerUnavailable),
        (at.GET_DEFINITION, 501, None, DatamartFailed),
        (at.EXECUTE, 520, "<html>", DatamartFailed),
        (at.EXECUTE, 500, {"code": "ERR001", "message": "?"}, DatamartFailed),
        (at.EXECUTE, 403, {"code": "ERR014", "iServerCode": -2147213784}, PermissionDenied),
        (at.EXECUTE, 403, {"code": "ERR0017", "iServerCode": -2147214568}, PermissionDenied),
        (at.EXECUTE, 500, {"code": "ERR001", "iServerCode": -2147209054}, ServerBusy),
        (at.GET_DEFINITION, 500, {"code": "8004cb0a", "iServerCode": -2147072486}, ServerBusy),
        (at.GET_DEFINITION, 500, {"code": "ERR001", "iServerCode": -2147209192}, ServerBusy),
        (at.GET_DEFINITION, 500, {"code": "ERR001", "iServerCode": -2147209183}, ServerBusy),
        (at.GET_DEFINITION, 500, {"code": "ERR001", "iServerCode": -2147209151}, NotFound),
        (at.CREATE_INSTANCE, 400, {"code": "8004cb0a", "iServerCode": -2147209151}, NotFound),
        (at.GET_DEFINITION, 500, {"code": "ERR001", "message": "object not found"}, NotFound),
        (at.GET_DEFINITION, 404, {"errors": [{"code": "8004cc4c", "message": "?"}]}, NotFound),
        (at.CREATE_INSTANCE, 404, {"code": "ERR004"}, NotFound),
        (at.ANSWER_PROMPTS, 400, {"code": "ERR006", "message": "required"}, PromptAnswerRejected),
        (at.ANSWER_PROMPTS, 429, None, ServerUnavailable),
        (at.SAVE, 409, {"code": "ERR015"}, DatamartFailed),
        (at.PROBE, 405, {"code": "ERR001", "message": "HTTP 405 Method Not Allowed"}, DatamartFailed),
    ],
)
def test_an_error_answer_is_what_the_contract_says(
    endpoint: Endpoint, status: int, body: Any, kind: type[LibraryError]
) -> None:
    assert type(of(endpoint, status, body)) is kind


ENVELOPES = [
    {"code": "ERR006", "message": "Invalid JSON", "ticketId": "b722"},
    {"code": "ERR001", "iServerCode": -2147209192, "message": "m", "ticketId": "b722", "subErrors": [], "x": {}},
    {
        "errors": [{"code": "8004cc4c", "message": "m", "additionalProperties": {"arguments": ["a"]}}],
        "ticketId": "b722",
    },
    {"code": "8004ccc7", "iServerCode": -2147072486, "message": "m", "ticketId": "b722"},
    {"code": "ERR001", "IserverCode": -2147209192, "message": "m", "ticketId": "b722"},
]


@pytest.mark.parametrize("body", ENVELOPES)
def test_every_envelope_is_read(body: dict[str, Any]) -> None:
    error = of(at.PROBE, 500, body)
    inner = body.get("errors", [body])[0]
    assert error.code == inner["code"]
    assert error.message == inner["message"]
    assert error.i_server_code == inner.get("iServerCode", inner.get("IserverCode"))
    assert error.ticket_id == "b722"
    assert inner["code"] in str(error)
    assert "b722" in str(error)


@pytest.mark.parametrize(
    ("code", "number"),
    [
        ("ERR009", 9),
        ("ERR0009", 9),
        ("ERR014", 14),
        ("ERR0014", 14),
        ("ERR0R22", 22),
        ("ERR001 ", 1),
        ("8004cc4c", None),
        ("ERR", None),
    ],
)
def test_both_spellings_of_an_err_code_are_one(code: str, number: int | None) -> None:
    assert Envelope(code=code).err == number


@pytest.mark.parametrize(
    ("status", "body", "delivery"),
    [
        *((status, None, "unknown") for status in (408, 500, 502, 504, 505, 520, 599)),
        (500, {"code": "ERR002", "message": "?"}, "unknown"),
        (500, {"code": "ERR002", "iServerCode": -2147206497}, "unknown"),
        *((status, None, "answered") for status in (413, 429, 503)),
        *((status, {"code": "ERR013"}, "answered") for status in (500, 502, 504)),
        (500, {"code": "ERR0016"}, "answered"),
        (500, {"code": "ERR001", "iServerCode": -2147206922}, "answered"),
    ],
)
def test_a_login_that_may_have_left_a_session_behind_is_distinguished_from_one_that_was_not_tried(
    status: int, body: Any, delivery: str
) -> None:
    error = of(at.LOG_IN, status, body)
    assert (type(error), error.delivery, error.retry_safe) == (ServerUnavailable, delivery, True)


@pytest.mark.parametrize("endpoint", [at.GET_EXECUTION, at.EXECUTE, at.FIND_PROJECT])
def test_everywhere_else_an_answer_is_an_answer(endpoint: Endpoint) -> None:
    assert {of(endpoint, status, None).delivery for status in (408, 500, 502, 503, 504)} == {"answered"}


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("Das Projekt fehlt.", "Das Projekt fehlt; the project does not exist or is not loaded"),
        ("The project is not loaded.", "The project is not loaded."),
    ],
)
def test_a_project_that_is_not_there_is_reported_in_words_whatever_the_servers_language(said: str, told: str) -> None:
    error = of(at.FIND_DATAMART, 500, {"code": "ERR001", "iServerCode": -2147209151, "message": said})
    assert error.message == told


def test_what_the_sub_errors_say_is_reported_too() -> None:
    inner = [{"iServerCode": 0, "message": "no such table"}, {"message": "no such table"}, {"message": ""}, {}, 5]
    error = of(at.GET_EXECUTION, 500, {"code": "ERR002", "message": "the job failed", "subErrors": inner})
    assert error.message == "the job failed; no such table"
    both = of(at.GET_DEFINITION, 400, {"errors": [{"code": "8004cc4c", "message": "one"}, {"message": "two"}]})
    assert both.message == "one; two"


def test_a_page_of_a_proxy_is_quoted_without_its_markup() -> None:
    error = exception(at.PROBE, 503, None, "<html><h1>Down for\n maintenance</h1></html>", None)
    assert '"Down for maintenance"' in str(error)


def test_the_text_stays_under_eight_kilobytes() -> None:
    assert len(str(of(at.PROBE, 500, {"code": "ERR001", "message": "日" * 100_000})).encode()) < 8_000


@pytest.mark.parametrize("endpoint", ENDPOINTS, ids=lambda e: f"{e.method} {e.path}")
def test_what_may_be_repeated_is_decided_by_the_table(endpoint: Endpoint) -> None:
    error = of(endpoint, 503, None)
    assert error.retry_safe is (endpoint.repeat is not Repeat.IF_NOT_SENT)


def test_execution_saving_and_events_are_never_repeated_blindly() -> None:
    never = {endpoint.step for endpoint in ENDPOINTS if endpoint.repeat is Repeat.IF_NOT_SENT}
    assert never == {"execute", "save", "save_as", "trigger_event"}


TOLD_APART = {
    "log_in": "the handler counts lost responses, and raises SessionLost after the second",
    "execute": "the handler raises ServerUnavailable only if the request was not sent",
    "trigger_event": "the handler raises ServerUnavailable only if the request was not sent",
}
"""Calls whose step is retried more often than is safe after a lost response, each with why it may be."""


def test_no_step_is_retried_more_often_than_is_safe_unless_it_recognises_lost_responses() -> None:
    unsafe = {
        one.step for one in ENDPOINTS if one.repeat is not Repeat.ALWAYS and one.step_retries > one.repeat.retries
    }
    assert unsafe == set(TOLD_APART)


def test_an_error_in_a_200_is_an_error(server: ScriptedServer, client: Client) -> None:
    server.answer(200, b'{"code":"ERR009","message":"expired"}')
    with pytest.raises(SessionLost):
        client.get_prompts(PROJECT, CITY, INSTANCE)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(
                ["code", "iServerCode", "message", "ticketId", "errors", "status", "id", "result", "elements"]
            )
            | st.text(max_size=5),
            inner,
            max_size=5,
        )
    ),
    max_leaves=12,
)
bodies = st.binary(max_size=60) | json_values.map(lambda value: json.dumps(value).encode())


class FakeReply:
    """A reply with any status and body, for the parsing alone: no sockets, thousands of cases."""

    def __init__(self, status: int, content: bytes, headers: dict[str, str]) -> None:
        from requests.structures import CaseInsensitiveDict

        from functions.microstrategy.http.transport import Reply

        self.reply = Reply(status, CaseInsensitiveDict(headers), content)


CALLS: list[Any] = [
    lambda c: c.probe(),
    lambda c: c.server_status(),
    lambda c: c.find_project("P"),
    lambda c: c.find_datamart(PROJECT, "City"),
    lambda c: c.find_datamart(PROJECT, {"name": "City", "path": "/x"}),
    lambda c: c.find_datamart(PROJECT, CITY),
    lambda c: c.get_definition(PROJECT, CITY),
    lambda c: c.create_instance(PROJECT, CITY),
    lambda c: c.execute(PROJECT, CITY, INSTANCE),
    lambda c: c.get_execution(PROJECT, CITY, INSTANCE),
    lambda c: c.get_prompts(PROJECT, CITY, INSTANCE),
    lambda c: c.get_definition_prompts(PROJECT, CITY),
    lambda c: c.search_elements(PROJECT, CITY, INSTANCE, CITY),
    lambda c: c.answer_prompts(PROJECT, CITY, INSTANCE, []),
    lambda c: c.save(PROJECT, CITY, INSTANCE),
    lambda c: c.save_as(PROJECT, CITY, INSTANCE, "n", CITY),
    lambda c: c.delete_instance(PROJECT, CITY, INSTANCE),
    lambda c: c.get_job("1:x", CITY),
    lambda c: c.cancel_job("1:x"),
    lambda c: c.log_out(),
]


@given(
    st.sampled_from(CALLS),
    st.integers(100, 599),
    bodies,
    st.sampled_from(["", "5", "soon", "Tue, 24 Nov 2026 10:00:00 GMT", "-1", "9" * 400]),
)
def test_whatever_the_server_answers_only_the_familys_errors_come_out(
    call: Any, status: int, body: bytes, retry_after: str
) -> None:
    from functions.microstrategy import Server, Session, caller

    client = Client(Server("https://h/x"), Session("token-token"))
    reply = FakeReply(status, body, {"Retry-After": retry_after}).reply
    real = caller.call
    caller.call = lambda *_, **__: reply  # type: ignore[assignment]
    try:
        call(client)
    except LibraryError as error:
        text = str(error)
    else:
        text = "it went well"
    finally:
        caller.call = real
    assert 0 < len(text.encode()) < 8_000
