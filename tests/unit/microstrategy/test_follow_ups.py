"""Events and cubes: what goes over the wire, and how it is read (API.md 12)."""

import json
from typing import Any

import pytest

from functions.errors import (
    DatamartFailed,
    LibraryError,
    NotFound,
    PermissionDenied,
    ServerUnavailable,
    SessionLost,
)
from functions.microstrategy import Client, CubeInfo, CubeStatus, FoundObject, ServerEvent
from tests.unit.microstrategy.client_calls import ANCESTORS, CUBE, EVENT, EVENTS
from tests.unit.microstrategy.conftest import TOKEN, ScriptedServer
from tests.unit.microstrategy.test_calls import CITY, PROJECT, head

OTHER = "D" * 32


def answer(server: ScriptedServer, body: Any, status: int = 200, *headers: str) -> None:
    server.answer(status, json.dumps(body).encode(), *headers)


# -- events -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("listed", [EVENTS, EVENTS["events"]], ids=["in an envelope", "bare"])
def test_an_event_is_found_by_its_name(server: ScriptedServer, client: Client, listed: Any) -> None:
    answer(server, listed)
    assert client.find_event("Load done") == ServerEvent(CITY, "Load done")
    assert head(server.requests[0]).startswith("GET /MicroStrategyLibrary/api/events HTTP")


def test_an_event_is_found_by_its_id(server: ScriptedServer, client: Client) -> None:
    answer(server, EVENT)
    assert client.find_event(CITY.lower()) == ServerEvent(CITY, "Load done")
    assert f"GET /MicroStrategyLibrary/api/events/{CITY} " in head(server.requests[0])


def test_an_events_name_in_the_right_case_wins(server: ScriptedServer, client: Client) -> None:
    listed = [EVENT | {"name": "LOAD DONE", "id": OTHER}, EVENT]
    for asked, found in (("Load done", CITY), ("LOAD DONE", OTHER)):
        answer(server, {"events": listed})
        assert client.find_event(asked).id == found


def test_a_misspelt_event_is_not_found_and_the_nearest_are_named(server: ScriptedServer, client: Client) -> None:
    answer(server, EVENTS)
    with pytest.raises(NotFound, match='no event "Laod done"; the nearest are Load done') as failure:
        client.find_event("Laod done")
    assert failure.value.step == "find_event"


def test_an_event_name_of_two_events_is_not_found_and_their_ids_are_named(
    server: ScriptedServer, client: Client
) -> None:
    answer(server, {"events": [EVENT, EVENT | {"id": OTHER}]})
    with pytest.raises(NotFound, match=f'the event name "Load done" is not unique: {CITY}, {OTHER}'):
        client.find_event("Load done")


def test_events_without_a_name_or_an_id_are_ignored(server: ScriptedServer, client: Client) -> None:
    answer(server, {"events": [EVENT | {"id": 5}, EVENT | {"name": None}, "Load done", EVENT]})
    assert client.find_event("Load done").id == CITY


def test_a_token_among_the_names_of_events_is_redacted(server: ScriptedServer, client: Client) -> None:
    answer(server, {"events": [EVENT | {"name": f"{TOKEN}s"}]})
    with pytest.raises(NotFound, match=r"the nearest are \*\*\*s"):
        client.find_event(f"{TOKEN[:-1]}x")


def test_an_event_is_triggered_without_a_project_and_a_body(server: ScriptedServer, client: Client) -> None:
    server.answer(204)
    client.trigger_event(CITY)
    sent = head(server.requests[0])
    assert sent.startswith(f"POST /MicroStrategyLibrary/api/events/{CITY}/trigger HTTP")
    assert "X-MSTR-ProjectID" not in sent
    assert f"X-MSTR-AuthToken: {TOKEN}" in sent


@pytest.mark.parametrize("status", [200, 202, 204])
def test_any_2xx_says_that_an_event_was_triggered(server: ScriptedServer, client: Client, status: int) -> None:
    server.answer(status, b"" if status == 204 else b"{}")
    client.trigger_event(CITY)


