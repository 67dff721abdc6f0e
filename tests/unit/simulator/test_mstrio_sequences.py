"""The request sequences of mstrio-py 11.6.10, as they were seen on the wire, without mstrio (API.md 9 and 10)."""

from typing import Any

import pytest
import requests

from local.simulator import Simulator, catalogue
from local.simulator.metadata.places import NODE
from tests.unit.simulator.conftest import Hand

CITY, TUTORIAL = catalogue.CITY, catalogue.TUTORIAL
CUBE_FIELDS = "-data.metricValues.extras,-data.metricValues.formatted"


class Sdk:
    """One ``requests.Session`` that keeps cookies, token and project, as mstrio's Connection does."""

    def __init__(self, simulator: Simulator) -> None:
        self.simulator = simulator
        self.http = requests.Session()

    def call(self, method: str, path: str, without_project: bool = False, **arguments: Any) -> requests.Response:
        if without_project:  # mstrio sends the header None, which requests leaves out
            arguments["headers"] = {"X-MSTR-ProjectID": None}
        return self.http.request(method, f"{self.simulator.base_url}/api{path}", timeout=5, **arguments)

    def connect(self, **login: Any) -> None:
        """Log in, ask for the session's settings and the server's version."""
        answer = self.call("POST", "/auth/login", **login)
        assert answer.status_code == 204
        self.settle(answer)

    def settle(self, answer: requests.Response) -> None:
        self.http.headers["X-MSTR-AuthToken"] = answer.headers["X-MSTR-AuthToken"]
        assert {"timeout", "workingSet", "maxSearch"} <= set(self.call("GET", "/sessions", without_project=True).json())
        assert self.call("GET", "/status").json()["iServerVersion"] >= "11.5.0600"

    def select_project(self) -> None:
        (project,) = [p for p in self.call("GET", "/projects").json() if p["name"] == "MicroStrategy Tutorial"]
        self.http.headers["X-MSTR-ProjectID"] = project["id"]


@pytest.fixture
def sdk() -> Any:
    with Simulator(clock=Hand()) as simulator:
        made = Sdk(simulator)
        form = {"loginMode": 1, "applicationType": 76, "workingSet": 12, "maxSearch": 4}
        made.connect(data=form | {"username": simulator.username, "password": simulator.password})
        made.select_project()
        yield made


def pass_time(sdk: Sdk, seconds: float) -> None:
    clock = sdk.simulator.server.clock
    assert isinstance(clock, Hand)
    clock.time += seconds


def test_connection_with_a_form_is_renewed_and_closed_twice(sdk: Sdk) -> None:
    assert sdk.call("GET", "/sessions", without_project=True).json()["workingSet"] == 12
    assert sdk.call("PUT", "/sessions", without_project=True).status_code == 204
    assert sdk.call("GET", "/sessions/userInfo").json()["fullName"] == sdk.simulator.username
    assert sdk.call("POST", "/auth/logout", without_project=True).status_code == 204
    again = sdk.call("POST", "/auth/logout", without_project=True)
    assert (again.status_code, again.json()["code"]) == (401, "ERR009")


def test_connection_with_an_api_token_is_json_and_the_guest_sends_no_name(sdk: Sdk) -> None:
    token = sdk.call("POST", "/auth/apiTokens").json()["apiToken"]
    Sdk(sdk.simulator).connect(json={"loginMode": 4096, "applicationType": 76, "username": token})
    Sdk(sdk.simulator).connect(data={"loginMode": 8, "applicationType": 76})


def test_an_identity_token_opens_a_session_for_another_user_agent(sdk: Sdk) -> None:
    token = sdk.call("POST", "/auth/identityToken").headers["X-MSTR-IdentityToken"]
    other = Sdk(sdk.simulator)
    other.settle(other.call("POST", "/auth/delegate", json={"loginMode": "-1", "identityToken": token}))
    assert sdk.call("GET", "/auth/identityToken", headers={"X-MSTR-IdentityToken": token}).ok
    assert sdk.call("POST", "/auth/logout", without_project=True).ok
    assert other.call("GET", "/sessions", without_project=True).status_code == 401


