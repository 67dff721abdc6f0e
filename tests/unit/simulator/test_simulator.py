"""The simulator as a whole: faults, its state, its scenarios, what it has no endpoint for."""

import json
from typing import Any

import pytest
import requests

from local.simulator import SCENARIOS, Simulator, catalogue
from local.simulator.scenarios import scenario_named
from tests.unit.simulator.conftest import Person

CITY = catalogue.CITY
APPEND = catalogue.DAILY_SALES_APPEND
DAYS = 300
COUNTRY = {"name": "Elements of Country", "type": "ELEMENTS"}
USA = COUNTRY | {"answers": [{"name": "USA"}]}


def test_faults_can_be_injected_over_http(person: Person) -> None:
    admin = person.simulator.base_url.rpartition("/")[0] + "/admin"
    fault = {"step": "probe", "status": 503, "body": "<html>down</html>"}
    assert requests.post(f"{admin}/faults", json=fault, timeout=5).status_code == 204
    assert person.call("GET", "/sessions").status_code == 503
    assert person.call("GET", "/sessions").status_code == 200
    assert requests.post(f"{admin}/faults", json={"step": "probe", "kind": "flood"}, timeout=5).status_code == 400


def test_a_restart_loses_sessions_instances_and_jobs_and_keeps_the_tables(person: Person) -> None:
    def executed() -> str:
        return str(person.execute(APPEND, person.create(APPEND)).json()["jobId"])

    first = executed()
    person.pass_time(10)
    assert len(person.simulator.rows("DM_DAILY_SALES")) == DAYS
    executed()
    person.pass_time(1)  # on its way to the table
    admin = person.simulator.base_url.rpartition("/")[0] + "/admin"
    assert requests.post(f"{admin}/restart", timeout=5).status_code == 204
    person.pass_time(10)
    state = person.simulator.state()
    assert (state["sessions"], state["instances"], state["jobs"]) == ([], [], [])
    assert (state["executions"], state["loads"]) == ({APPEND: 2}, {APPEND: 1})
    assert [written["datamartId"] for written in state["written"]] == [APPEND]
    assert len(person.simulator.rows("DM_DAILY_SALES")) == DAYS
    assert person.call("GET", "/sessions").status_code == 401
    assert person.log_in().status_code == 204
    assert executed() == first  # the server counts its jobs anew


@pytest.mark.parametrize(
    ("kind", "status", "body"),
    [
        ("status after", 502, b""),
        ("echo", 502, None),
        ("twice", 200, None),
        ("wrong json", 200, b"[]"),
        ("wrong type", 200, None),
        ("no cookies", 401, None),
        ("wrong cookies", 401, None),
        ("new cookies", 200, None),
    ],
)
def test_a_fault_meets_one_request_and_no_other(person: Person, kind: str, status: int, body: bytes | None) -> None:
    person.simulator.inject("probe", kind=kind, status=502)
    answer = person.call("GET", "/sessions")
    assert answer.status_code == status
    assert body is None or answer.content == body
    assert person.call("GET", "/sessions").status_code == 200


@pytest.mark.parametrize("kind", ["reset before", "reset after", "break off"])
def test_a_connection_can_be_cut_at_every_moment(person: Person, kind: str) -> None:
    person.simulator.inject("get_definition", kind=kind)
    with pytest.raises(requests.RequestException):
        person.call("GET", f"/model/datamarts/{CITY}")
    assert person.call("GET", f"/model/datamarts/{CITY}").status_code == 200


def test_an_echo_quotes_what_was_sent(person: Person) -> None:
    person.simulator.inject("log_in", kind="echo", status=400)
    answer = person.log_in()
    assert (answer.status_code, person.simulator.password in answer.text) == (400, True)


@pytest.mark.parametrize("point", ["the start line", "half a name", "half a value"])
def test_requests_takes_half_a_head_of_a_response_for_a_whole_one(person: Person, point: str) -> None:
    """Python's HTTP client takes the end of the connection for the end of the head: so a caller must not trust it."""
    person.simulator.inject("get_definition", kind="break head", point=point)
    answer = person.call("GET", f"/model/datamarts/{CITY}")
    assert (answer.status_code, answer.content) == (200, b"")


@pytest.mark.parametrize("point", ["half the start line", "all but the blank line"])
def test_a_head_that_breaks_off_at_its_ends_is_not_an_answer(person: Person, point: str) -> None:
    person.simulator.inject("get_definition", kind="break head", point=point)
    with pytest.raises(requests.RequestException):
        person.call("GET", f"/model/datamarts/{CITY}")


