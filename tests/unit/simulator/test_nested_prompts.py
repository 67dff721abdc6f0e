"""Nested prompts, from one to ten (API.md 7.3)."""

from collections.abc import Callable
from typing import Any

import pytest

from local.simulator import Scenario, catalogue
from tests.unit.simulator.conftest import Person

NESTED = catalogue.NESTED
ANSWERS: dict[str, Any] = {
    "Country of the city": [{"name": "USA"}],
    "City in the country": [{"name": "Boston"}],
}


@pytest.mark.parametrize("depth", range(1, 11))
def test_each_answer_opens_the_next_prompt(meet: Callable[..., Person], depth: int) -> None:
    person = meet(Scenario(nesting=depth))
    assert len(person.call("GET", f"/reports/{NESTED}/prompts").json()) == depth
    instance = person.create(NESTED)
    person.execute(NESTED, instance)
    path = f"/reports/{NESTED}/instances/{instance}/prompts"
    optional = []
    for answered in range(depth):
        person.pass_time(1)
        assert person.status(NESTED, instance) == 2
        *closed, prompt = person.call("GET", path).json()
        assert ([p["closed"] for p in closed], prompt["closed"]) == ([True] * answered, False)
        answers = ANSWERS.get(prompt["name"], "1" if prompt["required"] else "")
        entry = {"key": prompt["key"], "type": prompt["type"], "answers": answers}
        assert person.answer(NESTED, instance, entry).status_code == 204
        optional.append(not prompt["required"])
    person.pass_time(10)
    assert person.status(NESTED, instance) == 1
    assert optional == [n > 2 and n % 2 == 0 for n in range(1, depth + 1)]
    assert {row["country"] for row in person.simulator.rows("DM_NESTED")} == {"USA"}


def test_after_each_answer_the_next_prompt_is_being_loaded(person: Person) -> None:
    instance = person.create(NESTED)
    person.execute(NESTED, instance)
    person.pass_time(1)
    first = {"name": "Country of the city", "type": "ELEMENTS", "answers": [{"name": "USA"}]}
    assert person.answer(NESTED, instance, first).status_code == 204
    seen = []
    for _ in range(5):
        seen.append(person.status(NESTED, instance))
        person.pass_time(0.1)
    assert list(dict.fromkeys(seen)) == [8, 23, 2]
