"""Prompts and choices as no server should describe them: there is a plan, a question and a sentence all the same.

What is described goes through the client's own reading first (tests/unit/microstrategy/test_fuzz.py is about that);
then nothing may come out but problems in words.
"""

import json
from collections.abc import Callable, Iterable, Iterator
from itertools import product
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from functions.errors import InvalidRequest, PromptAnswerRejected, PromptsUnanswered
from functions.microstrategy.http.json_decoding import decoded
from functions.microstrategy.json_access import mappings
from functions.microstrategy.responses import prompt
from functions.prompts import describe, rendering
from functions.prompts.plan import plan, unmatched_in_words
from functions.requests.request import normalise
from functions.runs.store.table import _to_dynamodb
from tests.unit.microstrategy.client_calls import LONGEST, PROMPT
from tests.unit.microstrategy.odd_json import FEW, MORE, any_json, few_for, near, nodes, written
from tests.unit.microstrategy.odd_responses import quick, sound
from tests.unit.prompts.offered import Hidden, Offered
from tests.unit.prompts.test_plan import answered

LARGEST_ITEM = 400 * 1024

DESCRIBED: dict[str, dict[str, Any]] = {
    "NUMERIC": {"type": "VALUE", "dataType": "NUMERIC", "min": 0, "max": 10.5, "defaultAnswer": "5"},
    "TEXT": {"type": "VALUE", "dataType": "TEXT", "min": 1, "max": 20, "defaultAnswer": None, "instruction": "Say."},
    "DATE": {"type": "VALUE", "dataType": "DATE", "min": "2020-01-01", "max": "2030-01-01T00:00:00.000+0000"},
    "ELEMENTS": {"type": "ELEMENTS"},
    "OBJECTS": {"type": "OBJECTS"},
    "LEVEL": {"type": "DIMENSION", "defaultAnswer": {"units": [{"id": "A" * 32, "name": "Year"}]}},
    "EXPRESSION": {
        "type": "EXPRESSION",
        "maxElementsPerSelection": 3,
        "defaultAnswer": {"expression": {"operator": "Equals", "operands": [{"type": "constant", "value": "1"}]}},
    },
}
"""A prompt of each kind; what is not said here is that of PROMPT."""

NAME = str(PROMPT["name"])
NOT_QUITE: list[Any] = [{"name": "Elements of Contry", "answers": "x"}, {"key": f"{'A' * 32}@0@1", "answers": "x"}]
ANSWERS: dict[str, list[Any]] = {
    "NUMERIC": [5, "5.5", "x"],
    "TEXT": ["a text", []],
    "DATE": ["2026-11-23", "never"],
    "ELEMENTS": ["USA", ["USA", "h1;;2"], ["nowhere"]],
    "OBJECTS": ["USA", ["A" * 32]],
    "LEVEL": [["USA"], {"units": [{"id": "A" * 32}]}],
    "EXPRESSION": [{"metric": "USA", "operator": ">", "value": 1}, {"attribute": "A" * 32, "operator": "IsNull"}],
}
CHOICES = [
    {"id": "h1;;1", "name": "USA", "type": "metric", "ancestors": [{"name": "Public Objects", "level": 1}]},
    {"id": "h1;;2", "name": "England", "type": "metric"},
]


def check(prompts: list[Any], given: list[Any], unanswered: str, choices: Any) -> None:
    made = plan(prompts, given, unanswered, choices)
    assert len(made.answers) + len(made.missing) + len(made.problems) == len(prompts)
    sound(made.answers)
    assert all(len(answer["send"]) == 3 for answer in made.answers)
    refused = str(PromptAnswerRejected("; ".join([*made.problems, *unmatched_in_words(given, prompts)]) or "none"))
    sound(refused)
    assert len(refused.encode()) < LONGEST
    asked = describe.shortened(describe.questions(prompts, choices, 50), describe.LARGEST)
    sound(asked)
    if asked:
        assert len(json.dumps(_to_dynamodb({"prompts": asked}), default=str).encode()) < LARGEST_ITEM
        missing = str(PromptsUnanswered(describe.missing(asked, given)))
        sound(missing)
        assert len(missing.encode()) < LONGEST
    sound(describe.skeleton(asked, 3))
    sound([[rendering.requirements(one), rendering.default(one), rendering.choices(one)] for one in asked])


def read(text: str) -> list[Any]:
    """The prompts as the client gives them."""
    return [prompt(one) for one in mappings(decoded(text.encode()))]


def answers_to(kind: str) -> list[list[Any]]:
    whole: list[Any] = [{"name": NAME, "answers": one} for one in ANSWERS[kind]]
    return [
        normalise({"project": "p", "datamart": "d", "prompts": [one]})["prompts"]
        for one in (*whole, {"name": NAME, "useDefault": True}, *NOT_QUITE)
    ]


