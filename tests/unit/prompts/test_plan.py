"""One answer for every open prompt, or what is wrong with it, in plain sentences."""

import json
import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.errors import InvalidRequest, ServerUnavailable
from functions.prompts.plan import plan, unmatched_in_words
from functions.requests.request import normalise
from tests.unit.prompts.offered import Hidden, Offered, named

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
    "title": "Of which year?",
    "type": "VALUE",
    "dataType": "NUMERIC",
    "required": False,
    "closed": False,
}
CHOICES = Offered(named("USA", "England"))


def sent(prompts: list[Any], answers: list[Any], unanswered: str = "default", choices: Any = CHOICES) -> list[Any]:
    made = plan(prompts, answers, unanswered, choices)
    assert made.problems == []
    assert made.missing == []
    return [answer["send"] for answer in made.answers]


def problem(prompts: list[Any], answers: list[Any], unanswered: str = "default", **more: Any) -> str:
    made = plan(prompts, answers, unanswered, CHOICES, **more)
    (text,) = made.problems
    return text


def test_an_answer_is_sent_by_the_prompts_key_with_its_type_and_planned_with_its_position_in_the_request() -> None:
    made = plan([YEAR], [{"name": "Day", "answers": "x"}, {"name": "Year", "answers": "2024"}], "default", CHOICES)
    send = {"key": YEAR["key"], "type": "VALUE", "answers": "2024"}
    assert made.answers == [{"send": send, "name": "Year", "how": "answers", "given": 1}]


@pytest.mark.parametrize(("lacking", "field"), [({"key": None}, "id"), ({"key": "", "id": None}, "name")])
def test_without_a_key_the_id_is_sent_and_without_both_the_name(lacking: dict[str, Any], field: str) -> None:
    answer = {"name": "Year", "answers": "2024"}
    assert sent([YEAR | lacking], [answer]) == [{field: YEAR[field], "type": "VALUE", "answers": "2024"}]


def test_a_prompt_without_key_id_and_name_is_a_problem_and_no_crash() -> None:
    text = problem([{"type": "VALUE", "title": "Which?"}], [])
    assert text == 'the prompt "Which?" has neither key, ID nor name, so no answer can be sent to it'
    assert problem([{"type": "VALUE"}], []).startswith('the prompt "without a name" has neither')


def test_a_type_that_is_given_must_be_the_prompts() -> None:
    answer = {"name": "Year", "type": "VALUE", "answers": "2024"}
    assert sent([YEAR], [answer])[0]["answers"] == "2024"
    text = problem([YEAR], [answer | {"type": "ELEMENTS"}])
    assert text == (
        'the prompt "Of which year?" (named "Year") is of type VALUE, but the request answers it as ELEMENTS; '
        "correct the type or omit it"
    )


@pytest.mark.parametrize("default", [0, "2024", [{"id": "h1;;1"}], {"id": "x", "name": "Sales", "type": 4}])
def test_a_prompt_that_is_not_named_takes_its_default_answer(default: Any) -> None:
    assert sent([YEAR | {"defaultAnswer": default}], []) == [{"key": YEAR["key"], "type": "VALUE", "useDefault": True}]


@pytest.mark.parametrize("none", [None, "", [], {}])
@pytest.mark.parametrize("unanswered", ["default", "close"])
def test_an_optional_prompt_without_a_default_is_closed(none: Any, unanswered: str) -> None:
    closed = [{"key": YEAR["key"], "type": "VALUE", "answers": ""}]
    assert sent([YEAR | {"defaultAnswer": none}], [], unanswered) == closed
    assert sent([COUNTRY | {"required": None}], [], unanswered)[0]["answers"] == []


def test_with_close_the_default_is_not_used() -> None:
    assert sent([YEAR | {"defaultAnswer": "2024"}], [], "close")[0]["answers"] == ""


