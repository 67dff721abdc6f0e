"""What is kept of each HTTP request: method, path without IDs, status, time, retry and error."""

import json

import pytest

from functions.errors import NotFound, ServerUnavailable
from functions.microstrategy import CallRecord, Client
from tests.unit.microstrategy.conftest import ScriptedServer
from tests.unit.microstrategy.test_calls import CITY, INSTANCE, PROJECT

EXECUTION = "/datamarts/{datamart}/instances/{instance}/execution"


def without_times(client: Client) -> list[CallRecord]:
    assert all(call.ms >= 0 for call in client.calls)
    return [call._replace(ms=0) for call in client.calls]


def test_a_call_is_recorded_with_the_path_of_its_endpoint_and_without_ids(
    server: ScriptedServer, client: Client
) -> None:
    server.answer(200, b'{"status": 4}')
    client.get_execution(PROJECT, CITY, INSTANCE)
    assert without_times(client) == [CallRecord("GET", EXECUTION, 200, 0)]
    assert set(client.calls[0].as_json()) == {"method", "path", "status", "ms"}


def test_each_retry_is_a_record_of_its_own(server: ScriptedServer, client: Client, pauses: list[float]) -> None:
    server.answer(503, b'{"code": "ERR013", "message": "down"}')
    server.answer(200, b'{"status": 4}')
    client.get_execution(PROJECT, CITY, INSTANCE)
    failed, done = without_times(client)
    assert failed == CallRecord("GET", EXECUTION, 503, 0, error="ServerUnavailable")
    assert done == CallRecord("GET", EXECUTION, 200, 0, retry=1)
    assert pauses == []


def test_a_call_without_a_response_is_recorded_without_a_status(server: ScriptedServer, client: Client) -> None:
    server.cut()
    with pytest.raises(ServerUnavailable):
        client.execute(PROJECT, CITY, INSTANCE)
    assert without_times(client) == [CallRecord("POST", f"{EXECUTION}/jobs", None, 0, error="ServerUnavailable")]
    assert client.calls[0].as_json()["status"] is None


def test_what_is_refused_before_it_is_sent_leaves_no_record(server: ScriptedServer, client: Client) -> None:
    with pytest.raises(NotFound):
        client.get_execution(PROJECT, "not an ID", INSTANCE)
    assert client.calls == []
    assert server.requests == []


def test_a_record_holds_nothing_of_the_session(server: ScriptedServer, client: Client) -> None:
    server.answer(500, b'{"code": "x", "message": "COOKIE-SECRET-1"}')
    with pytest.raises(Exception, match=r"\*\*\*"):
        client.find_project("Planted Project")
    written = json.dumps([call.as_json() for call in client.calls])
    assert "find" not in written
    assert not {secret for secret in client.secrets if secret and secret in written}