def test_environment_lists_projects_and_nodes(sdk: Sdk) -> None:
    every = sdk.call("GET", "/monitors/projects?offset=0&limit=1000", without_project=True).json()["projects"]
    loaded = sdk.call("GET", "/projects", without_project=True).json()
    assert {p["id"] for p in loaded} < {p["id"] for p in every}
    (node,) = sdk.call("GET", f"/monitors/iServer/nodes?projects.id={TUTORIAL}", without_project=True).json()["nodes"]
    assert (node["status"], node["projects"][0]["status"]) == ("running", "loaded")
    assert sdk.call("GET", f"/objects/{TUTORIAL}?type=32&comments=True").json()["id"] == TUTORIAL


def test_mstrio_finds_objects_and_their_information(sdk: Sdk) -> None:
    quick = "name=City&type=772&pattern=2&getAncestors=False&certifiedStatus=ALL&isCrossCluster=False"
    (found,) = sdk.call("GET", f"/searches/results?{quick}").json()["result"]
    assert (found["id"], found["subtype"]) == (CITY, 772)
    full = "name=City&pattern=4&domain=2&type=772&usesRecursive=False&usedByRecursive=False&usesOneOf=False"
    body = {"matchExactName": False, "matchExactDescription": False}
    search = sdk.call("POST", f"/v2/metadataSearches/results?{full}", json=body).json()
    (same,) = sdk.call("GET", f"/metadataSearches/results?searchId={search['id']}").json()
    assert same["id"] == CITY
    assert sdk.call("GET", f"/objects/{CITY}?type=3&comments=True").json()["subtype"] == 772


def test_report_reads_the_prompts_of_a_datamart_answers_them_and_gets_the_rows(sdk: Sdk) -> None:
    (prompt,) = sdk.call("GET", f"/reports/{CITY}/prompts").json()
    grid = sdk.call("GET", f"/v2/reports/{CITY}").json()["definition"]["grid"]
    assert [row["name"] for row in grid["rows"]] == ["Country", "City"]
    query = {"offset": 0, "limit": 1000, "fields": CUBE_FIELDS}
    made = sdk.call("POST", f"/v2/reports/{CITY}/instances", params=query, json={"requestedObjects": {}}).json()
    assert made["status"] == 2
    instance = made["instanceId"]
    entry = {"key": prompt["key"], "type": "ELEMENTS", "answers": [{"name": "USA"}], "useDefault": False}
    answers = f"/reports/{CITY}/instances/{instance}/prompts/answers"
    assert sdk.call("PUT", answers, json={"prompts": [entry]}).status_code == 204
    assert sdk.call("GET", f"/v2/reports/{CITY}/instances/{instance}/pageBy/elements").json()["pageBy"] == []
    got = sdk.call("GET", f"/v2/reports/{CITY}/instances/{instance}", params=query).json()
    assert (got["status"], got["data"]["paging"]["total"]) == (1, 4)
    assert [e["formValues"] for e in got["definition"]["grid"]["rows"][0]["elements"]] == [["USA"]]
    assert len(got["data"]["metricValues"]["raw"]) == 4
    sql = sdk.call("GET", f"/v2/reports/{CITY}/instances/{instance}/sqlView").json()["sqlStatement"]
    assert "country IN ('USA')" in sql
    assert sdk.simulator.rows("DM_CITY") == []


def test_report_may_be_executed_without_blocking(sdk: Sdk) -> None:
    path = f"/v2/reports/{catalogue.CITY_REPORT}/instances"
    made = sdk.call("POST", path, headers={"Prefer": "respond-async"}, json={})
    assert made.status_code == 202
    instance = made.json()["instanceId"]
    status = f"/reports/{catalogue.CITY_REPORT}/instances/{instance}/status"
    running = sdk.call("GET", status)
    assert (running.status_code, running.headers["Retry-After"]) == (202, "1")
    pass_time(sdk, 10)
    ready = sdk.call("GET", status)
    assert (ready.status_code, ready.json()["status"], ready.headers["X-MSTR-IStatus"]) == (200, 1, "1")
    assert sdk.call("PUT", f"{path}/{instance}", json={}).json()["data"]["paging"]["total"] > 0


