"""A login that goes to the wrong place is told as that, and not as wrong credentials; no session is left behind."""

import json

import pytest

from functions.errors import CredentialsRejected, DatamartFailed, LibraryError, PermissionDenied, ServerUnavailable
from functions.microstrategy import Client, Credentials, Server
from tests.unit.microstrategy.conftest import TOKEN, ScriptedServer
from tests.unit.microstrategy.test_calls import CITY, PROJECT, head

SIGN_ON = b"<html><title>Contoso</title><form action='/saml2/x'><input name='SAMLRequest'></form></html>"
OIDC = b"<!DOCTYPE html><title>Sign in to your account</title><script src='https://login.microsoftonline.com/x'>"
BLOCKED = b"<html><title>Request Rejected</title>The requested URL was rejected. Your support ID is: 123</html>"
FORBIDDEN = b"<html>\r\n<head><title>403 Forbidden</title></head><body><center>nginx</center></body></html>"
TOMCAT = b"<!doctype html><title>HTTP Status 404 \xe2\x80\x93 Not Found</title><h1>HTTP Status 404</h1>"
SPRING = json.dumps({"timestamp": 1, "status": 404, "error": "Not Found", "path": "/api/model/datamarts"}).encode()
EXPIRED = b'{"code": "ERR009", "message": "The user\'s session has expired"}'


def refused(server: ScriptedServer) -> LibraryError:
    with pytest.raises(LibraryError) as failure:
        Client(Server(server.url)).log_in(Credentials(1, "u", "secret-word"))
    assert len(server.requests) == 1
    return failure.value


@pytest.mark.parametrize(
    ("status", "page", "sentence"),
    [
        (200, SIGN_ON, 'has no token: "Contoso"; it is a sign-on page: have the addresses below /api excluded'),
        (200, OIDC, "it is a sign-on page"),
        (401, SIGN_ON, 'HTTP 401: "'),
        (403, OIDC, "it is a sign-on page"),
        (403, BLOCKED, "a firewall or proxy in front of the Library refuses the call"),
        (406, BLOCKED, "a firewall or proxy"),
        (403, FORBIDDEN, "a firewall or proxy"),
        (403, b"", "a firewall or proxy"),
        (403, b'{"message": "Forbidden"}', "a firewall or proxy"),
        (401, b"<h1>401 Authorization Required</h1>", "a web server or proxy in front of the Library wants a sign-on"),
        (404, TOMCAT, "there is no Library at that address: baseUrl must end with the Library's context path"),
        (404, b"", "there is no Library at that address"),
        (405, b"<html>Method Not Allowed</html>", "there is no Library at that address"),
        (200, b"<html><title>Welcome to nginx!</title></html>", '"Welcome to nginx!"; there is no Library'),
    ],
)
def test_whoever_answers_a_login_in_place_of_the_library_is_named(
    server: ScriptedServer, status: int, page: bytes, sentence: str
) -> None:
    server.answer(status, page)
    error = refused(server)
    assert type(error) is DatamartFailed
    assert sentence in str(error)
    assert error.delivery == "answered"


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (401, b'{"code": "ERR003", "message": "Login failed"}'),
        (403, b'{"code": "ERR003", "message": "Login failed"}'),
        (400, b'{"code": "ERR001", "message": "no LDAP"}'),
        (401, b""),
        (400, b""),
        (401, b'{"message": "Login failed"}'),
    ],
)
def test_the_librarys_own_refusal_is_about_the_credentials(server: ScriptedServer, status: int, body: bytes) -> None:
    server.answer(status, body)
    assert type(refused(server)) is CredentialsRejected


@pytest.mark.parametrize("status", [408, 429, 502, 503, 504])
def test_a_page_of_a_gateway_at_a_login_is_still_an_outage(server: ScriptedServer, status: int) -> None:
    server.answer(status, b"<html><title>Login service is down</title></html>")
    assert type(refused(server)) is ServerUnavailable


@pytest.mark.parametrize(("status", "body"), [(404, TOMCAT), (404, SPRING), (503, b""), (503, SPRING), (405, b"")])
def test_a_modeling_service_that_is_not_there_is_named(
    server: ScriptedServer, client: Client, status: int, body: bytes
) -> None:
    for _ in range(10):
        server.answer(status, body)
    for call in (client.get_definition, client.create_instance):
        with pytest.raises(LibraryError, match="the Modeling service, by which datamarts are run, does not answer"):
            call(PROJECT, CITY)


