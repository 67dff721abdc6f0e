"""Every limit that a prompt may have, in one datamart (API.md 7.2, 7.4), and two prompts of one name (7.2)."""

from typing import Any

import pytest

from local.simulator import catalogue
from tests.unit.simulator.conftest import Person

STRICT = catalogue.STRICT_PROMPTS
SALES, COST = {"id": catalogue.SALES_METRIC, "type": "metric"}, {"id": catalogue.COST_METRIC, "type": "metric"}
COUNTRIES = [{"name": name} for name in ("USA", "France", "Japan")]
METRIC = {"type": "metric", "id": catalogue.SALES_METRIC}
RIGHT: dict[str, Any] = {
    "Code": "AB",
    "Percentage": 0,
    "Load day": "2026-01-01",
    "Countries": COUNTRIES[:2],
    "One metric": [COST],
}


def entries(person: Person, given: dict[str, Any]) -> list[dict[str, Any]]:
    prompts = person.call("GET", f"/reports/{STRICT}/prompts").json()
    return [{"key": p["key"], "type": p["type"], "answers": given.get(p["name"], [])} for p in prompts]


def test_the_prompts_say_their_limits_and_are_titled_otherwise_than_named(person: Person) -> None:
    prompts = person.call("GET", f"/reports/{STRICT}/prompts").json()
    assert [(p["name"], p["type"], p.get("dataType"), p["required"], p.get("min"), p.get("max")) for p in prompts] == [
        ("Code", "VALUE", "TEXT", True, 2, 5),
        ("Percentage", "VALUE", "NUMERIC", True, 0, 100),
        ("Load day", "VALUE", "DATE", True, "2026-01-01", "2026-12-31"),
        ("Countries", "ELEMENTS", None, True, 1, 2),
        ("One metric", "OBJECTS", None, True, 1, 1),
        ("Detail", "LEVEL", None, False, None, None),
        ("Condition", "EXPRESSION", None, False, None, None),
    ]
    assert all(p["title"] != p["name"] for p in prompts)
    assert [p["instruction"] for p in prompts if "instruction" in p] == ["2 to 5 characters"]


def test_a_prompt_without_a_title_is_titled_by_its_name(person: Person) -> None:
    (prompt,) = person.call("GET", f"/reports/{catalogue.CITY}/prompts").json()
    assert prompt["title"] == prompt["name"]
    assert "instruction" not in prompt


def test_answers_within_the_limits_are_taken_and_filter(person: Person) -> None:
    instance = person.create(STRICT)
    person.execute(STRICT, instance)
    person.pass_time(1)
    assert person.answer(STRICT, instance, *entries(person, RIGHT)).status_code == 204
    person.pass_time(10)
    assert person.status(STRICT, instance) == 1
    rows = person.simulator.rows("DM_STRICT_PROMPTS")
    assert {row["country"] for row in rows} == {"USA", "France"}
    assert set(rows[0]) == {"country", "city", "category", "cost"}


@pytest.mark.parametrize("day", ["2026-06-30", "2026-11-24"])
def test_the_sample_to_paste_with_a_day_late_in_the_year_still_loads_rows(person: Person, day: str) -> None:
    instance = person.create(STRICT)
    person.execute(STRICT, instance)
    person.pass_time(1)
    large = {"expression": {"operator": "Greater", "operands": [METRIC, {"type": "constant", "value": "1000"}]}}
    sample = RIGHT | {"Percentage": 50, "Load day": day, "Countries": COUNTRIES[:2], "Condition": large}
    assert person.answer(STRICT, instance, *entries(person, sample)).status_code == 204
    person.pass_time(10)
    assert person.status(STRICT, instance) == 1
    assert len(person.simulator.rows("DM_STRICT_PROMPTS")) >= 3


@pytest.mark.parametrize(
    ("name", "answers", "said"),
    [
        ("Code", "A", "shorter"),
        ("Code", "ABCDEF", "longer"),
        ("Code", "", "required"),
        ("Code", 12, "not a string"),
        ("Percentage", "-0.01", "below"),
        ("Percentage", 100.01, "above"),
        ("Percentage", "NaN", "not a number"),
        ("Percentage", "1e999", "not a number"),
        ("Percentage", 10**400, "not a number"),
        ("Percentage", True, "not a number"),
        ("Percentage", "1_0", "not a number"),
        ("Percentage", "12 %", "not a number"),
        ("Load day", "2025-12-31", "before the range"),
        ("Load day", "2027-01-01", "after the range"),
        ("Countries", [], "required"),
        ("Countries", COUNTRIES, "More elements"),
        ("One metric", [], "required"),
        ("One metric", [SALES, COST], "More objects"),
    ],
)
def test_an_answer_beyond_a_limit_is_400_and_none_of_the_others_is_taken(
    person: Person, name: str, answers: Any, said: str
) -> None:
    instance = person.create(STRICT)
    refused = person.answer(STRICT, instance, *entries(person, RIGHT | {name: answers}))
    assert (refused.status_code, refused.json()["code"]) == (400, "ERR006")
    assert said in refused.json()["message"]
    listed = person.call("GET", f"/reports/{STRICT}/instances/{instance}/prompts").json()
    assert [p["closed"] for p in listed] == [False] * 7
    assert person.simulator.state()["answers"] == []


@pytest.mark.parametrize("number", ["5", "+5", "5.", ".5e1", 5, 5.0, "0", "100"])
def test_a_number_may_be_written_as_a_text(person: Person, number: Any) -> None:
    entry = {"name": "Percentage", "type": "VALUE", "answers": number}
    assert person.answer(STRICT, person.create(STRICT), entry).status_code == 204


def test_two_prompts_of_one_name_are_distinguished_by_their_ids(person: Person) -> None:
    same = catalogue.SAME_NAMES
    first, second = person.call("GET", f"/reports/{same}/prompts").json()
    assert (first["name"], first["required"]) == (second["name"], second["required"]) == ("Remark", False)
    assert first["id"] != second["id"]
    instance = person.create(same)
    person.execute(same, instance)
    person.pass_time(1)
    assert person.answer(same, instance, {"id": second["id"], "type": "VALUE", "answers": "two"}).status_code == 204
    listed = person.call("GET", f"/reports/{same}/instances/{instance}/prompts").json()
    assert [p.get("answers") for p in listed] == [None, "two"]
    assert person.status(same, instance) == 2
    by_name = {"name": "Remark", "type": "VALUE", "answers": ""}  # the first of the name
    assert person.answer(same, instance, by_name).status_code == 204
    person.pass_time(10)
    assert person.status(same, instance) == 1
    assert len(person.simulator.rows("DM_SAME_NAMES")) == 4


def test_every_id_is_32_hexadecimal_digits_and_given_once(person: Person) -> None:
    specs = catalogue.datamarts(10, 1.0).values()
    ids = [spec.id for spec in specs] + [prompt.id for spec in specs for prompt in spec.prompts]
    assert all(len(i) == 32 and set(i) <= set("0123456789ABCDEF") for i in ids)
    assert len(set(ids)) == len(ids)
