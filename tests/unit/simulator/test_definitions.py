"""Definitions: read, changed, made of a report (API.md 5, rows 10 to 13; API.md 5.1)."""

from typing import Any

import pytest

from local.simulator import catalogue
from tests.unit.simulator.conftest import Person

SALES = catalogue.CATEGORY_SALES
PATH = f"/model/datamarts/{SALES}"


def options(**changes: Any) -> dict[str, Any]:
    return {"datamartOptions": changes}


def run(person: Person, datamart: str) -> dict[str, Any]:
    instance = person.create(datamart)
    person.execute(datamart, instance)
    person.pass_time(60)
    answer = person.call("GET", f"/datamarts/{datamart}/instances/{instance}/execution").json()
    assert isinstance(answer, dict)
    return answer


def test_a_definition_tells_what_a_run_will_write(person: Person) -> None:
    definition = person.call("GET", PATH).json()
    assert definition["information"]["subType"] == "report_datamart"
    assert [u.get("name", u["type"]) for u in definition["dataSource"]["dataTemplate"]["units"]] == [
        "Category",
        "metrics",
    ]
    written = definition["datamartOptions"]
    assert (written["tableName"], written["append"], written["placeholderIncluded"]) == (
        "DM_CATEGORY_SALES",
        False,
        False,
    )
    assert written["datamartProperties"]["[DatamartProperties].[Maximum Rows]"]["resolvedLocation"] == "default"
    assert "advancedProperties" not in definition
    assert "advancedProperties" in person.call("GET", f"{PATH}?showAdvancedProperties=true").json()


def test_a_changed_definition_has_a_new_version_and_the_next_run_follows_it(person: Person) -> None:
    before = person.call("GET", PATH).json()["information"]["versionId"]
    changed = person.call("PUT", PATH, json=options(append=True, tableName="DM_NEW")).json()
    assert changed["information"]["versionId"] != before
    run(person, SALES)
    once = len(person.simulator.rows("DM_NEW"))
    run(person, SALES)
    assert len(person.simulator.rows("DM_NEW")) == 2 * once > 0
    assert person.simulator.rows("DM_CATEGORY_SALES") == []


def test_prefix_and_placeholders_are_resolved_when_it_runs(person: Person) -> None:
    prefix = {"[DatamartProperties].[Table Prefix]": {"value": "STAGE_"}}
    changed = person.call("PUT", PATH, json=options(tableName="DM_!d", datamartProperties=prefix)).json()
    assert changed["datamartOptions"]["placeholderIncluded"] is True
    assert run(person, SALES)["status"] == 1
    assert person.simulator.rows("STAGE_DM_20261118") != []


def test_a_maximum_execution_time_ends_the_job(person: Person) -> None:
    longest = {"[DatamartProperties].[Maximum Execution Time]": {"value": "30"}}
    person.call("PUT", f"/model/datamarts/{catalogue.SLOW_LOAD}", json=options(datamartProperties=longest))
    answer = run(person, catalogue.SLOW_LOAD)
    assert (answer["status"], answer["iServerCode"]) == (3, -2147209075)


@pytest.mark.parametrize("name", ["DM; DROP TABLE sales", "DM CITY", "DM_!", "ä"])
def test_a_table_name_that_is_none_is_refused(person: Person, name: str) -> None:
    assert person.call("PUT", PATH, json=options(tableName=name)).status_code == 400


def test_a_datamart_is_made_of_a_report_and_runs(person: Person) -> None:
    information = {"name": "Made", "destinationFolderId": catalogue.FOLDER_ARCHIVE}
    path = f"/model/datamarts?sourceReportId={catalogue.CITY_REPORT}"
    made = person.call("POST", path, json={"information": information} | options(tableName="DM_MADE"))
    assert made.status_code == 201
    datamart = made.json()["information"]["objectId"]
    assert person.call("GET", f"/objects/{datamart}?type=3").json()["subtype"] == 772
    assert run(person, datamart)["status"] == 1
    assert set(person.simulator.rows("DM_MADE", 1)[0]) == {"country", "city", "category", "sales", "cost"}
    clash = person.call("POST", path, json={"information": information})
    assert clash.status_code == 409


def test_a_datamart_without_a_table_name_fails_when_it_runs(person: Person) -> None:
    information = {"name": "Nameless", "destinationFolderId": catalogue.FOLDER_ARCHIVE}
    path = f"/model/datamarts?sourceReportId={catalogue.CITY_REPORT}"
    made = person.call("POST", path, json={"information": information}).json()
    assert run(person, made["information"]["objectId"])["iServerCode"] == -2147205449


def test_a_definition_without_name_or_folder_is_refused(person: Person) -> None:
    path = f"/model/datamarts?sourceReportId={catalogue.CITY_REPORT}"
    assert person.call("POST", path, json={"information": {"name": "Made"}}).status_code == 400
    nowhere = {"information": {"destinationFolderId": "0" * 32}}
    assert person.call("PUT", PATH, json=nowhere).status_code == 404


def test_a_report_that_is_not_a_datamart_has_no_such_definition(person: Person) -> None:
    answer = person.call("GET", f"/model/datamarts/{catalogue.CITY_REPORT}")
    assert answer.json()["errors"][0]["iServerCode"] == -2147205451


def test_the_applicable_properties_are_those_of_a_datamart(person: Person) -> None:
    answer = person.call("GET", f"{PATH}/applicableVldbProperties").json()
    assert answer["propertyCount"] == len(answer["applicableProperties"]) == 12


def test_with_an_instance_of_the_modelling_service_the_project_may_be_left_out(person: Person) -> None:
    headers = {"X-MSTR-MS-Instance": person.create(SALES)}
    del person.http.headers["X-MSTR-ProjectID"]
    assert person.call("GET", PATH).status_code == 400
    assert person.call("GET", PATH, headers=headers).status_code == 200
