"""Each decision that maps an error response to an exception: fields, kind, and whether a session may be left."""

import json
from typing import Any

import pytest

from functions.errors import (
    CredentialsRejected,
    DatamartFailed,
    InstanceLost,
    LibraryError,
    NotFound,
    PermissionDenied,
    PromptAnswerRejected,
    ServerUnavailable,
    SessionLost,
)
from functions.microstrategy import endpoints as at
from functions.microstrategy.endpoints import Endpoint
from functions.microstrategy.error_mapping import Envelope, exception, fields_of, is_not_ready, read

PAGE = "<html><title>Not here</title></html>"
ENDPOINTS = {value.step: value for value in vars(at).values() if isinstance(value, Endpoint)}

OF_AN_INSTANCE = {"execute", "get_execution", "get_prompts", "answer_prompts", "save", "save_as", "delete_instance"}
ABOUT_A_JOB = {
    *("get_execution", "get_prompts", "answer_prompts", "get_job", "cancel_job", "delete_instance", "log_out"),
}
READ_AN_OBJECT = {
    *("find_project", "find_datamart", "find_folder", "find_objects", "get_definition", "get_job", "cancel_job"),
    *("find_cube", "find_event"),
}


def of(endpoint: Endpoint, status: int, body: Any = None, text: str | None = None) -> LibraryError:
    return exception(endpoint, status, body, json.dumps(body) if text is None else text, None)


def kind(endpoint: Endpoint, status: int, body: Any = None, text: str | None = None) -> type[LibraryError]:
    return type(of(endpoint, status, body, text))


# -- the fields of an envelope ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "fields"),
    [
        (None, Envelope()),
        ("ERR004", Envelope()),
        ({}, Envelope()),
        ({"code": 4, "ticketId": 7}, Envelope(code="4", ticket_id="7")),
        ({"code": ["ERR004"], "ticketId": {}, "message": 5}, Envelope()),
        ({"CODE": "ERR004", "TicketID": "t"}, Envelope(code="ERR004", ticket_id="t")),
        ({"code": "x" * 65, "ticketId": "t" * 129}, Envelope(code="x" * 64, ticket_id="t" * 128)),
        ({"message": "one", "errorMessage": "two"}, Envelope(message="one; two")),
        ({"message": " ", "errorMessage": ""}, Envelope()),
        ({"message": "one", "subErrors": [{"message": "two"}]}, Envelope(message="one; two")),
        (
            {"ticketId": "t", "code": "outer", "errors": [{"code": "a", "message": "one"}, {"message": "two"}]},
            Envelope(code="a", message="one; two", ticket_id="t"),
        ),
        ({"errors": [{"code": "a", "ticketId": "inner"}], "ticketId": "t"}, Envelope(code="a", ticket_id="inner")),
    ],
)
def test_the_fields_of_an_envelope_are_read_wherever_they_are(body: Any, fields: Envelope) -> None:
    assert fields_of(body, str) == fields


@pytest.mark.parametrize(
    ("value", "code"),
    [(1, 1), (-2147205459, -2147205459), (0, None), (True, None), (10**200, None), ("5", None), (None, None)],
)
def test_an_i_server_code_is_a_number_that_is_not_zero(value: Any, code: int | None) -> None:
    assert fields_of({"iServerCode": value}, str).i_server_code == code


@pytest.mark.parametrize(
    ("body", "is_envelope"),
    [
        ({"code": "ERR004"}, True),
        ({"iServerCode": -1}, True),
        ({"message": "no"}, False),
        ({"ticketId": "t"}, False),
        (None, False),
    ],
)
def test_an_envelope_has_a_code(body: Any, is_envelope: bool) -> None:
    assert (read(body) is not None) is is_envelope


@pytest.mark.parametrize(
    ("code", "i_server_code", "not_ready"),
    [("ERR008", None, True), ("ERR009", None, False), ("ERR001", -2147468903, True), (None, None, False)],
)
def test_a_result_that_is_not_there_yet_is_no_failure(
    code: str | None, i_server_code: int | None, not_ready: bool
) -> None:
    assert is_not_ready(LibraryError("?", code=code, i_server_code=i_server_code)) is not_ready


