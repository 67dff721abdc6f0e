"""How logs and people see the answers of a round."""

import json
from typing import Any

import pytest

from functions.microstrategy.http.redaction import redactor
from functions.prompts.plan import plan
from functions.prompts.used_answers import LARGEST, LONGEST_VALUE, MOST_VALUES, used_answers
from tests.unit.prompts.offered import Offered, named
from tests.unit.prompts.test_plan import COUNTRY, YEAR

MANY = [f"Country {number}" for number in range(60)]


def used(prompts: list[Any], answers: list[Any], *secrets: str, choices: Any = None) -> dict[str, Any]:
    made = plan(prompts, answers, "default", choices or Offered(named("USA", "England", *MANY)))
    assert made.problems == []
    return used_answers(made.answers, prompts, redactor(secrets))


def test_a_choice_is_shown_by_its_name_and_a_value_as_it_is_sent() -> None:
    answers = [{"name": "Elements of Country", "answers": ["USA", "England"]}, {"name": "Year", "answers": 2024}]
    country, year = used([COUNTRY, YEAR], answers)["answers"]
    assert country == {
        "name": "Elements of Country",
        "type": "ELEMENTS",
        "how": "answers",
        "values": ["USA", "England"],
    }
    assert year == {"name": "Year", "type": "VALUE", "how": "answers", "values": ["2024"]}


def test_a_default_is_shown_with_its_value_and_a_prompt_that_is_left_open_with_none() -> None:
    with_default, without = YEAR | {"defaultAnswer": "2023"}, YEAR | {"key": YEAR["key"].replace("9B", "9C")}
    first, second = used([with_default, without], [])["answers"]
    assert (first["how"], first["values"]) == ("default", ["2023"])
    assert (second["how"], second["values"]) == ("closed", [])


def test_hidden_answers_are_named_without_their_values(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHOW_ANSWERS", "false")
    (year,) = used([YEAR], [{"name": "Year", "answers": 2024}])["answers"]
    assert year == {"name": "Year", "type": "VALUE", "how": "answers"}


def test_a_long_list_says_how_many_values_it_leaves_out() -> None:
    (country,) = used([COUNTRY], [{"name": "Elements of Country", "answers": MANY}])["answers"]
    assert country["values"] == MANY[:MOST_VALUES]
    assert country["more"] == len(MANY) - MOST_VALUES


def test_secrets_and_what_does_not_print_are_not_in_a_value() -> None:
    text = YEAR | {"dataType": "TEXT", "name": "planted-secret-1 \x1b[2J"}
    (answer,) = used([text], [{"key": YEAR["key"], "answers": "a planted-secret-1\nb"}], "planted-secret-1")["answers"]
    assert (answer["name"], answer["values"]) == ("*** [2J", ["a *** b"])


def test_many_long_answers_stay_below_the_limit_and_say_how_many_are_left_out() -> None:
    prompts = [YEAR | {"dataType": "TEXT", "key": f"{number:032X}@0@10", "name": f"P{number}"} for number in range(200)]
    found = used(prompts, [{"name": f"P{number}", "answers": "é" * 1_000} for number in range(200)])
    assert len(json.dumps(found)) <= LARGEST
    assert found["answersLeftOut"] == 200 - len(found["answers"]) > 0
    assert {len(answer["values"][0]) for answer in found["answers"]} == {LONGEST_VALUE}
