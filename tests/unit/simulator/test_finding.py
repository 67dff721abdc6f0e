"""Projects, searches and objects (API.md 3 and 4)."""

from collections.abc import Callable

import pytest

from local.simulator import catalogue
from local.simulator.metadata import places
from tests.unit.simulator.conftest import Person

CITY = catalogue.CITY
COUNTRY = {"name": "Elements of Country", "type": "ELEMENTS"}
USA = COUNTRY | {"answers": [{"name": "USA"}]}


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
        ("name=city&pattern=4", ["City", "City Report", "City Cube"]),
        ("name=city&pattern=4&type=772", ["City"]),
        ("name=city&pattern=1&type=768", ["City Report"]),
        ("name=report&pattern=5", ["City Report"]),
        ("name=Same+Name&pattern=2&root=" + catalogue.FOLDER_ARCHIVE, ["Same Name"]),
        ("name=same&pattern=4&limit=1&offset=1", ["Same Name"]),
        ("name=datamarts&pattern=2&type=8", ["Datamarts"]),
        ("name=datamarts&pattern=2", []),
        ("name=nightly&pattern=2&type=2048", ["Nightly", "Nightly"]),
        ("name=nightly&pattern=2&type=8&root=" + catalogue.FOLDER_ARCHIVE, ["Nightly"]),
        ("name=a&pattern=1&type=8&type=772", ["All Prompts", "Archive"]),
        ("name=sales&pattern=2&type=4", ["Sales"]),
        ("name=SALES&pattern=2&type=12", []),
        ("name=c&pattern=1&type=12", ["Country", "City", "Category", "Customer"]),
        ("name=city&pattern=2&type=3072&type=772", ["City", "City"]),
        ("name=o&pattern=4&type=4&type=12&root=" + places.FOLDER_METRICS, ["Cost"]),
    ],
)
def test_a_search_finds_by_pattern_type_and_folder(person: Person, query: str, names: list[str]) -> None:
    answer = person.call("GET", f"/searches/results?{query}")
    assert [item["name"] for item in answer.json()["result"]] == names
    assert int(answer.headers["x-mstr-total-count"]) >= len(names)


def test_a_folder_is_found_with_the_folders_that_it_is_in(person: Person) -> None:
    (found,) = person.call("GET", "/searches/results?name=Archive&pattern=2&type=8&getAncestors=true").json()["result"]
    assert (found["id"], found["type"], found["subtype"]) == (catalogue.FOLDER_ARCHIVE, 8, 2048)
    assert [(a["name"], a["level"]) for a in found["ancestors"]] == [("CASTOR_SERVER", 2), ("Public Objects", 1)]
    (bare,) = person.call("GET", "/searches/results?name=Archive&pattern=2&type=8").json()["result"]
    assert "ancestors" not in bare


@pytest.mark.parametrize(
    ("name", "kind", "subtype", "folders"),
    [("Country", 12, 3072, ["Schema Objects"]), ("Sales", 4, 1024, ["Public Objects", "Metrics"])],
)
def test_attributes_and_metrics_are_found_with_the_folders_that_they_are_in(
    person: Person, name: str, kind: int, subtype: int, folders: list[str]
) -> None:
    query = f"name={name}&pattern=2&type={kind}&getAncestors=true"
    (found,) = person.call("GET", f"/searches/results?{query}").json()["result"]
    assert (found["name"], found["type"], found["subtype"]) == (name, kind, subtype)
    assert [above["name"] for above in found["ancestors"]] == ["CASTOR_SERVER", *folders]


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


def test_the_monitor_also_lists_projects_that_are_not_loaded(person: Person) -> None:
    listed = person.call("GET", "/monitors/projects?offset=1&limit=2").json()["projects"]
    assert [(p["name"], p["status"]) for p in listed] == [("Idle Project", 7), ("Unloaded Project", -1)]


