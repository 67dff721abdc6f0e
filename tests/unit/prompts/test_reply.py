"""A reply is accepted only if it answers exactly the prompts asked."""

import contextlib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.prompts.describe import questions
from functions.prompts.reply import InvalidReply, answers_in
from tests.unit.prompts.offered import Hidden, Offered, customers, named

KEY = "{:032X}@0@10"
COUNTRY = {"key": KEY.format(1), "name": "Country", "type": "ELEMENTS", "required": True}
YEAR = {"key": KEY.format(2), "name": "Year", "type": "VALUE", "dataType": "NUMERIC", "defaultAnswer": "x" * 5_000}
METRIC = {"key": KEY.format(3), "name": "Metric", "type": "OBJECTS", "required": True}
LEVEL = {"key": KEY.format(4), "name": "Level", "type": "LEVEL", "required": True}

FEW = Offered(named("USA", "England", kind="metric"))
MANY = Offered(customers(500))


def asked(*prompts: dict[str, Any], choices: Any = FEW) -> list[dict[str, Any]]:
    return questions(list(prompts), choices, 50)


def refusal(reply: Any, *prompts: dict[str, Any], choices: Any = FEW, so_far: Any = ()) -> str:
    with pytest.raises(InvalidReply) as wrong:
        answers_in(reply, asked(*prompts, choices=choices), list(so_far))
    return str(wrong.value)


def test_a_reply_is_taken_as_a_requests_prompts_whole_or_the_list_alone() -> None:
    answers = [{"key": YEAR["key"], "answers": 2024}, {"name": "Country", "answers": "USA"}]
    taken = [{"key": YEAR["key"], "answers": "2024"}, {"key": COUNTRY["key"], "answers": "USA"}]
    assert answers_in({"prompts": answers}, asked(COUNTRY, YEAR), []) == taken
    assert answers_in(answers, asked(COUNTRY, YEAR), []) == taken


@pytest.mark.parametrize(
    "reply", [None, "USA", 5, True, {}, {"prompts": None}, {"prompts": [], "x": 1}, {"Country": "USA"}]
)
def test_a_malformed_reply_is_refused_with_the_expected_form(reply: Any) -> None:
    assert refusal(reply, COUNTRY).startswith('the reply must be {"prompts": [{"name": …, "answers": …}]}')


@pytest.mark.parametrize(
    ("answer", "sentence"),
    [
        (None, "prompts[0]: must be an object {…}, not null."),
        ({"answers": "USA"}, "prompts[0]: the prompt is missing; name it by key, id or name."),
        ({"name": "Country", "answers": ""}, "prompts[0].answers: is empty; to leave an optional"),
        ({"name": "Country", "answers": "\ud800"}, "prompts: contains NaN, Infinity or half of a character"),
        (
            {"name": "Country", "answers": [{"id": "x", "n": float("nan")}]},
            "prompts: contains NaN, Infinity or half of a",
        ),
        ({"name": "Country", "answers": "USA", "project": "x"}, "prompts[0].project: unknown key"),
    ],
)
def test_a_malformed_answer_is_refused_with_the_message_of_a_request(answer: Any, sentence: str) -> None:
    assert refusal([answer], COUNTRY).startswith(sentence)


def test_an_answer_that_nests_without_end_is_refused() -> None:
    deep: Any = []
    for _ in range(5_000):
        deep = [deep]
    assert "nested too deeply" in refusal([{"name": "Country", "answers": deep}], COUNTRY)


def test_everything_that_was_asked_must_be_answered_and_nothing_else() -> None:
    text = refusal([{"name": "Contry", "answers": "USA"}], COUNTRY, YEAR)
    assert text == (
        'no prompt has the name "Contry" (did you mean "Country"?); the prompt "Country" has no answer; '
        'the prompt "Year" has no answer'
    )
    assert refusal([], COUNTRY) == 'the prompt "Country" has no answer'


def test_an_answer_that_cannot_be_right_is_refused_with_the_reason() -> None:
    assert refusal([{"name": "Year", "answers": "last"}], YEAR) == (
        'the prompt "Year" takes a number such as 1234.5, not "last"'
    )
    assert 'offers no choice called "Ingland"; the nearest are "England"' in refusal(
        [{"name": "Country", "answers": "Ingland"}], COUNTRY
    )
    assert "is of type ELEMENTS, but the request answers it as VALUE" in refusal(
        [{"name": "Country", "type": "VALUE", "answers": "USA"}], COUNTRY
    )