# -- what is raised ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("code", "error"),
    [
        ("ERR003", CredentialsRejected),
        ("ERR004", NotFound),
        ("ERR009", SessionLost),
        ("ERR013", ServerUnavailable),
        ("ERR014", PermissionDenied),
        ("ERR016", ServerUnavailable),
        ("ERR017", PermissionDenied),
        ("ERR005", DatamartFailed),
    ],
)
def test_an_err_code_means_the_same_under_every_status(code: str, error: type[LibraryError]) -> None:
    assert {kind(at.FIND_PROJECT, status, {"code": code}) for status in (400, 422)} == {error}


@pytest.mark.parametrize(
    ("status", "error"),
    [
        (401, SessionLost),
        (403, PermissionDenied),
        (408, ServerUnavailable),
        (413, ServerUnavailable),
        (429, ServerUnavailable),
        (502, ServerUnavailable),
        (503, ServerUnavailable),
        (504, ServerUnavailable),
        (500, DatamartFailed),
        (505, DatamartFailed),
        (400, DatamartFailed),
        (406, DatamartFailed),
    ],
)
def test_a_status_decides_where_an_execution_request_got_no_envelope(status: int, error: type[LibraryError]) -> None:
    assert kind(at.EXECUTE, status, text="") is error


@pytest.mark.parametrize(
    ("status", "error"),
    [
        (400, DatamartFailed),
        (404, NotFound),
        (499, DatamartFailed),
        (500, ServerUnavailable),
        (501, DatamartFailed),
        (520, ServerUnavailable),
        (200, ServerUnavailable),
    ],
)
def test_what_may_be_asked_again_is_unavailable_unless_it_was_refused(status: int, error: type[LibraryError]) -> None:
    assert kind(at.FIND_PROJECT, status, text="") is error


@pytest.mark.parametrize("step", sorted(set(ENDPOINTS) - {"log_in"}))
def test_a_404_of_the_library_says_that_the_instance_is_gone_where_one_is_named(step: str) -> None:
    expected = InstanceLost if step in OF_AN_INSTANCE else NotFound
    assert kind(ENDPOINTS[step], 404, {"code": "ERR004"}) is expected


@pytest.mark.parametrize("step", sorted(ABOUT_A_JOB))
@pytest.mark.parametrize("status", [401, 403, 404])
def test_a_page_says_nothing_about_a_job(step: str, status: int) -> None:
    assert kind(ENDPOINTS[step], status, text=PAGE) is ServerUnavailable


@pytest.mark.parametrize("step", sorted(OF_AN_INSTANCE - ABOUT_A_JOB))
def test_a_404_without_an_envelope_says_that_the_instance_is_gone_where_no_job_is_asked_about(step: str) -> None:
    assert kind(ENDPOINTS[step], 404, text=PAGE) is InstanceLost


@pytest.mark.parametrize("step", ENDPOINTS)
def test_a_missing_object_may_be_an_internal_error_of_the_calls_that_read_one(step: str) -> None:
    assert (kind(ENDPOINTS[step], 500, {"code": "ERR001"}) is NotFound) is (step in READ_AN_OBJECT)


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (502, {"code": "ERR001"}),
        (501, {"code": "ERR001"}),
        (500, {"code": "ERR002"}),
        (500, {"code": "ERR001", "iServerCode": -1}),
        (500, None),
    ],
)
def test_another_internal_error_says_nothing_about_an_object(status: int, body: Any) -> None:
    assert kind(at.FIND_PROJECT, status, body) is not NotFound


@pytest.mark.parametrize(
    ("endpoint", "status", "error"),
    [
        (at.ANSWER_PROMPTS, 400, PromptAnswerRejected),
        (at.ANSWER_PROMPTS, 401, SessionLost),
        (at.ANSWER_PROMPTS, 409, DatamartFailed),
        (at.EXECUTE, 400, DatamartFailed),
    ],
)
def test_only_a_bad_request_with_answers_is_about_the_answers(
    endpoint: Endpoint, status: int, error: type[LibraryError]
) -> None:
    assert kind(endpoint, status, {"code": "ERR006"}) is error


