"""Runs against a Library that a proxy has given another path: they end with the reason, and leave no session."""

import socket
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest

from tests.integration.conftest import System
from tests.integration.test_log_in import loads, log_ins
from tests.support.cases import exhaustive
from tests.support.tls import listening
from tests.unit.microstrategy.conftest import read_request


@pytest.fixture
def renamed(system: System) -> Iterator[str]:
    """The address of a proxy that calls the Library's context /bi, and leaves its cookies as they are."""
    library = urlsplit(system.simulator.base_url)

    def serve(connection: socket.socket) -> None:
        request = read_request(connection).replace(b" /bi/", f" {library.path}/".encode(), 1)
        request = request.replace(b"\r\n", b"\r\nConnection: close\r\n", 1)
        with socket.create_connection((library.hostname or "", library.port or 0)) as behind:
            behind.sendall(request)
            answer = b"".join(iter(lambda: behind.recv(65536), b""))
        connection.sendall(answer.replace(b"\r\n", b"\r\nConnection: close\r\n", 1))

    with listening(serve) as port:
        yield f"http://127.0.0.1:{port}/bi"


def test_cookies_that_a_renamed_path_keeps_from_coming_back_are_reported_after_one_login(
    system: System, renamed: str
) -> None:
    path = urlsplit(system.simulator.base_url).path
    system.connect(baseUrl=renamed)
    outcome = system.run()
    assert (outcome.status, outcome.error) == ("FAILED", "DatamartFailed"), outcome.cause
    assert outcome.cause is not None
    assert outcome.cause.startswith("Loaded: no. ")
    assert f'for the path "{path}" and baseUrl has the path "/bi"' in outcome.cause
    assert log_ins(system) == [204]
    assert system.simulator.state()["sessions"] == []


def test_an_address_copied_from_a_browser_leads_to_the_library(system: System) -> None:
    system.connect(baseUrl=f" {system.simulator.base_url}/app/config?x=1#home\n", loginMode="standard")
    assert loads(system).status == "SUCCEEDED"


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"caBundle": "/etc/ssl/certs/ours.pem"}, "has a caBundle that is the name of a file"),
        exhaustive(({"proxy": "socks5://proxy:1080"}, "has a proxy that is a SOCKS proxy")),
        exhaustive(({"baseUrl": "http://mstr.example.org/x"}, "has a baseUrl that must be https://")),
    ],
)
def test_a_secret_that_cannot_be_used_ends_the_run_before_anything_is_sent(
    system: System, changes: dict[str, str], said: str
) -> None:
    system.connect(**changes)
    outcome = system.run()
    assert (outcome.status, outcome.error) == ("FAILED", "CredentialsRejected"), outcome.cause
    assert said in str(outcome.cause)
    assert system.simulator.state()["requests"] == []