@pytest.mark.parametrize("unanswered", ["fail", "ask"])
def test_with_fail_and_ask_everything_is_missing_that_the_request_does_not_name(unanswered: str) -> None:
    prompts = [YEAR | {"defaultAnswer": "2024"}, COUNTRY]
    made = plan(prompts, [{"name": "Year", "answers": 2024}], unanswered, CHOICES)
    assert (made.missing, len(made.answers)) == ([COUNTRY], 1)


@pytest.mark.parametrize("unanswered", ["default", "close", "fail", "ask"])
def test_a_required_prompt_without_an_answer_is_missing(unanswered: str) -> None:
    assert plan([COUNTRY], [], unanswered, CHOICES).missing == [COUNTRY]


def test_an_optional_prompt_can_be_left_open_and_a_required_one_cannot() -> None:
    leave = {"name": "Year", "answers": []}
    for unanswered in ("default", "fail"):
        assert sent([YEAR | {"defaultAnswer": "2024"}], [leave], unanswered)[0]["answers"] == ""
    assert problem([YEAR | {"required": True}], [leave]).endswith("is required; the answer must not be empty")


def test_a_default_can_be_asked_for_where_there_is_one() -> None:
    wish = {"name": "Year", "useDefault": True, "answers": "ignored"}
    assert sent([YEAR | {"defaultAnswer": 0}], [wish], "fail")[0] == {
        "key": YEAR["key"],
        "type": "VALUE",
        "useDefault": True,
    }
    assert problem([YEAR], [wish]).endswith('has no default answer; give "answers" instead of "useDefault"')


@pytest.mark.parametrize("kind", ["UNSUPPORTED", "None", "MAP"])
def test_a_type_that_cannot_be_answered_takes_its_default_or_stays_open(kind: str) -> None:
    odd = YEAR | {"type": kind}
    assert sent([odd], [])[0]["answers"] == []
    assert sent([odd | {"defaultAnswer": "x"}], [])[0]["useDefault"] is True
    assert "which cannot be answered" in problem([odd], [{"name": "Year", "answers": "x"}])


def test_a_problem_names_the_title_that_the_server_shows() -> None:
    text = problem([YEAR], [{"name": "Year", "answers": "last"}])
    assert text == 'the prompt "Of which year?" (named "Year") takes a number such as 1234.5, not "last"'


def test_every_problem_is_named_and_valid_answers_are_still_planned() -> None:
    answers = [{"name": "Year", "answers": "x"}, {"name": COUNTRY["name"], "answers": "Germany"}]
    made = plan([YEAR, COUNTRY, COUNTRY | {"key": "K", "id": "I", "name": "Other"}], [*answers], "fail", CHOICES)
    assert len(made.problems) == 2
    assert [prompt["name"] for prompt in made.missing] == ["Other"]


@pytest.mark.parametrize("misspelled", ["Yaer", "YEAR", "of which year"])
@pytest.mark.parametrize("default", [None, "2024"])
@pytest.mark.parametrize("unanswered", ["default", "close"])
def test_a_misspelled_name_does_not_leave_a_prompt_to_its_default(
    misspelled: str, default: Any, unanswered: str
) -> None:
    text = problem([YEAR | {"defaultAnswer": default}], [{"name": misspelled, "answers": "1999"}], unanswered)
    assert text.startswith('the prompt "Of which year?" (named "Year") has no answer, but the request ')
    assert f'answers "{misspelled}": correct that name, or answer this prompt as well' in text


def test_a_name_like_another_prompts_can_be_answered_beside_it() -> None:
    later = {"name": "Year 2", "answers": "1999"}
    assert problem([YEAR], [later])
    assert sent([YEAR], [later, {"name": "Year", "answers": []}])[0]["answers"] == ""


def test_an_answer_used_by_an_earlier_or_another_open_prompt_is_not_a_misspelling() -> None:
    second = YEAR | {"key": "K", "id": "I", "name": "Year 2", "title": None}
    answer = {"name": "Year 2", "answers": "1999"}
    assert len(sent([YEAR, second], [answer])) == 2
    assert plan([YEAR], [answer], "default", CHOICES, frozenset({0})).problems == []