def test_a_missing_datamart_is_not_a_missing_service(server: ScriptedServer, client: Client) -> None:
    server.answer(404, b'{"code": "ERR004", "message": "no such object"}')
    with pytest.raises(LibraryError) as failure:
        client.get_definition(PROJECT, CITY)
    assert "Modeling" not in str(failure.value)


def test_a_firewall_after_the_login_is_named_too(server: ScriptedServer, client: Client) -> None:
    server.answer(403, BLOCKED)
    with pytest.raises(DatamartFailed, match="a firewall or proxy in front of the Library"):
        client.find_project("P")
    server.answer(403, b'{"code": "ERR014", "message": "no privilege", "iServerCode": -2147213784}')
    with pytest.raises(PermissionDenied) as failure:
        client.find_project("P")
    assert "firewall" not in str(failure.value)


# -- cookies that do not come back ------------------------------------------------------------------------------------


def log_in(server: ScriptedServer, cookie: str, *then: tuple[int, bytes]) -> Client:
    """Log in where a proxy has renamed the context to /bi; ``then`` are the answers to what follows."""
    server.answer(204, b"", f"X-MSTR-AuthToken: {TOKEN}", f"Set-Cookie: JSESSIONID=C-SECRET; {cookie}")
    for status, body in then:
        server.answer(status, body)
    client = Client(Server(server.url.replace("/MicroStrategyLibrary", "/bi")))
    client.log_in(Credentials(1, "u", "p"))
    return client


@pytest.mark.parametrize(
    ("cookie", "belongs", "leads"),
    [
        ("Path=/MicroStrategyLibrary; HttpOnly", 'path "/MicroStrategyLibrary"', 'path "/bi"'),
        ("HttpOnly", 'path "/bi/api/auth"', 'path "/bi"'),
        ("Path=/; Domain=mstr.internal", 'host "mstr.internal"', 'host "127.0.0.1"'),
        ("Path=/bi; Domain=.mstr.internal", 'host "mstr.internal"', 'host "127.0.0.1"'),
    ],
)
def test_a_session_whose_cookie_never_comes_back_is_logged_out_and_both_ends_are_named(
    server: ScriptedServer, cookie: str, belongs: str, leads: str
) -> None:
    with pytest.raises(DatamartFailed) as failure:
        log_in(server, cookie, (401, EXPIRED), (204, b""))
    assert belongs in str(failure.value)
    assert leads in str(failure.value)
    assert "the session was logged out again" in str(failure.value)
    assert [request.split(b" ")[1] for request in server.requests] == [
        b"/bi/api/auth/login",
        b"/bi/api/sessions",
        b"/bi/api/auth/logout",
    ]
    assert "JSESSIONID" not in head(server.requests[1])
    assert "Cookie: JSESSIONID=C-SECRET" in head(server.requests[2])
    assert f"X-MSTR-AuthToken: {TOKEN}" in head(server.requests[2])
    assert "C-SECRET" not in str(failure.value)


def test_a_session_that_could_not_be_logged_out_is_reported(server: ScriptedServer) -> None:
    with pytest.raises(DatamartFailed, match="stays until its idle timeout"):
        log_in(server, "Path=/MicroStrategyLibrary", (401, EXPIRED), (500, b""))


def test_a_server_that_does_without_the_cookie_keeps_its_session(server: ScriptedServer) -> None:
    client = log_in(server, "Path=/MicroStrategyLibrary", (200, b'{"timeout": 1800}'))
    assert client.session
    assert client.session.token == TOKEN


@pytest.mark.parametrize(
    "cookie", ["Path=/bi", "Path=/", "Path=/bi/", "Path=/bi/api; Secure", "Path=/; Domain=127.0.0.1"]
)
def test_a_cookie_that_comes_back_costs_no_further_call(server: ScriptedServer, cookie: str) -> None:
    log_in(server, cookie)
    assert len(server.requests) == 1


def test_a_cookie_that_is_set_for_two_paths_comes_back_by_one(server: ScriptedServer) -> None:
    log_in(server, "Path=/other\r\nSet-Cookie: JSESSIONID=2; Path=/bi")
    assert len(server.requests) == 1
