"""Sessions: logging in, being idle, being too many, logging out (API.md 2)."""

from collections.abc import Callable
from typing import Any

import pytest
import requests

from local.simulator import Scenario, catalogue
from tests.unit.simulator.conftest import Person

CITY = catalogue.CITY
COUNTRY = {"name": "Elements of Country", "type": "ELEMENTS"}
USA = COUNTRY | {"answers": [{"name": "USA"}]}


@pytest.mark.parametrize("mode", [1, 16])
def test_a_login_may_be_a_form(meet: Callable[..., Person], mode: int) -> None:
    person = meet(logged_in=False)
    form = {"loginMode": mode, "username": person.simulator.username, "password": person.simulator.password}
    answer = requests.post(f"{person.simulator.base_url}/api/auth/login", data=form, timeout=5)
    assert answer.status_code == 204
    assert set(answer.cookies.keys()) == {"JSESSIONID", "iSession"}


def test_an_api_token_goes_where_the_user_name_goes(meet: Callable[..., Person]) -> None:
    person = meet(logged_in=False)
    assert person.log_in(loginMode=4096, username=person.simulator.api_token).status_code == 204


def test_a_wrong_password_is_err003(meet: Callable[..., Person]) -> None:
    answer = meet(logged_in=False).log_in(password="wrong")
    assert (answer.status_code, answer.json()["code"]) == (401, "ERR003")


def test_the_token_without_its_cookie_is_an_expired_session(person: Person) -> None:
    person.http.cookies.clear()
    answer = person.call("GET", "/sessions")
    assert (answer.status_code, answer.json()["code"]) == (401, "ERR009")


def test_the_long_spelling_of_error_codes_is_a_scenario(meet: Callable[..., Person]) -> None:
    person = meet("long-err-codes")
    person.http.cookies.clear()
    assert person.call("GET", "/sessions").json()["code"] == "ERR009"
    assert (
        meet(Scenario(long_err_codes=True, definition_forbidden=True))
        .call("GET", f"/model/datamarts/{CITY}")
        .json()["errors"][0]["code"]
        == "ERR0014"
    )


def test_the_state_counts_the_most_sessions_at_once_without_those_that_have_expired(person: Person) -> None:
    person.pass_time(1801)
    person.log_in()
    assert person.simulator.state()["mostSessions"] == 1
    person.log_in()
    assert person.simulator.state()["mostSessions"] == 2


def test_an_idle_session_ends_and_any_call_keeps_it_alive(person: Person) -> None:
    person.pass_time(1700)
    assert person.call("PUT", "/sessions").status_code == 204
    person.pass_time(1700)
    assert person.call("GET", "/sessions").json()["timeout"] == 1800
    person.pass_time(1801)
    assert person.call("GET", "/sessions").status_code == 401
    assert person.simulator.state()["sessions"] == []


def test_the_session_cap_is_met_at_the_first_call_in_a_project(meet: Callable[..., Person]) -> None:
    first = meet("session-cap-1")
    assert first.call("GET", f"/model/datamarts/{CITY}").status_code == 200
    second = Person(first.simulator, first.clock)
    assert second.log_in().status_code == 204
    answer = second.call("GET", f"/model/datamarts/{CITY}")
    assert (answer.status_code, answer.json()["errors"][0]["iServerCode"]) == (500, -2147072486)


@pytest.mark.parametrize(("scenario", "left"), [("default", 1), ("logout-ends-all-sessions", 0)])
def test_logout_ends_one_session_or_all_of_the_users(meet: Callable[..., Person], scenario: str, left: int) -> None:
    person = meet(scenario)
    Person(person.simulator, person.clock).log_in()
    person.call("POST", "/auth/logout")
    assert len(person.simulator.state()["sessions"]) == left


def test_a_login_may_set_its_working_set_searches_and_language(meet: Callable[..., Person]) -> None:
    person = meet(logged_in=False)
    assert person.log_in(workingSet=4, maxSearch=5, displayLocale="de_de").status_code == 204
    info = person.call("GET", "/sessions").json()
    assert (info["workingSet"], info["maxSearch"], info["locale"]) == (4, 5, 1031)
    first, *_ = [person.create(CITY) for _ in range(5)]
    assert person.execute(CITY, first).status_code == 404


@pytest.mark.parametrize("body", [{"workingSet": 2}, {"workingSet": "many"}, {"loginMode": "standard"}])
def test_a_login_with_a_field_that_makes_no_sense_is_400(meet: Callable[..., Person], body: dict[str, Any]) -> None:
    assert meet(logged_in=False).log_in(**body).status_code == 400


def test_a_mode_that_is_not_enabled_is_err001(meet: Callable[..., Person]) -> None:
    person = meet(logged_in=False)
    answer = person.log_in(loginMode=64)
    assert (answer.json()["code"], answer.json()["iServerCode"]) == ("ERR001", -2147205409)
    assert 64 not in person.call("GET", "/config/authModes").json()["modes"]


def test_a_password_can_be_changed_at_the_login(meet: Callable[..., Person]) -> None:
    person = meet(logged_in=False)
    assert person.log_in(changePassword=True, newPassword="tomorrow's").status_code == 204
    assert person.log_in().status_code == 401
    assert person.log_in(password="tomorrow's").status_code == 204
    assert "tomorrow's" in person.simulator.secrets()


def test_a_session_in_a_project_also_tells_who_it_is(person: Person) -> None:
    answer = person.call("GET", f"/sessions/{catalogue.TUTORIAL}").json()
    assert (answer["fullName"], answer["timeout"]) == (person.simulator.username, 1800)
    assert person.call("GET", "/sessions/userInfo").json()["fullName"] == person.simulator.username


def test_privileges_are_listed_and_found_one_by_one(person: Person) -> None:
    (first, *_) = person.call("GET", "/sessions/privileges").json()
    assert person.call("GET", f"/sessions/privileges/{first['id']}").json() == first
    assert person.call("GET", "/sessions/privileges/0").status_code == 404


@pytest.mark.parametrize("path", ["/status", "/config/authModes", "/openapi.json"])
def test_some_calls_need_no_session(meet: Callable[..., Person], path: str) -> None:
    assert meet(logged_in=False).call("GET", path).status_code == 200


@pytest.mark.parametrize(("method", "path"), [("DELETE", "/auth/login"), ("POST", "/logout"), ("PATCH", "/sessions")])
def test_what_some_pages_write_and_no_server_has_is_404(person: Person, method: str, path: str) -> None:
    assert person.call(method, path).json()["code"] == "ERR004"
