"""How creating and executing may go, one test for each scenario (API.md 5, 6, 11.1 to 11.7)."""

from collections.abc import Callable
from typing import Any

import pytest
import requests

from local.simulator import catalogue
from tests.unit.simulator.conftest import Person

CITY, SALES, BROKEN = catalogue.CITY, catalogue.CATEGORY_SALES, catalogue.BROKEN_SQL
USA = {"name": "Elements of Country", "type": "ELEMENTS", "answers": [{"name": "USA"}]}
Meet = Callable[..., Person]


def execution(person: Person, datamart: str, instance: str) -> requests.Response:
    return person.call("GET", f"/datamarts/{datamart}/instances/{instance}/execution")


def watched(person: Person, datamart: str, seconds: int, step: float = 0.1) -> list[int]:
    """The statuses that a job reports, in order, each run of equal ones once."""
    instance = person.create(datamart)
    person.execute(datamart, instance)
    seen: list[int] = []
    for _ in range(int(seconds / step)):
        status = person.status(datamart, instance)
        seen += [] if seen[-1:] == [status] else [status]
        person.pass_time(step)
    return seen


@pytest.mark.parametrize(
    ("scenario", "queue"),
    [
        ("queued-13", [13]),
        ("queued-14", [14]),
        ("queued-15", [15]),
        ("queued-13-14-15", [13, 14, 15]),
    ],
)
def test_a_job_may_stand_in_queues_before_it_begins(meet: Meet, scenario: str, queue: list[int]) -> None:
    seen = watched(meet(scenario), SALES, 34, step=0.4)
    assert seen[: len(queue)] == queue
    assert seen[-1] == 1


@pytest.mark.parametrize("number", [11, 25, 99])
def test_a_job_may_report_a_number_that_nobody_knows(meet: Meet, number: int) -> None:
    assert watched(meet(f"unknown-status-{number}"), SALES, 8) == [8, 5, number, 6, 17, 1]


def test_a_job_may_report_every_running_number_there_is(meet: Meet) -> None:
    seen = watched(meet("every-running-status"), SALES, 6)
    assert seen[-1] == 1
    assert set(seen) == {0, 1, 4, 5, 6, 7, 8, 9, 10, 13, 14, 15, 16, 17, 19, 22, 24, 26}


@pytest.mark.parametrize("number", [20, 21])
def test_a_job_may_succeed_as_another_number(meet: Meet, number: int) -> None:
    person = meet(f"succeeds-as-{number}")
    assert watched(person, SALES, 3)[-1] == number
    assert person.simulator.state()["loads"] == {SALES: 1}


@pytest.mark.parametrize(
    ("scenario", "http_status", "body"),
    [
        ("default", 200, {"status": 3, "message": True, "iServerCode": True}),
        ("fails-as-18", 200, {"status": 18, "message": True, "iServerCode": True}),
        ("failure-in-errorMessage", 200, {"status": 3, "errorMessage": True, "iServerCode": True}),
        ("failure-without-text", 200, {"status": 3}),
        ("failure-as-error", 500, {"code": "ERR002", "message": True, "iServerCode": True}),
    ],
)
def test_a_failure_may_be_reported_in_many_ways(
    meet: Meet, scenario: str, http_status: int, body: dict[str, Any]
) -> None:
    person = meet(scenario)
    instance = person.create(BROKEN)
    person.execute(BROKEN, instance)
    person.pass_time(10)
    answer = execution(person, BROKEN, instance)
    told = {k: v if k in ("status", "code") else True for k, v in answer.json().items()}
    assert answer.status_code == http_status
    assert {k: v for k, v in told.items() if k not in ("id", "instanceId", "ticketId")} == body


