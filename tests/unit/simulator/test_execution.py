"""Instances and jobs: what a run by hand sees (API.md 5 and 6)."""

from collections.abc import Callable

import pytest
import requests

from local.simulator import catalogue
from tests.unit.simulator.conftest import Person

CITY = catalogue.CITY
COUNTRY = {"name": "Elements of Country", "type": "ELEMENTS"}
USA = COUNTRY | {"answers": [{"name": "USA"}]}


def test_a_run_by_hand_writes_only_what_was_asked_for(person: Person) -> None:
    instance = person.create(CITY)
    assert person.execute(CITY, instance).json()["jobId"].startswith("10:")
    seen = []
    for _ in range(8):
        seen.append(person.status(CITY, instance))
        person.pass_time(0.1)
    assert seen[0] in (8, 23)
    assert seen[-1] == 2
    (prompt,) = person.call("GET", f"/reports/{CITY}/instances/{instance}/prompts?closed=False").json()
    assert (prompt["name"], prompt["required"]) == ("Elements of Country", True)
    assert (
        person.answer(CITY, instance, COUNTRY | {"answers": [{"name": "USA"}, {"name": "England"}]}).status_code == 204
    )
    seen = []
    for _ in range(30):
        seen.append(person.status(CITY, instance))
        person.pass_time(0.1)
    assert [status for index, status in enumerate(seen) if seen.index(status) == index] == [8, 5, 6, 17, 1]
    assert {row["country"] for row in person.simulator.rows("DM_CITY")} == {"USA", "England"}
    headers = {"X-MSTR-MS-Instance": instance}
    assert person.call("DELETE", f"/model/datamarts/{CITY}/instances", headers=headers).status_code == 204
    assert person.call("DELETE", f"/model/datamarts/{CITY}/instances", headers=headers).status_code == 404
    assert person.call("POST", "/auth/logout").status_code == 204
    state = person.simulator.state()
    assert (state["sessions"], state["instances"], state["jobs"], state["loads"]) == ([], [], [], {CITY: 1})


def test_an_instance_belongs_to_its_session(person: Person) -> None:
    instance = person.create(CITY)
    other = Person(person.simulator, person.clock)
    other.log_in()
    answer = other.call("GET", f"/datamarts/{CITY}/instances/{instance}/execution")
    assert (answer.status_code, answer.json()["iServerCode"]) == (404, -2147468986)


def test_the_oldest_instance_is_dropped_when_the_working_set_is_full(meet: Callable[..., Person]) -> None:
    person = meet("small-working-set")
    first, *others = [person.create(CITY) for _ in range(4)]
    assert person.execute(CITY, first).status_code == 404
    assert all(person.execute(CITY, instance).status_code == 200 for instance in others)


def test_a_second_post_is_a_second_load(person: Person) -> None:
    instance = person.create(catalogue.CATEGORY_SALES)
    for _ in range(2):
        person.execute(catalogue.CATEGORY_SALES, instance)
        person.pass_time(10)
    assert person.simulator.state()["loads"] == {catalogue.CATEGORY_SALES: 2}


@pytest.mark.parametrize(
    ("scenario", "status", "body_status"),
    [
        ("get-before-post-404", 404, None),
        ("get-before-post-0", 200, 0),
        ("get-before-post-13", 200, 13),
        ("get-before-post-500", 500, None),
    ],
)
def test_what_get_answers_before_the_post_is_a_scenario(
    meet: Callable[..., Person], scenario: str, status: int, body_status: int | None
) -> None:
    person = meet(scenario)
    answer = person.call("GET", f"/datamarts/{CITY}/instances/{person.create(CITY)}/execution")
    assert (answer.status_code, answer.json().get("status")) == (status, body_status)


def test_a_job_that_is_accepted_late_starts_by_itself(meet: Callable[..., Person]) -> None:
    person = meet("late-accept")
    instance = person.create(catalogue.CATEGORY_SALES)
    with pytest.raises(requests.ConnectionError):
        person.execute(catalogue.CATEGORY_SALES, instance)
    assert person.status(catalogue.CATEGORY_SALES, instance) == 0
    person.pass_time(60)
    assert person.status(catalogue.CATEGORY_SALES, instance) == 1
    assert person.simulator.state()["loads"] == {catalogue.CATEGORY_SALES: 1}


