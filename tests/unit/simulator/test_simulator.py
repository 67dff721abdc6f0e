"""The simulator behaves as the contract says, seen through a plain HTTP client."""

import json
from collections.abc import Callable
from typing import Any

import pytest
import requests

from local.simulator import SCENARIOS, Scenario, Simulator, catalogue
from local.simulator.scenario import scenario_named
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


# -- sessions -------------------------------------------------------------------------------------------------------


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


# -- projects and objects ---------------------------------------------------------------------------------------------


def test_one_project_is_loaded_and_one_is_idle(person: Person) -> None:
    assert {p["name"]: p["status"] for p in person.call("GET", "/projects").json()} == {
        "MicroStrategy Tutorial": 0,
        "Idle Project": 7,
    }
    answer = person.call("GET", f"/model/datamarts/{CITY}", headers={"X-MSTR-ProjectID": catalogue.IDLE_PROJECT})
    assert answer.json()["errors"][0]["iServerCode"] == -2147209192


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("name=city&pattern=2", ["City"]),
        ("name=city&pattern=4", ["City", "City Report"]),
        ("name=city&pattern=4&type=772", ["City"]),
        ("name=city&pattern=1&type=768", ["City Report"]),
        ("name=report&pattern=5", ["City Report"]),
        ("name=Twin+Name&pattern=2&root=" + catalogue.FOLDER_ARCHIVE, ["Twin Name"]),
        ("name=twin&pattern=4&limit=1&offset=1", ["Twin Name"]),
    ],
)
def test_a_search_finds_by_pattern_type_and_folder(person: Person, query: str, names: list[str]) -> None:
    answer = person.call("GET", f"/searches/results?{query}")
    assert [item["name"] for item in answer.json()["result"]] == names
    assert int(answer.headers["x-mstr-total-count"]) >= len(names)


def test_the_full_search_answers_in_two_calls(person: Person) -> None:
    search = person.call("POST", "/metadataSearches/results?name=City&pattern=2").json()
    found = person.call("GET", f"/metadataSearches/results?searchId={search['id']}").json()
    assert [item["id"] for item in found] == [CITY]


def test_an_object_that_does_not_exist_is_500_err001(person: Person) -> None:
    answer = person.call("GET", f"/objects/{'0' * 32}?type=3")
    assert (answer.status_code, answer.json()["code"]) == (500, "ERR001")


def test_a_call_without_its_project_is_refused(person: Person) -> None:
    del person.http.headers["X-MSTR-ProjectID"]
    assert person.call("GET", f"/objects/{CITY}?type=3").json()["code"] == "ERR005"


# -- instances and jobs -----------------------------------------------------------------------------------------------


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


# -- prompts ----------------------------------------------------------------------------------------------------------


def prompt_of(person: Person, index: int) -> dict[str, Any]:
    prompt: dict[str, Any] = person.call("GET", f"/reports/{catalogue.ALL_PROMPTS}/prompts").json()[index]
    return {"key": prompt["key"], "type": prompt["type"]}


BAD_ANSWERS: list[tuple[int, dict[str, Any]]] = [
    (0, {"answers": "x" * 51}),
    (0, {"type": "ELEMENTS", "answers": "x"}),
    (0, {"answers": {"a": 1}}),
    (1, {"answers": "many"}),
    (1, {"answers": "-1"}),
    (1, {"answers": "10001"}),
    (1, {"useDefault": True}),
    (2, {"answers": ""}),
    (2, {"answers": "2019-12-31"}),
    (3, {"answers": [{"name": "Games"}]}),
    (3, {"answers": [{"id": "h99;X"}]}),
    (3, {"answers": [{"name": name} for name in ("Books", "Movies", "Music")]}),
    (4, {"key": "0" * 32 + "@0@10", "answers": []}),
    (5, {"answers": "x"}),
]


@pytest.mark.parametrize(("index", "answer"), BAD_ANSWERS)
def test_every_documented_refusal_of_an_answer_is_400_err006(
    person: Person, index: int, answer: dict[str, Any]
) -> None:
    instance = person.create(catalogue.ALL_PROMPTS)
    refused = person.answer(catalogue.ALL_PROMPTS, instance, prompt_of(person, index) | answer)
    assert (refused.status_code, refused.json()["code"]) == (400, "ERR006")


def test_an_element_may_be_named_by_its_id(person: Person) -> None:
    instance = person.create(CITY)
    person.execute(CITY, instance)
    person.pass_time(1)
    by_id = COUNTRY | {"answers": [{"id": f"h1;{catalogue.COUNTRY}"}]}
    assert person.answer(CITY, instance, by_id).status_code == 204
    person.pass_time(5)
    assert {row["country"] for row in person.simulator.rows("DM_CITY")} == {"USA"}


