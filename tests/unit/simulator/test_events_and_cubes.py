"""Events and what they start; cubes that read the rows of a table (API.md 12)."""

from collections.abc import Callable
from typing import Any

import pytest
import requests

from local.simulator import catalogue
from tests.unit.simulator.conftest import Person

CITY_CUBE, CATEGORY_CUBE, BROKEN_CUBE = catalogue.CITY_CUBE, catalogue.CATEGORY_CUBE, catalogue.BROKEN_CUBE
READY, AT_WORK = 2 | 4 | 32 | 64, 1
CATEGORIES = 4


def load(person: Person, datamart: str = catalogue.CATEGORY_SALES) -> None:
    assert person.execute(datamart, person.create(datamart)).ok
    person.pass_time(10)


def publish(person: Person, cube: str = CATEGORY_CUBE) -> requests.Response:
    return person.call("POST", f"/v2/cubes/{cube}")


def bits(person: Person, cube: str = CATEGORY_CUBE) -> int:
    response = person.call("HEAD", f"/cubes/{cube}")
    assert (response.status_code, response.content) == (200, b"")
    return int(response.headers["X-MSTR-CubeStatus"])


def updated(person: Person, cube: str) -> Any:
    return person.call("GET", "/cubes/", params={"id": cube}).json()["cubesInfos"][0]["lastUpdateTime"]


def outcomes(person: Person) -> list[tuple[str, str, int | None]]:
    return [(one["cubeId"], one["outcome"], one["rows"]) for one in person.simulator.state()["publications"]]


# -- events -----------------------------------------------------------------------------------------------------------


def test_events_are_listed_and_read(person: Person) -> None:
    listed = person.call("GET", "/events").json()["events"]
    assert [event["name"] for event in listed] == ["Load done", "Cubes due", "Same Event", "Same Event"]
    one = person.call("GET", f"/events/{catalogue.LOAD_DONE}", headers={"X-MSTR-ProjectID": None})
    assert one.json() == listed[0]
    assert person.call("GET", f"/events/{catalogue.CITY}").status_code == 404


def test_an_event_starts_everything_that_is_bound_to_it_every_time(person: Person) -> None:
    for _ in range(2):
        assert person.call("POST", f"/events/{catalogue.LOAD_DONE}/trigger").status_code == 204
        person.pass_time(1)
    first, second = person.simulator.state()["events"]
    assert first["started"] == second["started"]
    assert first["started"]["subscriptions"] == ["Sales of the day, by e-mail", "Board figures, as PDF"]
    assert second["at"] == first["at"] + 1
    assert person.call("POST", f"/events/{catalogue.CITY}/trigger").status_code == 404


def test_an_event_publishes_the_cubes_that_are_bound_to_it(person: Person) -> None:
    load(person, catalogue.DAILY_SALES_APPEND)
    person.call("POST", f"/events/{catalogue.CUBES_DUE}/trigger")
    assert person.call("POST", "/auth/logout").ok, "what an event starts does not belong to the session"
    person.pass_time(10)
    assert outcomes(person) == [(catalogue.CITY_CUBE, "failed", None), (catalogue.DAILY_CUBE, "published", 300)]


# -- cubes ------------------------------------------------------------------------------------------------------------


def test_a_cube_is_found_as_a_report_of_its_own_subtype(person: Person) -> None:
    query = "name=City%20Cube&pattern=2&type=776&getAncestors=true"
    (found,) = person.call("GET", f"/searches/results?{query}").json()["result"]
    assert (found["id"], found["type"], found["subtype"]) == (CITY_CUBE, 3, 776)
    assert [folder["name"] for folder in found["ancestors"]][1:] == ["Public Objects", "Cubes"]
    assert person.call("GET", f"/objects/{CITY_CUBE}?type=3").json()["subtype"] == 776
    assert person.call("POST", f"/model/datamarts/{CITY_CUBE}/instances").status_code == 400
    assert publish(person, catalogue.CITY).status_code == 400
    assert publish(person, "A" * 32).status_code == 404


def test_a_publication_reads_the_rows_that_the_load_has_written(person: Person) -> None:
    load(person)
    assert bits(person) == 0
    accepted = publish(person)
    assert accepted.status_code == 202
    job = accepted.json()["id"]
    assert job.partition(":")[0] == str(accepted.json()["jobId"])
    assert bits(person) == AT_WORK
    seen = person.call("GET", f"/v2/monitors/jobs/{job}").json()
    assert (seen["objectId"], seen["objectType"], seen["status"]) == (CATEGORY_CUBE, "cube", "executing")
    person.pass_time(1)
    assert person.call("GET", f"/v2/monitors/jobs/{job}").json()["sql"] == "SELECT * FROM DM_CATEGORY_SALES"
    person.pass_time(10)
    assert bits(person) == READY
    assert person.call("GET", f"/v2/monitors/jobs/{job}").status_code == 404
    assert outcomes(person) == [(CATEGORY_CUBE, "published", CATEGORIES)]


def test_a_cube_that_is_published_again_counts_the_rows_anew(person: Person) -> None:
    append, cube = catalogue.DAILY_SALES_APPEND, catalogue.DAILY_CUBE
    rows, times = [], [updated(person, cube)]
    for _ in range(2):
        load(person, append)
        publish(person, cube)
        assert bits(person, cube) == READY | AT_WORK
        person.pass_time(10)
        rows.append(outcomes(person)[-1][2])
        times.append(updated(person, cube))
    assert rows == [300, 600]
    assert len(set(times)) == 3