def test_requests_takes_half_a_header_value_for_a_whole_one(person: Person) -> None:
    person.simulator.inject("create_instance", kind="break head")
    answer = person.call("POST", f"/model/datamarts/{CITY}/instances")
    (instance,) = person.simulator.state()["instances"]
    assert instance["id"].startswith(answer.headers["X-MSTR-MS-Instance"])
    assert instance["id"] != answer.headers["X-MSTR-MS-Instance"]


def test_there_is_no_other_point_to_break_off_at(person: Person) -> None:
    with pytest.raises(ValueError, match="half a value"):
        person.simulator.inject("probe", kind="break head", point="half a cookie")


def test_a_new_cookie_takes_the_place_of_the_old_one(person: Person) -> None:
    old = person.http.cookies.get("JSESSIONID")
    person.simulator.inject("probe", kind="new cookies")
    person.call("GET", "/sessions")
    assert person.http.cookies.get("JSESSIONID") in person.simulator.secrets()
    assert person.http.cookies.get("JSESSIONID") != old
    person.http.cookies.set("JSESSIONID", old)
    assert person.call("GET", "/sessions").status_code == 401


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


def test_the_api_describes_itself(person: Person) -> None:
    paths = person.call("GET", "/openapi.json").json()["paths"]
    assert "delete" in paths["/datamarts/{datamart}/instances/{instance}"]
    assert all(operation["summary"] for path in paths.values() for operation in path.values())


@pytest.mark.parametrize("path", ["/", "/api/status", "/MicroStrategy/api/status", "/MicroStrategyLibraryX/api/status"])
def test_outside_of_the_context_path_a_web_server_answers_with_a_page(person: Person, path: str) -> None:
    answer = requests.get(person.simulator.base_url.rpartition("/")[0] + path, timeout=5)
    assert (answer.status_code, answer.headers["Content-Type"]) == (404, "text/html;charset=utf-8")
    assert answer.text.startswith("<!doctype html>")


@pytest.mark.parametrize("path", ["/admin/", "/admin/faults", "/admin/nothing"])
def test_what_is_not_of_the_api_tells_what_there_is(person: Person, path: str) -> None:
    answer = requests.get(person.simulator.base_url.rpartition("/")[0] + path, timeout=5)
    assert (answer.status_code, "/admin/state" in answer.text) == (404, True)


SENSELESS: list[Any] = [None, [], [1], "x", 1, {"prompts": 1}, {"prompts": [1]}, {"information": 1}, {"jobIds": 1}]


@pytest.mark.parametrize("body", SENSELESS)
@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/auth/login"),
        ("POST", "/auth/delegate"),
        ("POST", "/monitors/cancelJobs"),
        ("PUT", "/reports/{city}/instances/{instance}/prompts/answers"),
        ("POST", "/model/datamarts/{city}/instances/saveAs"),
        ("POST", "/model/datamarts"),
    ],
)
def test_a_body_without_sense_is_refused_and_no_call_goes_unanswered(
    person: Person, method: str, path: str, body: Any
) -> None:
    instance = person.create(CITY)
    address = path.format(city=CITY, instance=instance)
    answer = person.call(method, address, json=body, headers={"X-MSTR-MS-Instance": instance})
    assert 400 <= answer.status_code < 500


@pytest.mark.parametrize(
    "answers",
    [
        {"units": ["x"]},
        {"units": [None]},
        {"expression": {"operator": "In", "operands": [{"id": catalogue.COUNTRY}, {"elements": None}]}},
        {"expression": {"operator": "In", "operands": [{"id": catalogue.COUNTRY}, {"elements": [1]}]}},
        {"expression": {"operator": [], "operands": [{"form": {"attribute": None}}]}},
        [[]],
        [{"id": {}}],
        1.5,
        True,
    ],
)
def test_an_answer_without_sense_is_refused_whatever_the_prompt(person: Person, answers: Any) -> None:
    instance = person.create(catalogue.ALL_PROMPTS)
    for prompt in person.call("GET", f"/reports/{catalogue.ALL_PROMPTS}/prompts").json():
        entry = {"key": prompt["key"], "type": prompt["type"], "answers": answers}
        assert person.answer(catalogue.ALL_PROMPTS, instance, entry).status_code in (204, 400)


@pytest.mark.parametrize(
    "query",
    ["/metadataSearches/results?searchId=31", "/metadataSearches/results", "/searches/results?type=%C2%B2&limit=x"],
)
def test_a_query_without_sense_is_refused(person: Person, query: str) -> None:
    assert person.call("GET", query).status_code == 400
