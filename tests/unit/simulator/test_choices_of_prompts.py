"""What may answer a prompt: its elements and its objects (API.md 7.1)."""

from typing import Any

import pytest
import requests

from local.simulator import catalogue
from tests.unit.simulator.conftest import Person

ALL = catalogue.ALL_PROMPTS


@pytest.fixture
def prompts(person: Person) -> dict[str, dict[str, Any]]:
    return {prompt["name"]: prompt for prompt in person.call("GET", f"/reports/{ALL}/prompts").json()}


def choices(person: Person, address: str, which: str, **query: Any) -> requests.Response:
    instance = person.create(ALL)
    return person.call("GET", f"/reports/{ALL}/instances/{instance}/prompts/{address}/{which}", params=query)


@pytest.mark.parametrize("field", ["key", "id"])
@pytest.mark.parametrize("encoded", [True, False])
@pytest.mark.parametrize(
    ("name", "which", "first"),
    [("Category", "elements", "Books"), ("Metrics", "objects", "Sales"), ("Level", "objects", "Country")],
)
def test_a_prompt_is_addressed_by_key_or_id(
    person: Person, prompts: dict[str, Any], field: str, encoded: bool, name: str, which: str, first: str
) -> None:
    address = requests.utils.quote(prompts[name][field], safe="") if encoded else prompts[name][field]
    answer = choices(person, address, which)
    assert answer.json()[which][0]["name"] == first


@pytest.mark.parametrize(
    ("name", "which", "query", "names", "total"),
    [
        ("Category", "elements", {"offset": 1, "limit": 2}, ["Electronics", "Movies"], 4),
        ("Category", "elements", {"offset": 4}, [], 4),
        ("Category", "elements", {"searchPattern": "M", "limit": 1}, ["Movies"], 2),
        ("Category", "elements", {"searchPattern": "m", "offset": 1}, ["Music"], 2),
        ("Metrics", "objects", {"offset": 1}, ["Cost"], 2),
        ("Metrics", "objects", {"searchPattern": "SAL"}, ["Sales"], 1),
        ("Level", "objects", {"limit": -1, "offset": 2}, ["Category"], 3),
        ("Level", "objects", {"searchPattern": "c", "limit": 1}, ["Country"], 3),
    ],
)
def test_choices_come_in_pages_by_pattern_and_with_their_number(
    person: Person, prompts: dict[str, Any], name: str, which: str, query: dict[str, Any], names: list[str], total: int
) -> None:
    answer = choices(person, prompts[name]["key"], which, **query)
    assert [choice["name"] for choice in answer.json()[which]] == names
    assert answer.headers["x-mstr-total-count"] == str(total)


@pytest.mark.parametrize(
    ("name", "which", "query"),
    [
        ("Qualification", "elements", {}),
        ("Qualification", "objects", {}),
        ("Comment", "elements", {}),
        ("Metrics", "elements", {}),
        ("Category", "objects", {}),
        ("Category", "elements", {"limit": 0}),
        ("Category", "elements", {"limit": -1}),
        ("Category", "elements", {"limit": 201}),
        ("Category", "elements", {"offset": "x"}),
        ("Metrics", "objects", {"limit": 201}),
    ],
)
def test_what_has_no_such_choices_is_400(
    person: Person, prompts: dict[str, Any], name: str, which: str, query: dict[str, Any]
) -> None:
    answer = choices(person, prompts[name]["key"], which, **query)
    assert (answer.status_code, answer.json()["code"]) == (400, "ERR006")


def test_a_prompt_that_does_not_exist_is_400(person: Person) -> None:
    assert choices(person, "0" * 32, "elements").status_code == 400


def test_the_choices_of_an_instance_that_is_gone_are_404(person: Person, prompts: dict[str, Any]) -> None:
    address = f"/reports/{ALL}/instances/{'0' * 32}/prompts/{prompts['Category']['key']}/elements"
    answer = person.call("GET", address)
    assert (answer.status_code, answer.json()["iServerCode"]) == (404, -2147468986)