def test_the_node_tells_the_projects_statuses_in_words(person: Person) -> None:
    (node,) = person.call("GET", "/monitors/iServer/nodes").json()["nodes"]
    assert node["status"] == "running"
    assert [p["status"] for p in node["projects"]] == ["loaded", "full_idle", "unloaded", "loaded"]
    query = f"projects.id={catalogue.IDLE_PROJECT}&name={node['name']}"
    (same,) = person.call("GET", f"/monitors/iServer/nodes?{query}").json()["nodes"]
    assert [p["name"] for p in same["projects"]] == ["Idle Project"]
    assert person.call("GET", "/monitors/iServer/nodes?name=ELSEWHERE").json() == {"nodes": []}


def test_the_monitors_can_be_closed_to_the_account(meet: Callable[..., Person]) -> None:
    person = meet("monitor-forbidden")
    for path in ("/monitors/projects", "/monitors/iServer/nodes", "/v2/monitors/jobs", "/v2/monitors/jobs/1"):
        assert (person.call("GET", path).status_code, path) == (403, path)


@pytest.mark.parametrize(
    ("reference", "status", "code"),
    [
        ("MicroStrategy Tutorial", 200, None),
        (catalogue.TUTORIAL, 200, None),
        ("microstrategy tutorial", 500, "ERR001"),
        ("Unloaded Project", 500, "ERR001"),
        ("Forbidden Project", 403, "ERR014"),
    ],
)
def test_a_project_is_found_by_its_id_or_exact_name(
    person: Person, reference: str, status: int, code: str | None
) -> None:
    answer = person.call("GET", f"/projects/{reference}")
    assert (answer.status_code, answer.json().get("code")) == (status, code)


@pytest.mark.parametrize(
    ("project", "status", "i_server_code"),
    [(catalogue.UNLOADED_PROJECT, 500, -2147209151), (catalogue.FORBIDDEN_PROJECT, 403, -2147214578)],
)
def test_a_project_that_is_closed_refuses_every_call_in_it(
    person: Person, project: str, status: int, i_server_code: int
) -> None:
    answer = person.call("GET", "/searches/results", headers={"X-MSTR-ProjectID": project})
    assert (answer.status_code, answer.json()["iServerCode"]) == (status, i_server_code)


def test_folders_and_projects_are_objects_too(person: Person) -> None:
    folder = person.call("GET", f"/objects/{catalogue.FOLDER_ARCHIVE}?type=8").json()
    assert (folder["name"], [a["name"] for a in folder["ancestors"]]) == (
        "Archive",
        ["CASTOR_SERVER", "Public Objects"],
    )
    assert person.call("GET", f"/objects/{catalogue.TUTORIAL}?type=32").json()["name"] == "MicroStrategy Tutorial"
    assert person.call("GET", f"/objects/{CITY}?type=8").status_code == 500


def test_a_full_search_may_be_asked_for_in_a_body(person: Person) -> None:
    body = {"name": "city", "pattern": 2, "type": [772]}
    search = person.call("POST", "/v2/metadataSearches/results", json=body).json()
    assert search["totalItems"] == 1
    found = person.call("GET", f"/metadataSearches/results?searchId={search['id']}&offset=0&limit=-1")
    assert ([item["id"] for item in found.json()], found.headers["x-mstr-total-count"]) == ([CITY], "1")


def test_no_object_of_the_simulator_is_certified(person: Person) -> None:
    assert person.call("GET", "/searches/results?certifiedStatus=CERTIFIED_ONLY").json()["totalItems"] == 0
    assert person.call("GET", "/searches/results?certifiedStatus=ALL").json()["totalItems"] == 32


def test_fields_keep_only_what_was_asked_for_but_never_cut_an_error(person: Person) -> None:
    assert person.call("GET", "/projects?fields=id,name").json()[0] == {
        "id": catalogue.TUTORIAL,
        "name": "MicroStrategy Tutorial",
    }
    assert person.call("GET", f"/objects/{CITY}?type=3&fields=name").json() == {"name": "City"}
    assert set(person.call("GET", f"/objects/{'0' * 32}?type=3&fields=name").json()) > {"code", "message"}
    instance = person.create(CITY)
    order = f"/datamarts/{CITY}/instances/{instance}/execution/jobs?fields=jobId"
    assert list(person.call("POST", order).json()) == ["jobId"]