def test_answers_that_match_no_prompt_are_named_with_the_closest_match() -> None:
    answers = [{"name": "Yaer", "answers": "x"}, {"name": "Year", "answers": "x"}, {"name": "zzz", "answers": "x"}]
    assert unmatched_in_words(answers, [YEAR]) == [
        'no prompt has the name "Yaer" (did you mean "Year"?)',
        'no prompt has the name "zzz"',
    ]


def test_a_server_that_cannot_be_reached_is_not_a_problem_of_the_answers() -> None:
    class Gone:
        def page(self, prompt: Any, pattern: str = "", offset: int = 0) -> Any:
            raise ServerUnavailable("gone")

        def named(self, kind: str, name: str) -> Any:
            raise ServerUnavailable("gone")

    condition = {"key": "E", "name": "Condition", "type": "EXPRESSION"}
    for prompt, answers in ((COUNTRY, "USA"), (condition, {"metric": "Sales", "operator": "IsNull"})):
        with pytest.raises(ServerUnavailable):
            plan([prompt], [{"name": prompt["name"], "answers": answers}], "default", Gone())


def test_two_hundred_prompts_and_a_hundred_kilobytes_are_judged_in_a_moment() -> None:
    kinds = ("VALUE", "ELEMENTS", "OBJECTS", "EXPRESSION", "LEVEL")
    prompts = [
        {"key": f"{n:032X}@0@10", "name": f"Prompt {n}", "type": kinds[n % 5], "dataType": "TEXT"} for n in range(200)
    ]
    answers = [{"name": f"Prompt {n}", "answers": ["東" * 150]} for n in range(200)]
    began = time.process_time()
    made = plan(prompts, normalise({"project": "p", "datamart": "d", "prompts": answers})["prompts"], "fail", CHOICES)
    assert len(made.answers) + len(made.problems) == 200
    assert max(map(len, made.problems)) < 1_500
    assert time.process_time() - began < 2


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)
words = st.sampled_from(["Year", "USA", "usa", "h1;;1", "A" * 32, ">", "2026-11-23", "1"])
answer_objects = st.dictionaries(
    st.sampled_from(
        ["id", "name", "type", "units", "expression", "operator", "operands", "metric", "value", "elements"]
    ),
    words | anything | st.lists(words | anything, max_size=2),
    max_size=4,
)
fields = (
    "name",
    "title",
    "dataType",
    "required",
    "min",
    "max",
    "defaultAnswer",
    "maxElementsPerSelection",
    "id",
    "key",
)
described = st.fixed_dictionaries(
    {"type": st.sampled_from(["VALUE", "ELEMENTS", "OBJECTS", "EXPRESSION", "LEVEL", "UNSUPPORTED", "None"])},
    optional=dict.fromkeys(fields, words | anything),
)
answered = st.fixed_dictionaries(
    {"name": words, "answers": words | st.integers() | answer_objects | st.lists(words | answer_objects, max_size=3)},
    optional={"type": st.sampled_from(["VALUE", "ELEMENTS"]), "useDefault": st.booleans()},
)
offered = st.lists(st.dictionaries(st.sampled_from(["id", "name", "type"]), words | anything, max_size=3), max_size=4)


@given(
    st.lists(described, max_size=3),
    st.lists(answered, max_size=3),
    st.sampled_from(["default", "close", "fail", "ask"]),
    st.none() | offered,
)
def test_whatever_the_server_describes_and_people_answer_there_is_a_plan(
    prompts: list[Any], answers: list[Any], unanswered: str, choices: list[Any] | None
) -> None:
    try:
        normal = normalise({"project": "p", "datamart": "d", "prompts": answers})["prompts"]
    except InvalidRequest:
        return
    made = plan(prompts, normal, unanswered, Hidden() if choices is None else Offered(choices))
    assert len(made.answers) + len(made.missing) + len(made.problems) == len(prompts)
    json.dumps(made.answers)
    for answer in made.answers:
        assert len(answer["send"]) == 3
