"""What is still open, described for people: short in an error, whole elsewhere."""

import json
from itertools import product
from typing import Any

import pytest

from functions.errors import InvalidRequest, PromptsUnanswered
from functions.prompts.describe import LARGEST, missing, questions, shortened, skeleton
from functions.requests.request import normalise
from tests.support.cases import exhaustive
from tests.unit.prompts.offered import Hidden, Offered, customers, named

COUNTRY = {
    "key": "055A4B7241396EB7FC27E3A5D2A9FB2F@0@10",
    "id": "055A4B7241396EB7FC27E3A5D2A9FB2F",
    "name": "Elements of Country",
    "title": "Which countries?",
    "type": "ELEMENTS",
    "required": True,
    "closed": False,
    "min": 1,
    "max": 2,
    "instruction": None,
    "source": {"id": "8D679D3811D3E4981000E787EC6DE8A4", "type": 12},
}
YEAR = {
    "key": "9BC4631D436CAA78D7A70AB2D0635D88@0@10",
    "name": "Year",
    "type": "VALUE",
    "dataType": "NUMERIC",
    "required": False,
    "defaultAnswer": "2024",
}
COUNTRIES = Offered(named("USA", "England", "France"))


def asked(*prompts: dict[str, Any], choices: Any = COUNTRIES, most: int = 50) -> list[dict[str, Any]]:
    return questions(list(prompts), choices, most)


def pasted(text: str) -> list[dict[str, Any]]:
    """The JSON in a message."""
    found, _ = json.JSONDecoder().raw_decode(text[text.index('{"prompts"') :])
    prompts: list[dict[str, Any]] = found["prompts"]
    return prompts


def test_a_question_has_what_the_server_says_and_the_choices() -> None:
    (question,) = asked(COUNTRY)
    kept = {key: value for key, value in COUNTRY.items() if key not in ("closed", "instruction", "source")}
    assert question == kept | {"choices": COUNTRIES.listed, "more": False}


@pytest.mark.parametrize(
    ("count", "most", "shown", "more"), [(3, 2, 2, True), (200, 200, 200, True), (500, 50, 50, True)]
)
def test_of_many_choices_some_are_shown_and_it_is_said(count: int, most: int, shown: int, more: bool) -> None:
    choices = Offered(customers(count))
    (question,) = asked(COUNTRY, choices=choices, most=most)
    assert (len(question["choices"]), question["more"]) == (shown, more)
    assert len(choices.calls) == 1


def test_choices_that_are_not_listed_are_left_out() -> None:
    assert "choices" not in asked(COUNTRY, choices=Hidden())[0]


def test_a_choice_without_a_name_is_shown_by_its_id_and_one_without_both_not_at_all() -> None:
    (question,) = asked(COUNTRY, choices=Offered([{"id": "h1;;1", "name": None}, {}, {"type": "metric"}]))
    assert question["choices"] == [{"id": "h1;;1"}]
    assert skeleton([question], 3)[0]["answers"] == ["h1;;1"]


def test_long_instructions_and_defaults_are_cut_and_the_default_can_still_be_taken() -> None:
    (question,) = asked(
        COUNTRY | {"instruction": "東" * 5_000, "defaultAnswer": [{"id": "h1;;1", "name": "x" * 3_000}]}
    )
    assert len(question["instruction"]) == 500
    assert question["defaultAnswer"] == "(too long to be shown)"


def test_the_json_to_paste_is_a_request_that_is_accepted() -> None:
    kinds = ("VALUE", "ELEMENTS", "OBJECTS", "EXPRESSION", "LEVEL", "UNSUPPORTED")
    prompts = [COUNTRY | {"name": f"P {kind}", "type": kind, "defaultAnswer": "d"} for kind in kinds]
    paste = json.loads(json.dumps(skeleton(asked(*prompts), 3), ensure_ascii=False).replace("…", "filled in"))
    normal = normalise({"project": "p", "datamart": "d", "prompts": paste})["prompts"]
    assert [prompt["name"] for prompt in normal] == [f"P {kind}" for kind in kinds]
    assert normal[1]["answers"] == ["USA", "England"]  # at most two
    assert normal[-1] == {"name": "P UNSUPPORTED", "useDefault": True}


def test_what_is_pasted_and_not_filled_in_is_refused() -> None:
    with pytest.raises(InvalidRequest, match="is still the … of a sample"):
        normalise({"project": "p", "datamart": "d", "prompts": skeleton(asked(YEAR), 3)})