def test_prompts_of_a_running_datamart_by_the_report_functions(sdk: Sdk) -> None:
    instance = sdk.call("POST", f"/model/datamarts/{CITY}/instances").headers["x-mstr-ms-instance"]
    assert sdk.call("POST", f"/datamarts/{CITY}/instances/{instance}/execution/jobs").ok
    pass_time(sdk, 1)
    (prompt,) = sdk.call("GET", f"/reports/{CITY}/instances/{instance}/prompts?closed=False").json()
    elements = f"/reports/{CITY}/instances/{instance}/prompts/{prompt['key']}/elements?offset=0&limit=100"
    (usa, *_) = sdk.call("GET", elements).json()["elements"]
    entry = {"key": prompt["key"], "type": "ELEMENTS", "answers": [usa]}
    answers = f"/reports/{CITY}/instances/{instance}/prompts/answers"
    assert sdk.call("PUT", answers, json={"prompts": [entry]}).ok
    pass_time(sdk, 10)
    assert sdk.call("GET", f"/reports/{CITY}/instances/{instance}/status").json()["status"] == 1
    assert {row["country"] for row in sdk.simulator.rows("DM_CITY")} == {"USA"}


def test_job_monitor_lists_reads_and_kills(sdk: Sdk) -> None:
    slow = catalogue.SLOW_LOAD
    for _ in range(2):
        instance = sdk.call("POST", f"/model/datamarts/{slow}/instances").headers["x-mstr-ms-instance"]
        sdk.call("POST", f"/datamarts/{slow}/instances/{instance}/execution/jobs")
    project = "projectName=MicroStrategy%20Tutorial"
    first, second = sdk.call("GET", f"/v2/monitors/jobs?nodeName={NODE}&{project}&fields=jobs").json()["jobs"]
    # mstrio puts the id into the path as it is, with its colon and equals signs.
    assert sdk.call("GET", f"/v2/monitors/jobs/{first['id']}").json()["status"] == "executing"
    assert sdk.call("DELETE", f"/v2/monitors/jobs/{first['id']}").status_code == 204
    killed = sdk.call("POST", "/v2/monitors/cancelJobs", json={"jobIds": [second["id"], "999:abc"]})
    assert killed.status_code == 207


def test_an_event_is_found_by_its_name_and_triggered(sdk: Sdk) -> None:
    (event,) = [e for e in sdk.call("GET", "/events").json()["events"] if e["name"] == "Load done"]
    assert sdk.call("GET", f"/events/{event['id']}").json()["id"] == event["id"]
    assert sdk.call("POST", f"/events/{event['id']}/trigger").ok
    (triggered,) = sdk.simulator.state()["events"]
    assert triggered["name"] == "Load done"


def test_an_olap_cube_is_opened_published_and_its_status_refreshed(sdk: Sdk) -> None:
    """``OlapCube(...)``, ``publish()``, ``refresh_status()`` and the job that ``publish`` gives back."""
    cube = catalogue.DAILY_CUBE
    assert sdk.call("GET", f"/objects/{cube}?type=3").json()["subtype"] == 776
    objects = sdk.call("GET", f"/v2/cubes/{cube}").json()["definition"]["availableObjects"]
    assert [each["name"] for each in (*objects["attributes"], *objects["metrics"])] == ["Category", "Sales"]
    super_cube = sdk.call("GET", f"/datasets/{cube}?fields=tables&fields=columns")
    assert (super_cube.status_code, super_cube.json()["code"]) == (500, "ERR001"), "what mstrio passes over in silence"
    info = sdk.call("GET", f"/cubes/?id={cube}").json()["cubesInfos"][0]
    assert {"serverMode", "size", "path", "status", "ownerId", "lastUpdateTime"} <= set(info)
    instance = sdk.call("POST", f"/model/datamarts/{catalogue.DAILY_SALES_APPEND}/instances").headers
    path = f"/datamarts/{catalogue.DAILY_SALES_APPEND}/instances/{instance['x-mstr-ms-instance']}/execution/jobs"
    assert sdk.call("POST", path).ok
    pass_time(sdk, 10)
    job = sdk.call("POST", f"/v2/cubes/{cube}").json()
    assert sdk.call("GET", f"/v2/monitors/jobs/{job['id']}").json()["objectType"] == "cube"
    assert int(sdk.call("HEAD", f"/cubes/{cube}").headers["X-MSTR-CubeStatus"]) & 1
    pass_time(sdk, 10)
    assert int(sdk.call("HEAD", f"/cubes/{cube}").headers["X-MSTR-CubeStatus"]) == 102
    assert sdk.simulator.state()["publications"][0]["rows"] == 300
