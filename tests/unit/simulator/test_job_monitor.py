"""The job monitor: what it lists, how it filters, what it cancels (API.md 6.1)."""

from collections.abc import Callable
from urllib.parse import quote

import pytest

from local.simulator import catalogue
from local.simulator.metadata.places import NODE
from tests.unit.simulator.conftest import Person

SLOW, CITY = catalogue.SLOW_LOAD, catalogue.CITY


@pytest.fixture
def busy(person: Person) -> Person:
    """Somebody with a slow job in its SQL, begun 60 seconds ago, and a job that has just met its prompts."""
    person.execute(SLOW, person.create(SLOW))
    person.pass_time(60)
    person.execute(CITY, person.create(CITY))
    person.pass_time(1)
    return person


def found(person: Person, query: str) -> list[str]:
    jobs = person.call("GET", f"/v2/monitors/jobs?nodeName={NODE}&{query}").json()["jobs"]
    return [job["objectId"] for job in jobs]


@pytest.mark.parametrize(
    ("query", "objects"),
    [
        ("", [SLOW, CITY]),
        ("status=waiting_for_autoprompt", [CITY]),
        ("status=executing&status=waiting_for_autoprompt", [SLOW, CITY]),
        (f"objectId={SLOW}", [SLOW]),
        ("description=slow", [SLOW]),
        ("puName=query_execution", [SLOW]),
        ("user=nobody", []),
        ("objectType=cube", []),
        ("type=interactive", [SLOW, CITY]),
        (f"projectId={catalogue.TUTORIAL}", [SLOW, CITY]),
        ("projectName=MicroStrategy%20Tutorial", [SLOW, CITY]),
        ("elapsedTime=gt:30000", [SLOW]),
        ("elapsedTime=lte:30000", [CITY]),
        ("memoryUsage=gte:1", []),
        ("sortBy=-description", [SLOW, CITY]),
        ("sortBy=%2Bdescription", [CITY, SLOW]),
    ],
)
def test_jobs_are_filtered_and_sorted(busy: Person, query: str, objects: list[str]) -> None:
    assert found(busy, query) == objects


@pytest.mark.parametrize("query", [f"status=ready&nodeName={NODE}", "elapsedTime=long", "nodeName=ELSEWHERE"])
def test_a_listing_that_makes_no_sense_is_refused(busy: Person, query: str) -> None:
    assert busy.call("GET", f"/v2/monitors/jobs?{query}").status_code in (400, 404)


def test_version_1_has_other_names_and_counts_in_seconds(busy: Person) -> None:
    query = f"userFullName={busy.simulator.username}&jobType=interactive&objectId={SLOW}"
    (job,) = busy.call("GET", f"/monitors/jobs?{query}").json()["jobs"]
    assert (job["jobType"], job["userFullName"], job["duration"]) == ("interactive", busy.simulator.username, 61)
    assert busy.call("GET", f"/monitors/jobs/{quote(job['id'], safe='')}").json()["jobType"] == "interactive"


def test_one_job_also_tells_its_sql_once_it_has_any(busy: Person) -> None:
    slow, city = (job["id"] for job in busy.call("GET", "/v2/monitors/jobs").json()["jobs"])
    assert "CREATE TABLE DM_SLOW" in busy.call("GET", f"/v2/monitors/jobs/{slow}").json()["sql"]
    assert busy.call("GET", f"/v2/monitors/jobs/{city}").json()["sql"] is None


def test_cancelling_several_jobs_reports_each_result(busy: Person) -> None:
    slow, city = (job["id"] for job in busy.call("GET", "/v2/monitors/jobs").json()["jobs"])
    some = busy.call("POST", "/v2/monitors/cancelJobs", json={"jobIds": [slow, "99:x"]})
    assert some.status_code == 207
    assert [one["status"] for one in some.json()["jobCancellationStatus"]] == [204, 404]
    assert found(busy, "") == [CITY]
    assert busy.call("POST", "/monitors/cancelJobs", json={"jobIds": [city]}).status_code == 200
    assert busy.call("POST", "/monitors/cancelJobs", json={}).status_code == 400
    assert busy.call("DELETE", f"/monitors/jobs/{city}").status_code == 404


@pytest.mark.parametrize(("scenario", "status"), [("default", 404), ("ended-job-500", 500)])
def test_a_job_that_has_ended_is_gone(meet: Callable[..., Person], scenario: str, status: int) -> None:
    person = meet(scenario)
    job = person.execute(SLOW, person.create(SLOW)).json()["jobId"]
    person.pass_time(700)
    assert person.call("GET", f"/v2/monitors/jobs/{job}").status_code == status