def spoilt(right: Any, fragments: Callable[[int], Iterable[str]]) -> Iterator[str]:
    """``right`` as JSON, one of its values replaced, in each way."""
    for number in range(nodes(right)):
        for fragment in fragments(number):
            yield written(right, {number: fragment})


def check_each(kind: str, fragments: Callable[[int], Iterable[str]]) -> None:
    """Each value of a prompt, and then of a choice, replaced by each of its fragments."""
    described = [PROMPT | DESCRIBED[kind]]
    whole = json.dumps(described)
    cases = [(text, CHOICES) for text in spoilt(described, fragments)]
    cases += [(whole, mappings(decoded(text.encode()))) for text in spoilt(CHOICES, fragments)]
    for (text, choices), given_ in product(cases, answers_to(kind)):
        check(read(text), given_, "default", Offered(choices))


@pytest.mark.parametrize("kind", DESCRIBED)
def test_no_single_value_of_a_prompt_or_a_choice_is_relied_on(kind: str) -> None:
    check_each(kind, lambda number: few_for(number, 6))


@pytest.mark.exhaustive
@pytest.mark.parametrize("kind", DESCRIBED)
def test_no_single_value_of_a_prompt_or_a_choice_is_relied_on_whatever_it_is(kind: str) -> None:
    check_each(kind, lambda _: FEW + MORE)


described = st.one_of([near([PROMPT | one]) for one in DESCRIBED.values()]) | any_json.map("[{}]".format)
prompts = st.lists(described.map(read), max_size=2).map(lambda lists: [one for each in lists for one in each])
choices = st.none() | st.one_of(near(CHOICES), any_json).map(lambda text: mappings(decoded(text.encode())))
ways = st.sampled_from(["default", "close", "fail", "ask"])
cases = given(prompts, st.lists(answered, max_size=2), ways, choices)


def check_case(prompts: list[Any], answers: list[Any], unanswered: str, offered: list[Any] | None) -> None:
    try:
        normal = normalise({"project": "p", "datamart": "d", "prompts": answers})["prompts"]
    except InvalidRequest:
        return
    check(prompts, normal, unanswered, Hidden() if offered is None else Offered(offered))


@settings(quick, max_examples=15)
@cases
def test_whatever_is_asked_there_are_only_problems_in_words(
    prompts: list[Any], answers: list[Any], unanswered: str, offered: list[Any] | None
) -> None:
    check_case(prompts, answers, unanswered, offered)


@pytest.mark.exhaustive
@settings(quick, max_examples=8_000, derandomize=settings.default.derandomize)
@cases
def test_whatever_is_asked_in_many_more_ways(
    prompts: list[Any], answers: list[Any], unanswered: str, offered: list[Any] | None
) -> None:
    check_case(prompts, answers, unanswered, offered)


# -- flaws that were found ------------------------------------------------------------------------------------------


def test_a_choice_with_an_empty_id_cannot_be_picked() -> None:
    level = prompt(PROMPT | {"type": "LEVEL"})
    wish = [{"name": NAME, "answers": ["USA"]}]
    made = plan([level], wish, "default", Offered([{"id": "", "name": "USA"}, {"id": "", "name": ["USA"]}]))
    assert made.problems == [
        'the prompt "Country" (named "Elements of Country") offers no choice called "USA"; '
        'the nearest are "USA", "[\'USA\']"'
    ]


@pytest.mark.parametrize(
    ("limit", "kept"),
    [
        ("1.7976931348623157E308", "1.7976931348623157e+308"),
        ("-1e-300", "-1e-300"),
        ("9" * 39, "9" * 39),
        ("9" * 38, int("9" * 38)),
        ("0.5", 0.5),
        ("0", 0),
    ],
)
def test_a_limit_that_the_run_table_cannot_keep_is_kept_as_a_text(limit: str, kept: Any) -> None:
    """A server may write the largest double for "none"."""
    described = read(f'[{{"key": "K", "name": "N", "type": "VALUE", "dataType": "NUMERIC", "max": {limit}}}]')
    (asked,) = describe.questions(described, Hidden(), 0)
    assert asked["max"] == kept
    _to_dynamodb({"asked": asked})


@pytest.mark.parametrize("key", [["x"], {"a": 1}, 5, None])
def test_a_prompt_whose_key_is_not_a_text_does_not_break_the_message_about_an_answer_by_key(key: Any) -> None:
    assert unmatched_in_words([{"key": "K", "answers": "x"}], [PROMPT | {"key": key}]) == ['no prompt has the key "K"']