@pytest.mark.parametrize(
    ("scenario", "loads"), [("default", 0), ("job-survives-delete", 0), ("job-survives-logout", 1)]
)
def test_whether_a_job_outlives_its_session_is_a_scenario(
    meet: Callable[..., Person], scenario: str, loads: int
) -> None:
    person = meet(scenario)
    person.execute(catalogue.CATEGORY_SALES, person.create(catalogue.CATEGORY_SALES))
    person.call("POST", "/auth/logout")
    person.pass_time(60)
    assert person.simulator.state()["loads"].get(catalogue.CATEGORY_SALES, 0) == loads


def test_the_monitor_shows_a_job_while_it_runs_and_cancels_it(person: Person) -> None:
    job = person.execute(catalogue.SLOW_LOAD, instance := person.create(catalogue.SLOW_LOAD)).json()["jobId"]
    encoded = requests.utils.quote(job, safe="")
    assert person.call("GET", f"/v2/monitors/jobs/{encoded}").json()["status"] == "executing"
    assert person.call("DELETE", f"/v2/monitors/jobs/{encoded}").status_code == 204
    assert person.call("GET", f"/v2/monitors/jobs/{encoded}").status_code == 404
    assert person.status(catalogue.SLOW_LOAD, instance) == 3


def test_a_warehouse_error_is_status_3_with_its_message(person: Person) -> None:
    instance = person.create(catalogue.BROKEN_SQL)
    person.execute(catalogue.BROKEN_SQL, instance)
    person.pass_time(10)
    body = person.call("GET", f"/datamarts/{catalogue.BROKEN_SQL}/instances/{instance}/execution").json()
    assert (body["status"], body["iServerCode"]) == (3, -2147212544)
    assert "no such column" in body["message"]


def test_a_running_job_may_be_answered_202_with_retry_after(meet: Callable[..., Person]) -> None:
    person = meet("accepted-202")
    instance = person.create(catalogue.CATEGORY_SALES)
    person.execute(catalogue.CATEGORY_SALES, instance)
    answer = person.call("GET", f"/datamarts/{catalogue.CATEGORY_SALES}/instances/{instance}/execution")
    assert (answer.status_code, answer.headers["Retry-After"]) == (202, "1")


def test_the_status_of_a_datamart_as_a_report_is_202_until_it_is_ready_or_prompts(person: Person) -> None:
    instance = person.create(CITY)
    person.execute(CITY, instance)
    path = f"/reports/{CITY}/instances/{instance}/status"
    assert person.call("GET", path).status_code == 202
    person.pass_time(1)
    answer = person.call("GET", path)
    assert (answer.status_code, answer.json()["status"], answer.headers["X-MSTR-IStatus"]) == (200, 2, "2")


def test_the_sql_view_shows_what_runs_under_the_answers(person: Person) -> None:
    instance = person.create(CITY)
    path = f"/datamarts/{CITY}/instances/{instance}/sqlView"
    refused = person.call("GET", path)
    assert (refused.status_code, refused.json()["iServerCode"]) == (400, -2147204998)
    person.answer(CITY, instance, USA)
    sql = person.call("GET", path).json()["sqlStatement"]
    assert sql.startswith("CREATE TABLE DM_CITY AS\nSELECT country, city")
    assert "WHERE country IN ('USA')" in sql


def test_an_instance_can_be_found_again_by_its_message(person: Person) -> None:
    instance = person.create(CITY)
    again = person.call("POST", f"/model/datamarts/{CITY}/instances?messageId={instance}")
    assert again.headers["X-MSTR-MS-Instance"] == instance
    assert len(person.simulator.state()["instances"]) == 1
    lost = person.call("POST", f"/model/datamarts/{CITY}/instances?messageId={'0' * 32}")
    assert lost.status_code == 404