@pytest.mark.parametrize("most", ["1", 1.0, -1, None, "x"])
def test_the_examples_keep_to_a_limit_however_it_is_written(most: Any) -> None:
    examples = skeleton(asked(COUNTRY | {"max": most}), 3)[0]["answers"]
    assert len(examples) == (1 if most in ("1", 1.0) else 3)


def test_two_prompts_of_one_name_are_distinguished_by_their_keys_and_one_alone_is_named() -> None:
    again = YEAR | {"key": "0C285CA4483E29FFB0AF969D68588E95@0@10"}
    assert [next(iter(entry)) for entry in skeleton(asked(YEAR, again, COUNTRY), 3)] == ["key", "key", "name"]
    assert next(iter(skeleton(asked({"id": "A" * 32, "type": "VALUE"}), 3)[0])) == "id"


def test_missing_answers_are_named_with_titles_misspellings_and_json() -> None:
    text = missing(asked(COUNTRY, YEAR), [{"name": "Element of Country", "answers": "USA"}])
    assert text.startswith(
        'no answer for the prompt "Which countries?" (named "Elements of Country") (the request answers '
        '"Element of Country": is that a typing error?), the prompt "Year". Add to the request: {"prompts": [{"name": '
    )
    assert [prompt["answers"] for prompt in pasted(text)] == [["USA", "England"], "…"]


@pytest.mark.parametrize(
    ("letter", "count"),
    [
        *(("🦆", 1), ("🦆", 20), ("🦆", 200), ('"', 20)),
        *(exhaustive(case) for case in (('"', 1), ('"', 200), *product(("x", "東", "\n"), (1, 20, 200)))),
    ],
)
def test_the_error_stays_under_eight_kilobytes_and_its_json_whole(letter: str, count: int) -> None:
    prompts = [
        COUNTRY | {"name": f"{n} {letter * 100}", "title": letter * 2_000, "defaultAnswer": letter}
        for n in range(count)
    ]
    given = [{"name": f"{n} {letter * 99}", "answers": "x"} for n in range(count)]
    text = str(PromptsUnanswered(missing(asked(*prompts, choices=Offered(named(letter * 200))), given)))
    assert len(text.encode()) < 7_900
    entries = pasted(text)
    assert [entry["name"] for entry in entries] == [prompt["name"] for prompt in prompts[: len(entries)]]
    left = count - len(entries)
    assert text.endswith(f" and {left} more, in the notification and in the run's item" if left else "}")


def test_where_not_even_one_fits_it_is_said_where_to_look() -> None:
    text = missing(asked(COUNTRY | {"name": "東" * 2_000}), [])
    assert text.endswith("Add to the request: the JSON in the notification and in the run's item")


def test_what_fits_is_left_as_it_is() -> None:
    whole = asked(COUNTRY, YEAR)
    assert shortened(whole, LARGEST) == whole
    assert shortened([], LARGEST) == []


def test_first_there_are_fewer_choices_then_less_of_all_else_and_at_last_fewer_questions() -> None:
    rich = COUNTRY | {"instruction": "i" * 500, "defaultAnswer": "d" * 500}
    whole = asked(*(rich | {"key": f"{n:032X}@0@10"} for n in range(10)), choices=Offered(customers(100)))

    def size(questions: list[Any]) -> int:
        return len(json.dumps(questions, ensure_ascii=False).encode())

    fewer = shortened(whole, 30_000)
    assert {len(question["choices"]) for question in fewer} == {12}
    assert all(question["more"] and question["instruction"] for question in fewer)
    bare = shortened(whole, 6_000)
    assert all(question["choices"] == [] and "instruction" not in question for question in bare)
    assert {question["defaultAnswer"] for question in bare} == {"(too long to be shown)"}
    some = shortened(whole, 1_000)
    assert 0 < len(some) < 10
    assert [size(fewer) <= 30_000, size(bare) <= 6_000, size(some) <= 1_000] == [True] * 3
    assert len(shortened(whole, 1)) == 1


def test_two_hundred_questions_at_their_largest_stay_under_the_limit() -> None:
    big = {"name": "東" * 250, "title": "東" * 250, "instruction": "東" * 900, "defaultAnswer": "東" * 600}
    whole = asked(*(COUNTRY | big | {"key": f"{n:032X}@0@10"} for n in range(200)), choices=Offered(named("東" * 200)))
    assert len(json.dumps(shortened(whole, LARGEST), ensure_ascii=False).encode()) <= LARGEST
