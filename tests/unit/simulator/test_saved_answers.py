"""Answers that are saved with a definition become its defaults, in the shapes of API.md 7.2; API.md 5,
promptOptions."""

from typing import Any

import pytest

from local.simulator import catalogue
from tests.unit.simulator.conftest import Person

ALL = catalogue.ALL_PROMPTS
CITY_IS = {"type": "attribute", "id": catalogue.CITY_ATTRIBUTE}
ROME = {"operator": "In", "operands": [CITY_IS, {"type": "constants", "values": ["Rome", "Milan"]}]}
GIVEN: dict[str, Any] = {
    "Comment": "said",
    "Least amount": "12.5",
    "From day": "2026-05-01T00:00:00.000+0000",
    "Category": [{"name": "Music"}, {"id": f"h1;{catalogue.CATEGORY}"}],
    "Metrics": [{"id": catalogue.COST_METRIC, "type": "metric"}],
    "Qualification": {"expression": ROME},
    "Level": {"units": [{"id": catalogue.COUNTRY}]},
}
UNIT = {"id": catalogue.COUNTRY, "name": "Country", "type": "attribute"}
SAVED: dict[str, Any] = {
    "Comment": "said",
    "Least amount": 12.5,
    "From day": "2026-05-01T00:00:00.000+0000",
    "Category": [
        {"id": f"h4;{catalogue.CATEGORY}", "name": "Music"},
        {"id": f"h1;{catalogue.CATEGORY}", "name": "Books"},
    ],
    "Metrics": [{"id": catalogue.COST_METRIC, "name": "Cost", "type": "metric"}],
    "Qualification": {"content": "City In Rome, Milan", "expression": ROME},
    "Level": {
        "canContinue": True,
        "filterRest": True,
        "units": [UNIT | {"filtering": "STANDARD", "groupBy": True, "grouping": "STANDARD"}],
    },
}


def prompts_of(person: Person, datamart: str) -> list[dict[str, Any]]:
    listed = person.call("GET", f"/reports/{datamart}/prompts").json()
    assert isinstance(listed, list)
    return listed


def answered(person: Person) -> str:
    """An instance whose prompts are all answered."""
    instance = person.create(ALL)
    body = [{"key": p["key"], "type": p["type"], "answers": GIVEN[p["name"]]} for p in prompts_of(person, ALL)]
    answer = person.answer(ALL, instance, *body)
    assert answer.status_code == 204, answer.text
    return instance


def save(person: Person, instance: str, how: str, **body: Any) -> str:
    body |= {"promptOptions": {"saveAsWithAnswers": True}}
    headers = {"X-MSTR-MS-Instance": instance}
    answer = person.call("POST", f"/model/datamarts/{ALL}/instances/{how}", headers=headers, json=body)
    assert answer.status_code == 200, answer.text
    return str(answer.json()["objectId"])


def test_the_answers_are_listed_in_the_same_shapes(person: Person) -> None:
    instance = answered(person)
    listed = person.call("GET", f"/reports/{ALL}/instances/{instance}/prompts").json()
    assert {p["name"]: p["answers"] for p in listed} == SAVED


@pytest.mark.parametrize(
    ("how", "body"),
    [("save", {}), ("saveAs", {"name": "Mine", "destinationFolderId": catalogue.FOLDER_ARCHIVE})],
)
def test_saved_answers_are_the_defaults_of_every_type(person: Person, how: str, body: dict[str, str]) -> None:
    saved = save(person, answered(person), how, **body)
    assert {p["name"]: p["defaultAnswer"] for p in prompts_of(person, saved)} == SAVED


def test_a_datamart_runs_with_the_defaults_that_were_saved(person: Person) -> None:
    save(person, answered(person), "save")
    instance = person.create(ALL)
    defaults = [{"key": p["key"], "type": p["type"], "useDefault": True} for p in prompts_of(person, ALL)]
    assert person.answer(ALL, instance, *defaults).status_code == 204
    person.execute(ALL, instance)
    person.pass_time(10)
    assert person.status(ALL, instance) == 1
    assert person.simulator.rows("DM_ALL_PROMPTS", 1)[0].keys() == {"country", "cost"}


def test_of_two_elements_of_one_name_the_one_that_was_chosen_is_saved(person: Person) -> None:
    customers = catalogue.CUSTOMERS
    instance = person.create(customers)
    second = {"id": f"h44444;{catalogue.CUSTOMER}", "name": "Smith, John"}
    entry = {"name": "Customers", "type": "ELEMENTS", "answers": [{"id": second["id"]}]}
    assert person.answer(customers, instance, entry).status_code == 204
    save(person, instance, "save")
    assert [p["defaultAnswer"] for p in prompts_of(person, customers)] == [[second]]
