"""Prompts and their answers (API.md 7)."""

from typing import Any

import pytest
import requests

from local.simulator import catalogue
from tests.unit.simulator.conftest import Person

CITY = catalogue.CITY
COUNTRY = {"name": "Elements of Country", "type": "ELEMENTS"}
USA = COUNTRY | {"answers": [{"name": "USA"}]}


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


OBJECTS = f"/reports/{catalogue.ALL_PROMPTS}/instances/{{}}/prompts/{{}}/objects"


def keys(person: Person) -> list[str]:
    return [prompt["key"] for prompt in person.call("GET", f"/reports/{catalogue.ALL_PROMPTS}/prompts").json()]


def test_objects_and_levels_offer_what_may_answer_them(person: Person) -> None:
    instance, every = person.create(catalogue.ALL_PROMPTS), keys(person)
    metrics = person.call("GET", OBJECTS.format(instance, every[4])).json()["objects"]
    assert [(o["name"], o["type"]) for o in metrics] == [("Sales", "metric"), ("Cost", "metric")]
    level = person.call("GET", OBJECTS.format(instance, requests.utils.quote(every[6])) + "?limit=-1&offset=1").json()
    assert [o["name"] for o in level["objects"]] == ["City", "Category"]
    assert person.call("GET", OBJECTS.format(instance, every[4]) + "?limit=-1").status_code == 400
    assert person.call("GET", OBJECTS.format(instance, every[4]) + "?searchPattern=cos").json()["objects"][0][
        "name"
    ] == ("Cost")
    assert person.call("GET", OBJECTS.format(instance, every[0])).status_code == 400


def test_elements_of_a_nested_prompt_follow_the_earlier_answer(person: Person) -> None:
    instance = person.create(catalogue.NESTED)
    (country,) = person.call("GET", f"/reports/{catalogue.NESTED}/instances/{instance}/prompts").json()
    first = {"key": country["key"], "type": "ELEMENTS", "answers": [{"name": "Italy"}]}
    assert person.answer(catalogue.NESTED, instance, first).status_code == 204
    closed, city = person.call("GET", f"/reports/{catalogue.NESTED}/instances/{instance}/prompts").json()
    assert (closed["closed"], city["closed"]) == (True, False)
    path = f"/reports/{catalogue.NESTED}/instances/{instance}/prompts/{city['key']}/elements"
    assert [e["name"] for e in person.call("GET", path).json()["elements"]] == ["Rome", "Milan"]


def load_all_prompts(person: Person, **answers: Any) -> list[dict[str, Any]]:
    """Run the datamart with all types of prompts; the ones not given are closed without an answer."""
    datamart, every = catalogue.ALL_PROMPTS, person.call("GET", f"/reports/{catalogue.ALL_PROMPTS}/prompts").json()
    instance = person.create(datamart)
    person.execute(datamart, instance)
    person.pass_time(1)
    given = {"From day": "2026-01-01"} | {name.replace("_", " "): answer for name, answer in answers.items()}
    body = [{"key": p["key"], "type": p["type"], "answers": given.get(p["name"], [])} for p in every]
    answer = person.answer(datamart, instance, *body)
    assert answer.status_code == 204, answer.text
    person.pass_time(10)
    assert person.status(datamart, instance) == 1
    return person.simulator.rows("DM_ALL_PROMPTS")


def expression(operator: str, *operands: dict[str, Any]) -> dict[str, Any]:
    return {"expression": {"operator": operator, "operands": list(operands)}}


CITY_IS = {"type": "attribute", "id": catalogue.CITY_ATTRIBUTE}
CITY_FORM = {"type": "form", "attribute": {"id": catalogue.CITY_ATTRIBUTE}, "form": {"id": "0" * 32}}


def constant(value: Any) -> dict[str, Any]:
    return {"type": "constant", "dataType": "String", "value": value}