def test_a_lost_response_to_a_trigger_is_unknown_and_not_asked_again(server: ScriptedServer, client: Client) -> None:
    server.cut()
    with pytest.raises(ServerUnavailable) as failure:
        client.trigger_event(CITY)
    assert (failure.value.delivery, failure.value.retry_safe) == ("unknown", False)
    assert len(server.requests) == 1


@pytest.mark.parametrize(
    ("status", "body", "error"),
    [
        (403, {"code": "ERR014", "iServerCode": -2147213784, "message": "no privilege"}, PermissionDenied),
        (404, {"code": "ERR004", "message": "no such event"}, NotFound),
        (401, {"code": "ERR009", "message": "expired"}, SessionLost),
        (500, {"code": "ERR002", "message": "?"}, DatamartFailed),
        (503, {"code": "ERR016", "message": "?"}, ServerUnavailable),
    ],
)
def test_a_refused_trigger_says_why(
    server: ScriptedServer, client: Client, status: int, body: dict[str, Any], error: type[LibraryError]
) -> None:
    answer(server, body, status)
    with pytest.raises(error) as failure:
        client.trigger_event(CITY)
    assert (failure.value.step, failure.value.retry_safe) == ("trigger_event", False)
    assert len(server.requests) == 1


# -- cubes ------------------------------------------------------------------------------------------------------------


def test_a_cube_is_found_by_its_name(server: ScriptedServer, client: Client) -> None:
    answer(server, {"result": [CUBE]})
    assert client.find_cube(PROJECT, "Sales Cube") == FoundObject(CITY, "Sales Cube", "/Public Objects")
    assert "name=Sales%20Cube&pattern=2&type=776" in head(server.requests[0])


def test_a_cube_is_found_by_its_path(server: ScriptedServer, client: Client) -> None:
    elsewhere = CUBE | {"id": OTHER, "ancestors": [ANCESTORS[0], {"name": "Archive", "level": 1, "id": "B" * 32}]}
    for path, found in (("/Public Objects/Sales Cube", CITY), ("Archive/Sales Cube", OTHER)):
        answer(server, {"result": [CUBE, elsewhere]})
        assert client.find_cube(PROJECT, path).id == found
    answer(server, {"result": [CUBE, elsewhere]})
    with pytest.raises(NotFound, match='2 cubes fit "Sales Cube"; there are: Sales Cube'):
        client.find_cube(PROJECT, "/Sales Cube")


def test_a_cube_is_found_by_its_id(server: ScriptedServer, client: Client) -> None:
    answer(server, CUBE)
    assert client.find_cube(PROJECT, CITY.lower()) == FoundObject(CITY, "Sales Cube", "/Public Objects")
    assert f"GET /MicroStrategyLibrary/api/objects/{CITY}?type=3 " in head(server.requests[0])


def test_a_datamart_is_no_cube(server: ScriptedServer, client: Client) -> None:
    answer(server, CUBE | {"subtype": 772})
    with pytest.raises(NotFound, match="is not an Intelligent cube") as failure:
        client.find_cube(PROJECT, CITY)
    assert failure.value.step == "find_cube"
    for body in ({"result": [CUBE | {"subtype": 772}]}, {"result": [CUBE]}):
        answer(server, body)
    with pytest.raises(NotFound, match='no cube "Sales Cubes"; the nearest are Sales Cube'):
        client.find_cube(PROJECT, "Sales Cubes")


@pytest.mark.parametrize(
    ("body", "job"),
    [
        ({"id": "478:RU5WLTI4MjA0MExBSU9VU0Ux", "jobId": 478}, "478:RU5WLTI4MjA0MExBSU9VU0Ux"),
        ({"id": CITY, "jobId": "478:RU5W", "instanceId": OTHER}, "478:RU5W"),
        ({"jobId": 478}, None),
        ({"id": CITY}, None),
        ({}, None),
    ],
)
def test_the_job_that_publishes_a_cube_is_named_as_the_job_monitor_takes_it(
    server: ScriptedServer, client: Client, body: dict[str, Any], job: str | None
) -> None:
    answer(server, body, 202)
    assert client.publish_cube(PROJECT, CITY) == job
    sent = head(server.requests[0])
    assert sent.startswith(f"POST /MicroStrategyLibrary/api/v2/cubes/{CITY} HTTP")
    assert f"X-MSTR-ProjectID: {PROJECT}" in sent