@pytest.mark.parametrize(
    ("body", "text", "error"),
    [
        (None, PAGE, DatamartFailed),
        (None, "no", PermissionDenied),
        ({"code": "ERR006"}, PAGE, PermissionDenied),
    ],
)
def test_a_firewalls_403_says_nothing_about_privileges(body: Any, text: str, error: type[LibraryError]) -> None:
    assert kind(at.FIND_PROJECT, 403, body, text) is error


def test_an_i_server_code_outweighs_the_err_code_and_the_status() -> None:
    assert kind(at.EXECUTE, 404, {"code": "ERR009", "iServerCode": -2147213784}) is PermissionDenied


@pytest.mark.parametrize(
    ("endpoint", "status", "retry_safe"),
    [(at.FIND_PROJECT, 503, True), (at.EXECUTE, 503, False), (at.FIND_PROJECT, 400, False), (at.EXECUTE, 400, False)],
)
def test_only_an_outage_is_safe_to_retry_and_only_where_a_repeated_call_does_no_harm(
    endpoint: Endpoint, status: int, retry_safe: bool
) -> None:
    assert of(endpoint, status).retry_safe is retry_safe


# -- texts ------------------------------------------------------------------------------------------------------------


def test_advice_is_given_only_about_a_response_that_is_not_the_librarys() -> None:
    assert "a firewall or proxy" in of(at.FIND_PROJECT, 403, None, PAGE).message
    assert of(at.FIND_PROJECT, 403, {"code": "ERR014", "message": "no privilege"}, PAGE).message == "no privilege"
    assert of(at.FIND_PROJECT, 500, None, PAGE).message == 'the server answered HTTP 500: "Not here"'
    assert of(at.FIND_PROJECT, 500, None, "").message == "the server answered HTTP 500 without a reason"


# -- the login --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("status", "body", "text", "error"),
    [
        (500, {"code": "ERR014"}, "", PermissionDenied),
        (500, {"code": "ERR017"}, "", PermissionDenied),
        (500, {"code": "ERR016"}, "", ServerUnavailable),
        (400, {"code": "ERR016"}, "", ServerUnavailable),
        (500, {"code": "ERR002"}, "", ServerUnavailable),
        (501, {"code": "ERR002"}, "", ServerUnavailable),
        (200, {"code": "ERR002"}, "", CredentialsRejected),
        (499, {"code": "ERR002"}, "", CredentialsRejected),
        (407, {"code": "ERR002"}, "", CredentialsRejected),
        (404, {"code": "ERR004"}, PAGE, CredentialsRejected),
        (199, {"code": "ERR002"}, "", ServerUnavailable),
        (400, None, PAGE, DatamartFailed),
        (400, None, "", CredentialsRejected),
        (404, None, "", DatamartFailed),
        (408, None, PAGE, ServerUnavailable),
    ],
)
def test_a_failed_login_is_about_the_credentials_only_where_the_library_says_so(
    status: int, body: Any, text: str, error: type[LibraryError]
) -> None:
    assert kind(at.LOG_IN, status, body, text) is error


@pytest.mark.parametrize(
    ("status", "body", "delivery"),
    [
        (400, None, "answered"),
        (401, {"code": "ERR003"}, "answered"),
        (500, {"iServerCode": -2147206922}, "answered"),
        (503, {"iServerCode": -2147206497}, "answered"),
        (500, {"iServerCode": -2147206497}, "unknown"),
        (500, {"iServerCode": -1}, "unknown"),
    ],
)
def test_a_login_may_have_left_a_session_behind_only_where_nobody_says_that_it_was_refused(
    status: int, body: Any, delivery: str
) -> None:
    assert of(at.LOG_IN, status, body, "").delivery == delivery