@pytest.mark.parametrize(
    ("answer", "cities"),
    [
        (
            expression("In", CITY_IS, {"type": "elements", "elements": [{"id": f"h1;{catalogue.CITY_ATTRIBUTE}"}]}),
            {"Boston"},
        ),
        (expression("Equals", CITY_FORM, constant("Rome")), {"Rome"}),
        (expression("BeginsWith", CITY_FORM, constant("M")), {"Madrid", "Manchester", "Milan", "Montréal", "Munich"}),
        (expression("In", CITY_FORM, {"type": "constants", "values": ["Lyon", "Paris"]}), {"Lyon", "Paris"}),
        (expression("Between", CITY_FORM, constant("Lo"), constant("Ly")), {"London"}),
        (expression("IsNull", CITY_FORM), set()),
    ],
)
def test_an_expression_filters_what_is_loaded(person: Person, answer: dict[str, Any], cities: set[str]) -> None:
    assert {row["city"] for row in load_all_prompts(person, Qualification=answer)} == cities


def test_an_expression_on_a_metric_filters_the_sums(person: Person) -> None:
    metric = {"type": "metric", "id": catalogue.SALES_METRIC}
    every = load_all_prompts(person)
    large = load_all_prompts(person, Qualification=expression("Greater", metric, constant("12000")))
    assert large == [row for row in every if row["sales"] > 12000]
    assert 0 < len(large) < len(every)


@pytest.mark.parametrize(
    "answer",
    [
        {},
        {"xml": "<mi/>"},
        expression("In"),
        expression("In", {"type": "attribute", "id": "0" * 32}),
        expression("Resembles", CITY_IS, constant("Rome")),
        expression("Between", CITY_IS, constant("a")),
        expression("In", CITY_IS, {"type": "elements", "elements": [{"id": "h99;X"}]}),
        expression("Equals", CITY_IS, {"type": "constant"}),
        {"expression": {"operator": "In", "operands": ["x"]}},
    ],
)
def test_an_expression_that_says_nothing_is_400(person: Person, answer: dict[str, Any]) -> None:
    instance, entry = person.create(catalogue.ALL_PROMPTS), prompt_of(person, 5)
    refused = person.answer(catalogue.ALL_PROMPTS, instance, entry | {"answers": answer or "x"})
    assert (refused.status_code, refused.json()["code"]) == (400, "ERR006")


def test_objects_choose_the_metrics_and_a_level_the_attributes(person: Person) -> None:
    rows = load_all_prompts(
        person,
        Metrics=[{"id": catalogue.COST_METRIC, "type": "metric"}],
        Level={"units": [{"id": catalogue.COUNTRY}]},
    )
    assert [set(row) for row in rows[:1]] == [{"country", "cost"}]
    assert len(rows) == 8


@pytest.mark.parametrize(
    ("index", "answers"),
    [
        (4, [{"id": catalogue.COUNTRY, "type": "attribute"}]),
        (4, ["x"]),
        (6, {"units": []}),
        (6, {"units": [{"id": catalogue.SALES_METRIC}]}),
        (6, "x"),
    ],
)
def test_an_object_that_is_not_offered_is_400(person: Person, index: int, answers: Any) -> None:
    instance = person.create(catalogue.ALL_PROMPTS)
    refused = person.answer(catalogue.ALL_PROMPTS, instance, prompt_of(person, index) | {"answers": answers})
    assert (refused.status_code, refused.json()["code"]) == (400, "ERR006")


def test_objects_cannot_be_addressed_by_name(person: Person) -> None:
    entry = {"name": "Metrics", "type": "OBJECTS", "useDefault": True}
    assert person.answer(catalogue.ALL_PROMPTS, person.create(catalogue.ALL_PROMPTS), entry).status_code == 400


def test_a_get_on_the_answers_is_not_an_endpoint(person: Person) -> None:
    answer = person.call("GET", f"/reports/{CITY}/instances/{person.create(CITY)}/prompts/answers")
    assert (answer.status_code, answer.json()["code"]) == (404, "ERR004")