def test_a_publication_ends_with_its_session(person: Person) -> None:
    load(person)
    publish(person)
    person.call("POST", "/auth/logout")
    person.pass_time(10)
    assert outcomes(person) == [(CATEGORY_CUBE, "failed", None)]


def test_a_publication_survives_its_session_where_jobs_do(meet: Callable[..., Person]) -> None:
    person = meet("job-survives-logout")
    load(person)
    publish(person)
    person.call("POST", "/auth/logout")
    person.pass_time(10)
    assert outcomes(person) == [(CATEGORY_CUBE, "published", CATEGORIES)]


def test_a_restart_cancels_a_publication_and_keeps_the_data_of_an_earlier_one(person: Person) -> None:
    load(person, catalogue.DAILY_SALES_APPEND)
    publish(person, catalogue.DAILY_CUBE)
    person.pass_time(10)
    publish(person, CATEGORY_CUBE)
    person.simulator.restart()
    person.log_in()
    assert bits(person, catalogue.DAILY_CUBE) == READY
    assert bits(person, CATEGORY_CUBE) == 0
    assert [outcome for _, outcome, _ in outcomes(person)] == ["published", "failed"]


def test_the_times_of_several_cubes_are_read_at_once(person: Person) -> None:
    found = person.call("GET", f"/cubes?id={CITY_CUBE},{CATEGORY_CUBE}").json()["cubesInfos"]
    assert [(one["cubeName"], one["lastUpdateTime"] is None) for one in found] == [
        ("City Cube", False),
        ("Category Cube", True),
    ]
    assert found[0]["path"] == "/Public Objects/Cubes/City Cube"
    assert person.call("GET", "/cubes/").status_code == 400


# -- what is not documented (12.2) ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("scenario", "left", "monitored"),
    [("default", 0, 404), ("cube-fails-in-monitor", READY, 200), ("cube-fails-unseen", READY, 404)],
)
def test_a_failed_publication_is_seen_in_one_place(
    meet: Callable[..., Person], scenario: str, left: int, monitored: int
) -> None:
    person = meet(scenario)
    before = updated(person, BROKEN_CUBE)
    job = publish(person, BROKEN_CUBE).json()["id"]
    person.pass_time(10)
    assert bits(person, BROKEN_CUBE) == left
    shown = person.call("GET", f"/v2/monitors/jobs/{job}")
    assert shown.status_code == monitored
    if monitored == 200:
        assert shown.json()["status"] == "error"
        assert "no such table" in shown.json()["errorMessage"]
    assert updated(person, BROKEN_CUBE) == (before if left else None)
    assert person.call("GET", "/v2/monitors/jobs").json()["jobs"] == []


def test_a_cube_may_show_its_old_bits_while_it_is_published_again(meet: Callable[..., Person]) -> None:
    person = meet("cube-shows-old-bits")
    publish(person, CITY_CUBE)
    assert bits(person, CITY_CUBE) == READY
    publish(person, CATEGORY_CUBE)
    assert bits(person, CATEGORY_CUBE) == AT_WORK


@pytest.mark.parametrize(
    ("scenario", "status", "jobs"),
    [("default", 202, 1), ("second-publication-queued", 202, 2), ("second-publication-refused", 400, 1)],
)
def test_a_second_publication_is_joined_queued_or_refused(
    meet: Callable[..., Person], scenario: str, status: int, jobs: int
) -> None:
    person = meet(scenario)
    load(person)
    first, second = publish(person), publish(person)
    assert second.status_code == status
    if status == 202:
        assert (first.json() == second.json()) is (jobs == 1)
    person.pass_time(3)
    assert bits(person) == (READY | AT_WORK if jobs == 2 else READY)
    person.pass_time(10)
    assert outcomes(person) == [(CATEGORY_CUBE, "published", CATEGORIES)] * jobs


@pytest.mark.parametrize(
    ("scenario", "status", "fields"),
    [
        ("publish-names-number", 202, {"jobId"}),
        ("publish-names-nothing", 202, set()),
        ("publish-accepted-200", 200, {"id", "jobId"}),
    ],
)
def test_the_response_to_a_publication_has_several_shapes(
    meet: Callable[..., Person], scenario: str, status: int, fields: set[str]
) -> None:
    response = publish(meet(scenario))
    assert response.status_code == status
    assert set(response.json() if response.content else {}) == fields


@pytest.mark.parametrize(
    ("scenario", "refused"),
    [
        ("no-privilege-to-see-events", {"see", "trigger"}),
        ("no-privilege-to-trigger", {"trigger"}),
        ("no-privilege-to-publish", {"publish"}),
    ],
)
def test_privileges_for_follow_ups_may_be_missing(
    meet: Callable[..., Person], scenario: str, refused: set[str]
) -> None:
    person = meet(scenario)
    statuses = {
        "see": person.call("GET", "/events").status_code,
        "trigger": person.call("POST", f"/events/{catalogue.LOAD_DONE}/trigger").status_code,
        "publish": publish(person).status_code,
    }
    assert {name for name, status in statuses.items() if status == 403} == refused
    assert len(person.simulator.state()["events"]) == ("trigger" not in refused)


def test_events_may_be_listed_without_an_envelope(meet: Callable[..., Person]) -> None:
    listed = meet("events-without-envelope").call("GET", "/events").json()
    assert listed[0]["name"] == "Load done"