def test_a_publication_that_is_accepted_without_a_body_has_no_job(server: ScriptedServer, client: Client) -> None:
    server.answer(202)
    assert client.publish_cube(PROJECT, CITY) is None


def test_a_publication_may_be_asked_for_again_but_not_within_the_call(server: ScriptedServer, client: Client) -> None:
    server.cut()
    with pytest.raises(ServerUnavailable) as failure:
        client.publish_cube(PROJECT, CITY)
    assert (failure.value.delivery, failure.value.retry_safe) == ("unknown", True)
    assert len(server.requests) == 1


@pytest.mark.parametrize(
    ("header", "status"),
    [
        ("0", CubeStatus(0)),
        ("102", CubeStatus.ACTIVE | CubeStatus.PERSISTED | CubeStatus.LOADED | CubeStatus.READY),
        ("1", CubeStatus.PROCESSING),
        (" 64 ", CubeStatus.READY),
    ],
)
def test_the_state_of_a_cube_is_in_a_header(
    server: ScriptedServer, client: Client, header: str, status: CubeStatus
) -> None:
    server.answer(200, b"", f"x-mstr-cubestatus: {header}")
    assert client.cube_status(PROJECT, CITY) == status
    assert head(server.requests[0]).startswith(f"HEAD /MicroStrategyLibrary/api/cubes/{CITY} HTTP")


def test_bits_of_a_cube_that_nobody_knows_change_nothing(server: ScriptedServer, client: Client) -> None:
    server.answer(200, b"", f"X-MSTR-CubeStatus: {2**14 + 65}")
    status = client.cube_status(PROJECT, CITY)
    assert (CubeStatus.READY in status, CubeStatus.PROCESSING in status, CubeStatus.LOADED in status) == (
        *(True, True),
        False,
    )


@pytest.mark.parametrize("headers", [(), ("X-MSTR-CubeStatus: ready",), ("X-MSTR-CubeStatus: -1",)])
def test_a_response_without_the_state_of_the_cube_is_unreadable(
    server: ScriptedServer, client: Client, headers: tuple[str, ...]
) -> None:
    server.answer(200, b"", *headers)
    with pytest.raises(ServerUnavailable, match="no state of the cube") as failure:
        client.cube_status(PROJECT, CITY)
    assert failure.value.retry_safe


def test_the_state_of_a_cube_is_asked_for_again_after_a_moment(server: ScriptedServer, client: Client) -> None:
    server.cut()
    server.answer(503)
    server.answer(200, b"", "X-MSTR-CubeStatus: 64")
    assert client.cube_status(PROJECT, CITY) == CubeStatus.READY


@pytest.mark.parametrize(("status", "error"), [(401, SessionLost), (403, PermissionDenied), (404, NotFound)])
def test_a_refusal_without_a_body_says_what_its_status_says(
    server: ScriptedServer, client: Client, status: int, error: type[LibraryError]
) -> None:
    """A response to HEAD never has a body (RFC 9110, 9.3.2)."""
    server.answer(status)
    with pytest.raises(error):
        client.cube_status(PROJECT, CITY)


@pytest.mark.parametrize(
    ("listed", "info"),
    [
        (
            [{"cubeName": "Sales Cube", "lastUpdateTime": "11/27/2026 03:00:00"}],
            CubeInfo("Sales Cube", "11/27/2026 03:00:00"),
        ),
        ([{"status": 65}], CubeInfo(None, None, CubeStatus.READY | CubeStatus.PROCESSING)),
        ([{"cubeName": 5, "lastUpdateTime": None, "status": -1}], CubeInfo(None, None)),
        ([], CubeInfo(None, None)),
        (None, CubeInfo(None, None)),
    ],
)
def test_the_time_of_a_cubes_data_is_read_where_it_is_there(
    server: ScriptedServer, client: Client, listed: Any, info: CubeInfo
) -> None:
    answer(server, {"cubesInfos": listed})
    assert client.cube_info(PROJECT, CITY) == info
    assert f"GET /MicroStrategyLibrary/api/cubes/?id={CITY} " in head(server.requests[0])
