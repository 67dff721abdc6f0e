"""Saving an instance's definition (API.md 5, rows 6 and 7)."""

from typing import Any

import pytest

from local.simulator import catalogue
from tests.unit.simulator.conftest import Person

CITY = catalogue.CITY
COUNTRY = {"name": "Elements of Country", "type": "ELEMENTS"}
USA = COUNTRY | {"answers": [{"name": "USA"}]}


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


@pytest.mark.parametrize("options", [[], "x", {"saveAsWithAnswers": "yes"}])
def test_prompt_options_that_are_none_are_refused(person: Person, options: Any) -> None:
    headers = {"X-MSTR-MS-Instance": person.create(CITY)}
    answer = person.call(
        "POST", f"/model/datamarts/{CITY}/instances/save", headers=headers, json={"promptOptions": options or [0]}
    )
    assert answer.status_code == 400
