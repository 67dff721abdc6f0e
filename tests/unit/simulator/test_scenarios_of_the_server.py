"""How sessions, saving, deleting and errors may go, one test for each scenario (API.md 2, 8, 11.12 to 11.19)."""

from collections.abc import Callable

import pytest

from local.simulator import SCENARIOS, catalogue
from tests.unit.simulator.conftest import Person

CITY, SALES = catalogue.CITY, catalogue.CATEGORY_SALES
USA = {"name": "Elements of Country", "type": "ELEMENTS", "answers": [{"name": "USA"}]}
Meet = Callable[..., Person]


@pytest.mark.parametrize(
    ("scenario", "status", "code"),
    [("default", 409, "ERR015"), ("save-as-clash-400", 400, "ERR015"), ("save-as-clash-500", 500, "ERR001")],
)
def test_save_as_over_a_taken_name_may_be_refused_in_many_ways(
    meet: Meet, scenario: str, status: int, code: str
) -> None:
    person = meet(scenario)
    headers = {"X-MSTR-MS-Instance": person.create(CITY)}
    body = {"name": "Category Sales", "destinationFolderId": catalogue.FOLDER_DATAMARTS}
    answer = person.call("POST", f"/model/datamarts/{CITY}/instances/saveAs", headers=headers, json=body)
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (status, code)


@pytest.mark.parametrize(
    ("scenario", "modelling", "execution_status"),
    [("default", 204, 404), ("only-modelling-delete", 204, 404), ("only-execution-delete", 404, 204)],
)
def test_one_of_the_two_deletes_may_do_nothing(
    meet: Meet, scenario: str, modelling: int, execution_status: int
) -> None:
    person = meet(scenario)
    instance = person.create(CITY)
    headers = {"X-MSTR-MS-Instance": instance}
    first = person.call("DELETE", f"/model/datamarts/{CITY}/instances", headers=headers)
    second = person.call("DELETE", f"/datamarts/{CITY}/instances/{instance}")
    assert (first.status_code, second.status_code) == (modelling, execution_status)
    assert person.simulator.state()["instances"] == []


@pytest.mark.parametrize(("scenario", "status"), [("default", 404), ("unknown-instance-400", 400)])
def test_the_modelling_service_may_refuse_a_lost_instance_otherwise(meet: Meet, scenario: str, status: int) -> None:
    headers = {"X-MSTR-MS-Instance": "0" * 32}
    answer = meet(scenario).call("DELETE", f"/model/datamarts/{CITY}/instances", headers=headers)
    assert (answer.status_code, "errors" in answer.json()) == (status, True)


@pytest.mark.parametrize(
    ("scenario", "status", "i_server_code"),
    [
        ("password-expired", 401, -2147216963),
        ("account-disabled", 401, -2147216965),
        ("account-locked", 401, -2147202287),
        ("no-licence", 403, -2147204469),
        ("too-many-users", 500, -2147209056),
    ],
)
def test_right_credentials_may_be_refused_for_another_reason(
    meet: Meet, scenario: str, status: int, i_server_code: int
) -> None:
    answer = meet(scenario, logged_in=False).log_in()
    assert (answer.status_code, answer.json()["iServerCode"]) == (status, i_server_code)


def test_an_old_server_does_not_know_the_vendors_sdk(meet: Meet) -> None:
    person = meet("old-server", logged_in=False)
    assert "constraint violations" in person.log_in(applicationType=76).text
    assert person.log_in(applicationType=35).status_code == 204
    assert person.call("GET", "/status").json()["iServerVersion"].startswith("11.3")


def test_only_the_documented_calls_may_keep_a_session_alive(meet: Meet) -> None:
    person = meet("only-keep-alive-counts")
    person.pass_time(1000)
    assert person.call("PUT", "/sessions").status_code == 204
    person.pass_time(1000)
    assert person.call("GET", "/projects").status_code == 200
    person.pass_time(1000)
    assert person.call("GET", "/projects").status_code == 401


def test_a_balancer_may_want_its_cookie_and_renew_it(meet: Meet) -> None:
    person = meet("sticky-balancer")
    first = person.http.cookies["AWSALB"]
    assert person.call("GET", "/sessions").status_code == 200
    assert person.http.cookies["AWSALB"] != first
    person.http.cookies.set("AWSALB", None)
    assert person.call("GET", "/sessions").json()["code"] == "ERR009"


@pytest.mark.parametrize(
    ("scenario", "status"), [("default", 500), ("refusals-400", 400), ("refusals-403", 403), ("refusals-503", 503)]
)
def test_an_idle_project_may_be_refused_under_another_status(meet: Meet, scenario: str, status: int) -> None:
    answer = meet(scenario).call("GET", "/searches/results", headers={"X-MSTR-ProjectID": catalogue.IDLE_PROJECT})
    assert (answer.status_code, answer.json()["iServerCode"]) == (status, -2147209192)


def test_the_session_cap_may_come_with_a_hexadecimal_code_in_a_flat_error(meet: Meet) -> None:
    first = meet("session-cap-hex-code")
    first.create(CITY)
    second = Person(first.simulator, first.clock)
    second.log_in()
    answer = second.call("POST", f"/model/datamarts/{CITY}/instances").json()
    assert (answer["code"], answer["iServerCode"]) == ("8004cb0a", -2147072486)


def test_the_search_index_may_be_behind(meet: Meet) -> None:
    person = meet("stale-search-index")
    headers = {"X-MSTR-MS-Instance": person.create(CITY)}
    body = {"name": "Fresh", "destinationFolderId": catalogue.FOLDER_ARCHIVE}
    person.call("POST", f"/model/datamarts/{CITY}/instances/saveAs", headers=headers, json=body)
    assert person.call("GET", "/searches/results?name=Fresh").json()["totalItems"] == 0
    assert person.call("POST", "/metadataSearches/results?name=Fresh").json()["totalItems"] == 1


def test_modelling_errors_may_be_flat(meet: Meet) -> None:
    answer = meet("flat-errors").call("POST", f"/model/datamarts/{CITY}/instances/save", json={})
    assert answer.json()["code"] == "8004cc4c"


def test_error_texts_may_be_in_another_language(meet: Meet) -> None:
    answer = meet("foreign-texts", logged_in=False).log_in(password="wrong")
    assert (answer.json()["code"], answer.json()["message"][:4]) == ("ERR003", "Die ")


def test_a_wrong_method_may_be_405(meet: Meet) -> None:
    person = meet("wrong-method-405")
    answer = person.call("GET", f"/reports/{CITY}/instances/{person.create(CITY)}/prompts/answers")
    assert (answer.status_code, answer.json()["code"]) == (405, "ERR001")
    assert person.call("GET", "/nothing").status_code == 404


def test_answers_may_carry_what_nobody_knows(meet: Meet) -> None:
    person = meet("unknown-properties")
    assert all("propertyOfALaterVersion" in project for project in person.call("GET", "/projects").json())
    assert "tracking" in person.http.cookies


@pytest.mark.parametrize(("scenario", "status"), [("default", 200), ("no-sql-view", 404)])
def test_the_sql_view_may_be_missing(meet: Meet, scenario: str, status: int) -> None:
    person = meet(scenario)
    answer = person.call("GET", f"/datamarts/{SALES}/instances/{person.create(SALES)}/sqlView?preview=true")
    assert answer.status_code == status


@pytest.mark.parametrize("scenario", sorted(SCENARIOS))
def test_no_scenario_breaks_what_needs_no_session(meet: Meet, scenario: str) -> None:
    assert meet(scenario, logged_in=False).call("GET", "/status").status_code == 200