def test_an_optional_prompt_may_be_left_open_and_a_default_taken_however_long_it_is() -> None:
    assert answers_in([{"name": "Year", "answers": []}], asked(YEAR), [])
    assert answers_in([{"name": "Year", "useDefault": True}], asked(YEAR), [])
    assert "the answer must not be empty" in refusal([{"name": "Country", "answers": []}], COUNTRY)
    assert "has no default answer" in refusal([{"name": "Country", "useDefault": True}], COUNTRY)


@pytest.mark.parametrize("prompt", [COUNTRY, METRIC, LEVEL])
@pytest.mark.parametrize("choices", [MANY, Hidden()])
def test_a_name_that_was_not_shown_is_left_for_the_server_to_find(prompt: dict[str, Any], choices: Any) -> None:
    answers = [{"name": prompt["name"], "answers": ["Customer 00400"]}]
    taken = [{"key": prompt["key"], "answers": ["Customer 00400"]}]
    assert answers_in(answers, asked(prompt, choices=choices), []) == taken
    assert "takes at most 1" in refusal(
        [{"name": prompt["name"], "answers": ["a", "b"]}], prompt | {"max": 1}, choices=choices
    )


@pytest.mark.parametrize("prompt", [COUNTRY, METRIC, LEVEL])
def test_where_all_choices_were_shown_a_name_must_be_one_of_them(prompt: dict[str, Any]) -> None:
    assert 'offers no choice called "Spain"' in refusal([{"name": prompt["name"], "answers": ["Spain"]}], prompt)


def test_two_prompts_of_one_name_are_answered_by_their_keys() -> None:
    twins = [YEAR, YEAR | {"key": KEY.format(9)}]
    assert "give its key instead" in refusal([{"name": "Year", "answers": "1"}], *twins)
    assert answers_in([{"key": each["key"], "answers": "1"} for each in twins], asked(*twins), [])


@pytest.mark.parametrize(
    ("described", "by"),
    [
        ({"key": KEY.format(10), "id": "A" * 32, "name": "N"}, {"key": KEY.format(10)}),
        ({"id": "A" * 32, "name": "N"}, {"id": "A" * 32}),
        ({"name": "N"}, {"name": "N"}),
    ],
)
def test_an_answer_is_kept_for_just_the_prompt_that_was_asked_however_it_named_that(
    described: dict[str, str], by: dict[str, str]
) -> None:
    question = asked({**described, "type": "VALUE", "defaultAnswer": "7"})
    for field, value in described.items():
        for said in ({"answers": "x"}, {"type": "VALUE", "answers": []}, {"useDefault": True}):
            (taken,) = answers_in([{field: value.lower() if field != "name" else value} | said], question, [])
            assert taken == by | said
            assert answers_in([taken], question, []) == [taken]


def test_the_name_of_a_metric_in_an_expression_is_left_for_the_server_to_find() -> None:
    prompt = {"key": KEY.format(6), "name": "Condition", "type": "EXPRESSION"}
    answer = {"answers": {"metric": "Sales", "operator": ">", "value": 1000}}
    assert answers_in([{"name": "Condition"} | answer], asked(prompt), []) == [{"key": prompt["key"]} | answer]


def test_the_answers_of_a_run_have_a_largest_size_together() -> None:
    text = {"key": KEY.format(5), "name": "Text", "type": "VALUE", "dataType": "TEXT"}
    answer = [{"name": "Text", "answers": "東" * 10_000}]
    assert answers_in(answer, asked(text), [])
    assert refusal(answer, text, so_far=answer).startswith("the answers of the run have 60")


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.sampled_from(["Country", "USA"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["prompts", "name", "answers", "id", "units"]) | st.text(max_size=4), inner, max_size=3
        )
    ),
    max_leaves=10,
)


@given(json_values)
def test_whatever_is_replied_is_taken_or_refused(reply: Any) -> None:
    with contextlib.suppress(InvalidReply):
        assert answers_in(reply, asked(COUNTRY), [])
