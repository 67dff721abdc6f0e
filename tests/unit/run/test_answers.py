"""Which answer goes to which prompt."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.library import PromptAnswerRejected
from functions.run.answers import plan
from functions.run.errors import PromptsUnanswered

COUNTRY = {
    "key": "055A4B7241396EB7FC27E3A5D2A9FB2F@0@10",
    "id": "055A4B7241396EB7FC27E3A5D2A9FB2F",
    "name": "Elements of Country",
    "type": "ELEMENTS",
    "required": True,
    "closed": False,
}
YEAR = {
    "key": "9BC4631D436CAA78D7A70AB2D0635D88@0@10",
    "id": "9BC4631D436CAA78D7A70AB2D0635D88",
    "name": "Year",
    "type": "VALUE",
    "required": False,
    "closed": False,
}


def sent(prompts: list[dict[str, Any]], given: list[dict[str, Any]], unanswered: str = "default") -> list[Any]:
    return [answer["send"] for answer in plan(prompts, given, unanswered)]


@pytest.mark.parametrize("field", ["key", "id", "name"])
def test_an_answer_finds_its_prompt_by_key_id_or_name(field: str) -> None:
    answers = [{"name": "USA"}, {"name": "England"}]
    assert sent([COUNTRY], [{field: COUNTRY[field], "answers": answers}]) == [
        {"key": COUNTRY["key"], "type": "ELEMENTS", "answers": answers}
    ]


def test_the_key_wins_over_the_name_when_two_answers_fit() -> None:
    by_name = {"name": "Year", "answers": "1999"}
    by_key = {"key": YEAR["key"], "answers": "2024"}
    assert sent([YEAR], [by_name, by_key])[0]["answers"] == "2024"


def test_an_answer_given_by_key_is_not_matched_by_its_name_to_another_prompt() -> None:
    other = {"key": COUNTRY["key"], "name": "Year", "answers": "1999"}
    assert "answers" not in sent([YEAR], [other])[0] or sent([YEAR], [other])[0]["answers"] == ""


def test_an_answer_of_another_type_is_refused_with_both_types() -> None:
    with pytest.raises(PromptAnswerRejected, match=r"Elements of Country.*ELEMENTS.*VALUE"):
        plan([COUNTRY], [{"name": "Elements of Country", "type": "VALUE", "answers": "x"}], "default")


def test_a_prompt_that_is_not_named_takes_its_default_answer() -> None:
    assert sent([YEAR | {"defaultAnswer": "2024"}], []) == [{"key": YEAR["key"], "type": "VALUE", "useDefault": True}]


def test_an_optional_prompt_without_a_default_is_closed() -> None:
    assert sent([YEAR], []) == [{"key": YEAR["key"], "type": "VALUE", "answers": ""}]
    assert sent([COUNTRY | {"required": False}], [])[0]["answers"] == []


def test_with_close_the_default_is_not_used() -> None:
    assert sent([YEAR | {"defaultAnswer": "2024"}], [], "close")[0] == {
        "key": YEAR["key"],
        "type": "VALUE",
        "answers": "",
    }


def test_with_fail_nothing_is_answered_that_the_request_does_not_name() -> None:
    with pytest.raises(PromptsUnanswered, match="Year"):
        plan([YEAR | {"defaultAnswer": "2024"}], [], "fail")


def test_a_required_prompt_without_an_answer_is_told_with_json_to_paste_and_the_nearest_answer() -> None:
    with pytest.raises(PromptsUnanswered) as missing:
        plan([COUNTRY], [{"name": "Element of Country", "answers": "USA"}], "default")
    text = str(missing.value)
    assert 'the request answers "Element of Country"' in text
    skeleton = json.loads(text[text.index('{"prompts"') :])
    assert skeleton["prompts"][0]["name"] == "Elements of Country"


def test_keys_and_ids_are_compared_in_either_case() -> None:
    lower = YEAR | {"key": YEAR["key"].lower()}
    assert sent([lower], [{"key": YEAR["key"], "answers": "2024"}])[0]["answers"] == "2024"


@given(st.text(min_size=1))
def test_an_answer_reaches_the_server_as_it_was_written(text: str) -> None:
    assert sent([YEAR], [{"name": "Year", "answers": text}])[0]["answers"] == text
