"""Which answer is for which prompt, and which names are misspelled."""

import time
from typing import Any

import pytest

from functions.prompts.matching import answer_for, misspelling_of, nearest_prompt, unmatched
from functions.prompts.prompt import InvalidAnswer

YEAR = {"key": "9BC4631D436CAA78D7A70AB2D0635D88@0@10", "id": "9BC4631D436CAA78D7A70AB2D0635D88", "name": "Year"}
TITLED = {"key": "0C3C5CA4483E29FFB0AF969D68588E95@0@10", "name": "Customers", "title": "Which customers?"}
REMARKS = [{"key": f"{number:032X}@0@10", "id": "A" * 32, "name": "Remark"} for number in (1, 2)]


@pytest.mark.parametrize("field", ["key", "id", "name"])
def test_an_answer_finds_its_prompt_by_key_id_or_name(field: str) -> None:
    assert answer_for(YEAR, [{"name": "Day", "answers": "x"}, {field: YEAR[field]}], [YEAR]) == 1


@pytest.mark.parametrize("field", ["key", "id"])
def test_keys_and_ids_are_compared_in_either_case(field: str) -> None:
    lower = YEAR | {field: YEAR[field].lower()}
    assert answer_for(lower, [{field: YEAR[field]}], [lower]) == 0


def test_names_are_compared_as_they_are() -> None:
    assert answer_for(YEAR, [{"name": "year"}], [YEAR]) is None


def test_the_key_of_an_answer_counts_and_its_name_then_does_not() -> None:
    assert answer_for(YEAR, [{"key": TITLED["key"], "name": "Year"}], [YEAR, TITLED]) is None
    assert answer_for(YEAR, [{"key": YEAR["key"], "name": "of old"}], [YEAR]) == 0


@pytest.mark.parametrize("lacking", [{}, {"id": None, "key": None}, {"id": "", "key": ""}])
def test_a_prompt_without_id_or_key_is_found_by_its_name(lacking: dict[str, Any]) -> None:
    prompt = {"name": "Year"} | lacking
    assert answer_for(prompt, [{"id": "none"}, {"name": "None"}, {"name": "Year"}], [prompt]) == 2


def test_a_name_may_be_a_number_on_the_server() -> None:
    assert answer_for({"name": 2026}, [{"name": "2026"}], [{"name": 2026}]) == 0


def test_a_prompt_that_is_answered_twice_is_refused_with_both_ways() -> None:
    given = [{"name": "Year"}, {"key": YEAR["key"]}]
    with pytest.raises(
        InvalidAnswer, match=rf"^is answered 2 times \(name Year and key {YEAR['key']}\); answer it once$"
    ):
        answer_for(YEAR, given, [YEAR])


@pytest.mark.parametrize("field", ["name", "id"])
def test_what_two_open_prompts_have_in_common_names_neither(field: str) -> None:
    keys = ", ".join(remark["key"] for remark in REMARKS)
    with pytest.raises(InvalidAnswer, match=rf"^is one of 2 with the {field} .*; give its key instead: {keys}$"):
        answer_for(REMARKS[0], [{field: REMARKS[0][field]}], REMARKS)


def test_two_prompts_of_one_name_are_answered_by_their_keys() -> None:
    given = [{"key": remark["key"]} for remark in reversed(REMARKS)]
    assert [answer_for(remark, given, REMARKS) for remark in REMARKS] == [1, 0]


def test_answers_that_match_no_prompt_are_found() -> None:
    assert unmatched([{"name": "Yaer"}, {"name": "Year"}, {"id": "F" * 32}], iter([YEAR])) == [0, 2]


@pytest.mark.parametrize("misspelled", ["Yaer", "YEAR", "year", "Year ", "Years", "Ye\u0301ar"])
def test_a_name_similar_to_the_prompts_is_a_misspelling(misspelled: str) -> None:
    assert misspelling_of(YEAR, [{"name": "Country"}, {"name": misspelled}]) == misspelled


def test_a_title_in_place_of_the_name_is_a_misspelling() -> None:
    assert misspelling_of(TITLED, [{"name": "which customers"}]) == "which customers"


@pytest.mark.parametrize("answer", [{"name": "Country"}, {"name": "Year"}, {"key": YEAR["key"]}, {"id": YEAR["id"]}])
def test_other_names_the_exact_name_and_keys_are_not_misspellings(answer: dict[str, Any]) -> None:
    assert misspelling_of(YEAR, [answer]) is None


@pytest.mark.parametrize(
    ("answer", "hint"),
    [
        ({"name": "Yaer"}, ' (did you mean "Year"?)'),
        ({"name": "WHICH CUSTOMERS"}, ' (did you mean "Customers"?)'),
        ({"id": YEAR["id"][:-1] + "9"}, f' (did you mean "{YEAR["id"]}"?)'),
        ({"name": "zzz"}, ""),
    ],
)
def test_the_closest_prompt_is_named(answer: dict[str, Any], hint: str) -> None:
    assert nearest_prompt(answer, [YEAR, TITLED, {}, {"name": None, "id": 5}]) == hint


def test_two_hundred_long_names_are_compared_with_as_many_in_a_few_seconds() -> None:
    names = ["".join(chr(97 + n * i * i % 13) for i in range(250)) for n in range(200)]  # of the same few letters
    given = [{"name": name} for name in names]
    began = time.process_time()
    for name in names:
        misspelling_of({"name": name[::-1]}, given)
    assert time.process_time() - began < 10