def test_who_polls_too_often_is_reported_to_wait(meet: Meet) -> None:
    person = meet("rate-limited")
    instance = person.create(SALES)
    person.execute(SALES, instance)
    assert execution(person, SALES, instance).status_code == 200
    again = execution(person, SALES, instance)
    assert (again.status_code, again.headers["Retry-After"]) == (429, "1")
    person.pass_time(1)
    assert execution(person, SALES, instance).status_code == 200


def test_202_comes_with_the_status_in_a_header(meet: Meet) -> None:
    person = meet("accepted-202")
    instance = person.create(SALES)
    person.execute(SALES, instance)
    assert execution(person, SALES, instance).headers["X-MSTR-IStatus"] == "8"


@pytest.mark.parametrize(
    ("scenario", "header", "body"),
    [
        ("default", True, b"{}"),
        ("create-body-id", True, b'{"id"'),
        ("create-body-empty", True, b""),
        ("create-body-id-only", False, b'{"id"'),
    ],
)
def test_a_new_instance_may_be_reported_in_many_ways(meet: Meet, scenario: str, header: bool, body: bytes) -> None:
    answer = meet(scenario).call("POST", f"/model/datamarts/{CITY}/instances")
    assert ("X-MSTR-MS-Instance" in answer.headers, answer.content[: len(body) or 1]) == (header, body)


@pytest.mark.parametrize(
    ("scenario", "second", "loads"),
    [("default", 200, 2), ("second-post-same-job", 200, 1), ("second-post-refused", 400, 1)],
)
def test_what_a_second_post_does_while_the_job_runs(meet: Meet, scenario: str, second: int, loads: int) -> None:
    person = meet(scenario)
    instance = person.create(SALES)
    first = person.execute(SALES, instance).json()["jobId"]
    again = person.execute(SALES, instance)
    assert again.status_code == second
    assert (again.json().get("jobId") == first) is (scenario == "second-post-same-job")
    person.pass_time(60)
    assert person.simulator.state()["loads"][SALES] == loads


@pytest.mark.parametrize(
    ("scenario", "code", "i_server_code"),
    [("no-privilege-to-execute", "ERR014", -2147213784), ("no-access-to-execute", "ERR017", -2147214568)],
)
def test_the_account_may_lack_the_right_to_execute(meet: Meet, scenario: str, code: str, i_server_code: int) -> None:
    person = meet(scenario)
    answer = person.call("POST", f"/model/datamarts/{SALES}/instances")
    if answer.status_code == 201:
        answer = person.execute(SALES, answer.headers["X-MSTR-MS-Instance"])
    error = answer.json().get("errors", [answer.json()])[0]
    assert (answer.status_code, error["code"], error["iServerCode"]) == (403, code, i_server_code)


@pytest.mark.parametrize("fault", [{}, {"kind": "status after", "status": 504}])
def test_a_job_may_begin_after_its_execution_request_was_cut_off_or_timed_out_by_a_gateway(
    meet: Meet, fault: Any
) -> None:
    person = meet("late-accept")
    instance = person.create(SALES)
    if fault:
        person.simulator.inject("execute", **fault)
        assert person.execute(SALES, instance).status_code == 504
    else:
        with pytest.raises(requests.ConnectionError):
            person.execute(SALES, instance)
    person.pass_time(19)
    assert person.status(SALES, instance) == 0
    person.pass_time(20)
    assert person.status(SALES, instance) == 1
    assert person.simulator.state()["loads"] == {SALES: 1}


def test_execution_may_go_on_under_another_instance_id(meet: Meet) -> None:
    person = meet("instance-id-changes-on-execute")
    instance = person.create(SALES)
    other = person.execute(SALES, instance).json()["instanceId"]
    assert other != instance
    person.pass_time(10)
    assert (person.status(SALES, other), person.status(SALES, instance)) == (1, 1)
    headers = {"X-MSTR-MS-Instance": instance}
    assert person.call("DELETE", f"/model/datamarts/{SALES}/instances", headers=headers).status_code == 204
    assert person.simulator.state()["instances"] == []