def test_some_of_the_prompts_may_be_answered_first(person: Person) -> None:
    instance = person.create(catalogue.ALL_PROMPTS)
    person.execute(catalogue.ALL_PROMPTS, instance)
    person.pass_time(1)
    assert (
        person.answer(catalogue.ALL_PROMPTS, instance, prompt_of(person, 2) | {"answers": "2026-05-01"}).status_code
        == 204
    )
    assert person.status(catalogue.ALL_PROMPTS, instance) == 2
    rest = [prompt_of(person, index) for index in (0, 1, 3, 4, 5, 6)]
    assert person.answer(catalogue.ALL_PROMPTS, instance, *({**p, "answers": []} for p in rest)).status_code == 204
    person.pass_time(5)
    assert person.status(catalogue.ALL_PROMPTS, instance) == 1


def test_elements_come_in_pages_and_by_pattern(person: Person) -> None:
    instance = person.create(CITY)
    path = f"/reports/{CITY}/instances/{instance}/prompts/055A4B7241396EB7FC27E3A5D2A9FB2F%400%4010/elements"
    answer = person.call("GET", f"{path}?limit=2&offset=1")
    assert [e["name"] for e in answer.json()["elements"]] == ["England", "France"]
    assert answer.headers["x-mstr-total-count"] == "8"
    assert [e["name"] for e in person.call("GET", f"{path}?searchPattern=engl").json()["elements"]] == ["England"]
    assert person.call("GET", f"{path}?limit=201").status_code == 400


# -- saving -----------------------------------------------------------------------------------------------------------


def test_saving_with_answers_makes_them_the_defaults(person: Person) -> None:
    instance = person.create(CITY)
    person.execute(CITY, instance)
    person.pass_time(1)
    person.answer(CITY, instance, USA)
    before = person.simulator.state()["definitions"][CITY]["version"]
    saved = person.call(
        "POST",
        f"/model/datamarts/{CITY}/instances/save",
        headers={"X-MSTR-MS-Instance": instance},
        json={"promptOptions": {"saveAsWithAnswers": True}},
    )
    assert saved.json() == {"objectId": CITY}
    assert person.simulator.state()["definitions"][CITY]["version"] != before
    (prompt,) = person.call("GET", f"/reports/{CITY}/prompts").json()
    assert prompt["defaultAnswer"] == [{"id": f"h1;{catalogue.COUNTRY}", "name": "USA"}]


def test_save_as_makes_an_object_and_a_taken_name_needs_overwrite(person: Person) -> None:
    headers = {"X-MSTR-MS-Instance": person.create(CITY)}
    body = {"name": "Mine", "destinationFolderId": catalogue.FOLDER_ARCHIVE}
    path = f"/model/datamarts/{CITY}/instances/saveAs"
    first = person.call("POST", path, headers=headers, json=body).json()["objectId"]
    clash = person.call("POST", path, headers=headers, json=body)
    assert (clash.status_code, clash.json()["errors"][0]["code"]) == (409, "ERR015")
    assert person.call("POST", path, headers=headers, json=body | {"overwrite": True}).json()["objectId"] == first
    assert person.call("GET", f"/objects/{first}?type=3").json()["name"] == "Mine"


def test_saving_without_naming_the_instance_is_400(person: Person) -> None:
    assert person.call("POST", f"/model/datamarts/{CITY}/instances/save", json={}).status_code == 400


# -- the simulator itself ---------------------------------------------------------------------------------------------


def test_faults_can_be_injected_over_http(person: Person) -> None:
    admin = person.simulator.base_url.rpartition("/")[0] + "/admin"
    fault = {"step": "probe", "status": 503, "body": "<html>down</html>"}
    assert requests.post(f"{admin}/faults", json=fault, timeout=5).status_code == 204
    assert person.call("GET", "/sessions").status_code == 503
    assert person.call("GET", "/sessions").status_code == 200
    assert requests.post(f"{admin}/faults", json={"step": "probe", "kind": "flood"}, timeout=5).status_code == 400


def test_the_state_tells_no_secret(person: Person) -> None:
    person.create(CITY)
    told = json.dumps(person.simulator.state())
    assert [secret for secret in person.simulator.secrets() if secret in told] == []


def test_every_scenario_starts_and_an_unknown_one_names_the_nearest() -> None:
    for name in SCENARIOS:
        assert scenario_named(name) is SCENARIOS[name]
    with pytest.raises(ValueError, match="did you mean late-accept"):
        Simulator(scenario="late-acept")


@pytest.mark.parametrize("path", ["/nothing", "/auth/login/x", "/datamarts/../../etc/passwd"])
def test_an_unknown_path_is_404_err004(person: Person, path: str) -> None:
    answer = person.call("GET", path)
    assert (answer.status_code, answer.json()["code"]) == (404, "ERR004")


@pytest.mark.parametrize("content", [b"{", b"[]", b'"x"', b"\xff\xfe"])
def test_a_body_that_is_none_is_a_4xx_and_not_a_crash(person: Person, content: bytes) -> None:
    instance = person.create(CITY)
    answer = person.call("PUT", f"/reports/{CITY}/instances/{instance}/prompts/answers", data=content)
    assert answer.status_code == 400
