"""Elements by the thousand: searched, paged, and named in ways that are hard to write (API.md 7.1, 7.3)."""

from typing import Any

import pytest
import requests

from local.simulator import catalogue
from tests.unit.simulator.conftest import Person

CUSTOMERS = catalogue.CUSTOMERS


@pytest.fixture
def instance(person: Person) -> str:
    made = person.create(CUSTOMERS)
    person.execute(CUSTOMERS, made)
    person.pass_time(1)
    return made


def prompt_of(person: Person, instance: str) -> dict[str, Any]:
    (prompt,) = person.call("GET", f"/reports/{CUSTOMERS}/instances/{instance}/prompts").json()
    assert isinstance(prompt, dict)
    return prompt


def elements(person: Person, instance: str, **query: Any) -> requests.Response:
    key = requests.utils.quote(prompt_of(person, instance)["key"], safe="")
    return person.call("GET", f"/reports/{CUSTOMERS}/instances/{instance}/prompts/{key}/elements", params=query)


def test_the_elements_come_in_pages(person: Person, instance: str) -> None:
    assert prompt_of(person, instance)["source"]["id"] == catalogue.CUSTOMER
    first = elements(person, instance)
    assert (len(first.json()["elements"]), first.headers["x-mstr-total-count"]) == (100, "50000")
    assert first.json()["elements"][0] == {"id": f"h1;{catalogue.CUSTOMER}", "name": "Customer 00001"}
    last = elements(person, instance, offset=49_990, limit=200).json()["elements"]
    assert (len(last), last[-1]["name"]) == (10, "Customer 50000")
    assert elements(person, instance, offset=50_000).json()["elements"] == []


@pytest.mark.parametrize(
    ("pattern", "ids"),
    [
        ("customer 0000", [1, 2, 3, 4, 5, 6, 7, 8, 9]),
        ("SMITH, JOHN", [12_345, 44_444]),
        ("東京", [11]),
        ('"tails" o\'b', [222]),
        ("{% $x %}", [3_333]),
        ("C:\\temp", [4_444]),
        ("Very Long " * 19, [5_555]),
        ("nobody", []),
    ],
)
def test_a_part_of_a_name_finds_elements(person: Person, instance: str, pattern: str, ids: list[int]) -> None:
    answer = elements(person, instance, searchPattern=pattern)
    assert [e["id"] for e in answer.json()["elements"]] == [f"h{n};{catalogue.CUSTOMER}" for n in ids]
    assert answer.headers["x-mstr-total-count"] == str(len(ids))


def test_a_search_may_be_paged_too(person: Person, instance: str) -> None:
    answer = elements(person, instance, searchPattern="Customer 10", offset=2, limit=2)
    assert [e["name"] for e in answer.json()["elements"]] == ["Customer 10002", "Customer 10003"]
    assert answer.headers["x-mstr-total-count"] == "1000"


def test_searching_takes_no_time_to_speak_of(person: Person, instance: str) -> None:
    for _ in range(5):
        elements(person, instance, searchPattern="9999")
        elements(person, instance, offset=40_000)
    took = [r["milliseconds"] for r in person.simulator.state()["requests"] if r["step"] == "search_elements"]
    assert min(took[0::2]) < 20
    assert min(took[1::2]) < 20


@pytest.mark.parametrize(
    "answer",
    [
        {"id": f"h44444;{catalogue.CUSTOMER}", "name": "Smith, John"},
        {"id": f"h50000;{catalogue.CUSTOMER}"},
        {"name": "{% $x %}"},
        {"name": "C:\\temp\\new"},
    ],
)
def test_a_customer_of_the_long_list_is_taken_as_an_answer(
    person: Person, instance: str, answer: dict[str, str]
) -> None:
    key = prompt_of(person, instance)["key"]
    assert person.answer(CUSTOMERS, instance, {"key": key, "type": "ELEMENTS", "answers": [answer]}).status_code == 204
    (given,) = prompt_of(person, instance)["answers"]
    assert answer.items() <= given.items()
    person.pass_time(10)
    assert person.status(CUSTOMERS, instance) == 1
    assert len(person.simulator.rows("DM_CUSTOMERS")) == 4


@pytest.mark.parametrize("answer", [{"id": f"h50001;{catalogue.CUSTOMER}"}, {"name": "customer 00001"}])
def test_what_is_not_a_customer_is_400(person: Person, instance: str, answer: dict[str, str]) -> None:
    entry = {"key": prompt_of(person, instance)["key"], "type": "ELEMENTS", "answers": [answer]}
    assert person.answer(CUSTOMERS, instance, entry).status_code == 400


def loaded(person: Person, *customers: str) -> list[dict[str, Any]]:
    """The table after the datamart has run for these customers."""
    made = person.create(CUSTOMERS)
    person.execute(CUSTOMERS, made)
    person.pass_time(1)
    answer = {"name": "Customers", "type": "ELEMENTS", "answers": [{"name": name} for name in customers]}
    assert person.answer(CUSTOMERS, made, answer).status_code == 204
    person.pass_time(10)
    assert person.status(CUSTOMERS, made) == 1
    return person.simulator.rows("DM_CUSTOMERS")


def test_the_customers_that_are_chosen_decide_what_is_summed(person: Person) -> None:
    one, other = loaded(person, "Customer 00001"), loaded(person, "Customer 00002")
    both = loaded(person, "Customer 00001", "Customer 00002")
    assert one != other

    def total(rows: list[dict[str, Any]]) -> float:
        return round(sum(row["sales"] for row in rows), 2)

    assert total(both) == round(total(one) + total(other), 2)


@pytest.mark.parametrize("name", ["Customer 00400", "Customer 50000", "Smith, John", "C:\\temp\\new"])
def test_every_customer_has_bought_something(person: Person, name: str) -> None:
    assert loaded(person, name)
