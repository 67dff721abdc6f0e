"""What people forget or misspell in a request's answers: all of it is named at once, with what was meant."""

from typing import Any

import pytest

from functions.errors import InvalidRequest
from functions.requests.request import normalise


def refusal(*prompts: dict[str, Any]) -> str:
    with pytest.raises(InvalidRequest) as refused:
        normalise({"project": "P", "datamart": "City", "prompts": list(prompts)})
    return str(refused.value)


def test_every_sample_answer_that_was_not_filled_in_is_named() -> None:
    text = refusal(
        {"name": "From day", "answers": "…"},
        {"name": "Comment", "answers": "x"},
        {"key": f"{'A' * 32}@0@10", "answers": ["…"]},
        {"name": "Condition", "answers": {"metric": "…", "operator": ">", "value": 5}},
        {"name": "Region", "answers": ["North", "…"]},
        {"name": "Default", "useDefault": True},
    )
    assert text == (
        'prompts[0].answers ("From day"), prompts[2].answers ("' + "A" * 32 + '@0@10"), '
        'prompts[3].answers ("Condition"), prompts[4].answers ("Region"): '
        "are still the … of a sample; replace them by the answers."
    )


def test_one_sample_answer_is_named_with_its_prompt() -> None:
    assert refusal({"name": "Day", "answers": "…"}) == (
        'prompts[0].answers ("Day"): is still the … of a sample; replace it by the answer.'
    )


def test_a_sample_answer_to_an_optional_prompt_may_also_be_left_open() -> None:
    text = refusal(
        {"name": "Day", "required": True, "answers": "…"}, {"name": "Which", "required": False, "answers": "…"}
    )
    assert text.endswith('replace them by the answers. An optional prompt stays open with "answers": [].')


def test_of_very_many_sample_answers_the_first_are_named() -> None:
    text = refusal(*({"name": "x" * 240 + str(number), "answers": "…"} for number in range(200)))
    assert "and 180 more" in text
    assert len(text.encode()) < 8_000


@pytest.mark.parametrize(
    ("written", "meant"),
    [("elements", "ELEMENTS"), ("Value", "VALUE"), ("expresion", "EXPRESSION"), ("object", "OBJECTS")],
)
def test_a_type_in_another_case_is_answered_with_the_type_that_is_meant(written: str, meant: str) -> None:
    assert f"(did you mean {meant}?)" in refusal({"name": "Day", "type": written, "answers": "x"})


@pytest.mark.parametrize("answers", [True, None])
def test_an_answer_that_is_not_text_number_list_or_object_is_refused_by_its_key(answers: Any) -> None:
    assert refusal({"name": "Day", "answers": answers}).startswith("prompts[0].answers: must be ")


@pytest.mark.parametrize("number", [10**400, 10**5_000, [10**5_000]], ids=["400 digits", "5,000 digits", "in a list"])
def test_a_whole_number_that_no_server_can_hold_is_refused(number: Any) -> None:
    assert (
        refusal({"name": "Least", "answers": number})
        == "prompts[0].answers: contains a number of more than 300 digits."
    )
