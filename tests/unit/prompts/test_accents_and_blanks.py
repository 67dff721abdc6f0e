"""Names that look the same are the same, whatever accents and blanks are made of; all wrong ones are named at once."""

import time
import unicodedata

import pytest

from functions.prompts.lookup import MOST_CALLS, MOST_NAMED
from functions.prompts.matching import answer_for, unmatched
from functions.prompts.prompt import InvalidAnswer
from functions.prompts.types.elements import elements
from functions.prompts.types.expression import expression
from functions.prompts.types.level import level
from functions.prompts.types.objects import objects
from functions.similar_names import canonical, folded, similar
from tests.unit.prompts.offered import Hidden, Offered, customers, deaf, named

PROMPT = {"key": f"{'C' * 32}@0@10", "name": "Customers", "type": "ELEMENTS"}
COMPOSED = "Élodie Müller 東京 🦆"
DECOMPOSED = unicodedata.normalize("NFD", COMPOSED)
MIXED = "É" + DECOMPOSED[2:]

FORMS = [COMPOSED, DECOMPOSED, MIXED]


@pytest.mark.parametrize("stored", FORMS, ids=["composed", "decomposed", "mixed"])
@pytest.mark.parametrize("typed", FORMS, ids=["composed", "decomposed", "mixed"])
@pytest.mark.parametrize("before", [0, 300, 50_000], ids=["short list", "long list", "very long list"])
def test_an_accent_in_one_character_is_the_accent_in_two(stored: str, typed: str, before: int) -> None:
    choices = Offered([*customers(before), *named(stored)])
    assert elements(PROMPT, typed, choices) == named(stored)
    assert len(choices.calls) <= 6


@pytest.mark.parametrize(
    ("stored", "typed"),
    [
        ("USA   ", "USA"),
        ("USA", "USA  "),
        ("Great\u00a0Britain", "Great Britain"),
        ("Great Britain", "Great\u00a0Britain"),
        ("Great  Britain", "great britain"),
        ("  Total", "Total"),
        ("STRASSE", "straße"),
        ("Ångström", "A\u030angstro\u0308m"),
        ("\u212bngström", "ångström"),
    ],
)
@pytest.mark.parametrize("before", [0, 300], ids=["short list", "long list"])
def test_blanks_that_nobody_sees_make_no_other_name(stored: str, typed: str, before: int) -> None:
    assert elements(PROMPT, typed, Offered([*customers(before), *named(stored)])) == named(stored)


def test_a_narrow_blank_between_digits_is_a_blank_in_a_list_on_one_page() -> None:
    assert elements(PROMPT, "1 000", Offered(named("1\u202f000"))) == named("1\u202f000")


@pytest.mark.parametrize("typed", ["Zoë", "Zoe\u0308", "Zoë ", "zoë"])
def test_of_names_that_differ_only_in_accents_or_blanks_the_one_as_written_is_taken(typed: str) -> None:
    listed = named("Zoë", "Zoe\u0308", "Zoë ", "zoë")
    assert elements(PROMPT, typed, Offered(listed)) == [next(one for one in listed if one["name"] == typed)]


def test_a_name_that_several_choices_have_but_for_accents_fails_with_their_ids() -> None:
    with pytest.raises(
        InvalidAnswer, match=r'^offers 2 choices called "Zoë  "; give the ID of one: "Zoë" \(.*\), "Zoe'
    ):
        elements(PROMPT, "Zoë  ", Offered(named("Zoë", "Zoe\u0308", "zoë")))


def test_letters_that_are_others_stay_others() -> None:
    with pytest.raises(InvalidAnswer, match="offers no choice called"):
        elements(PROMPT, "Cit\u0443", Offered(named("City")))
    with pytest.raises(InvalidAnswer, match="offers no choice called"):
        elements(PROMPT, "Elodie", Offered(named("Élodie")))


def test_a_name_left_to_the_server_is_sent_composed() -> None:
    assert elements(PROMPT, [DECOMPOSED, {"name": "USA"}], Hidden()) == [{"name": COMPOSED}, {"name": "USA"}]


@pytest.mark.parametrize("kind", ["attribute", "metric"])
def test_objects_levels_and_subjects_are_found_with_any_accents(kind: str) -> None:
    stored, typed = "Année", "Anne\u0301e"
    listed = named(stored, kind=kind)
    offered = {"key": "K", "name": "P"}
    assert objects(offered | {"type": "OBJECTS"}, typed, Offered(listed)) == listed
    assert level(offered | {"type": "LEVEL"}, [typed], Offered(listed))["units"] == [{"id": listed[0]["id"]}]
    made = expression(offered, {kind: typed, "operator": "IsNull"}, Offered(listed))
    assert made["expression"]["operands"][0]["id"] == listed[0]["id"]


@pytest.mark.parametrize(("stored", "typed"), [("Année", "Anne\u0301e"), ("Anne\u0301e", "Année")])
def test_a_prompt_is_found_with_any_accents(stored: str, typed: str) -> None:
    prompt = {"key": "K", "name": stored}
    assert answer_for(prompt, [{"name": typed}], [prompt]) == 0
    assert unmatched([{"name": typed}], [prompt]) == []


def test_of_prompts_that_differ_only_in_accents_each_takes_the_answer_written_like_it() -> None:
    prompts = [{"key": "K1", "name": "Année"}, {"key": "K2", "name": "Anne\u0301e"}]
    given = [{"name": "Anne\u0301e"}, {"name": "Année"}]
    assert [answer_for(prompt, given, prompts) for prompt in prompts] == [1, 0]


def test_a_prompt_answered_twice_in_the_same_way_fails_with_the_positions_of_the_answers() -> None:
    prompt = {"key": "K", "name": "Year"}
    with pytest.raises(
        InvalidAnswer, match=r"^is answered 2 times \(name Year, in prompts\[0\] and prompts\[2\]\); answer it"
    ):
        answer_for(prompt, [{"name": "Year"}, {"name": "Day"}, {"name": "Year"}], [prompt])


# -- all that is wrong at once --------------------------------------------------------------------------------------


@pytest.mark.parametrize("before", [0, 300], ids=["short list", "long list"])
def test_every_wrong_element_is_named_with_its_closest_matches(before: int) -> None:
    choices = Offered([*named("USA", "England", "Spain"), *customers(before)])
    with pytest.raises(InvalidAnswer) as refused:
        elements(PROMPT, ["USS", "Spain", "Englnd"], choices)
    assert str(refused.value).startswith(
        'offers no choices called "USS" (the nearest are "USA"), "Englnd" (the nearest are "England")'
    )


def test_unknown_and_ambiguous_elements_are_named_together() -> None:
    listed = [*named("Smith, John", "Ann"), {"id": f"h9;{'B' * 32}", "name": "Smith, John"}]
    with pytest.raises(InvalidAnswer) as refused:
        elements(PROMPT, ["Smith, John", "Bob", "Annn"], Offered(listed))
    text = str(refused.value)
    assert 'offers no choices called "Bob", "Annn" (the nearest are "Ann")' in text
    assert 'offers 2 choices called "Smith, John"; give the ID of one:' in text


def test_of_very_many_wrong_elements_the_first_are_named_and_the_others_counted() -> None:
    with pytest.raises(InvalidAnswer) as refused:
        elements(PROMPT, ["x" * 70 + str(number) for number in range(1_000)], Offered(named(*("x" * 75 for _ in "ab"))))
    text = str(refused.value)
    assert f"and {1_000 - MOST_NAMED} more wrong names" in text
    assert len(text.encode()) < 8_000


def test_all_values_that_cannot_be_an_element_are_named_at_once() -> None:
    with pytest.raises(InvalidAnswer, match=r", not true, null, {}$"):
        elements(PROMPT, ["USA", True, None, {}], Offered(named("USA")))
    with pytest.raises(InvalidAnswer, match=r'not "Books", "Music"$'):
        expression(
            {"key": "K", "name": "P", "type": "EXPRESSION"},
            {"attribute": "A" * 32, "operator": "In", "elements": ["Books", f"h1;{'A' * 32}", "Music"]},
            Offered([]),
        )


def test_wrong_objects_are_named_at_once() -> None:
    with pytest.raises(
        InvalidAnswer, match=r'^offers no choices called "Salse" \(the.*"Sales"\), "Cots" \(the.*"Cost"\)$'
    ):
        objects({"key": "K", "name": "P", "type": "OBJECTS"}, ["Salse", "Cots"], Offered(named("Sales", "Cost")))


def test_wrong_names_in_a_long_list_take_a_bounded_number_of_calls() -> None:
    choices = Offered(customers(1_000))
    with pytest.raises(InvalidAnswer):
        elements(PROMPT, [f"Ünknown \u00a0{number:02} Nâme" for number in range(40)], choices)
    assert len(choices.calls) <= MOST_CALLS + 40


# -- bounded in time ------------------------------------------------------------------------------------------------

MARKS = "\u0301\u0316"


@pytest.mark.parametrize(
    "hostile", ["a" + MARKS * 40_000, "é" * 80_000, " " * 80_000 + "x", "\u00a0" * 80_000, "ﷺ" * 30_000]
)
def test_names_of_any_length_are_compared_in_no_time(hostile: str) -> None:
    """Python orders combining characters in quadratic time: as many as in the first took 4 s."""
    began = time.process_time()
    canonical(hostile), folded(hostile), similar(hostile, [hostile, "x"] * 10)
    for choices in (Offered(named("USA")), Offered(customers(300)), Offered(customers(300), deaf)):
        with pytest.raises(InvalidAnswer):
            elements(PROMPT, hostile, choices)
    assert time.process_time() - began < 4


@pytest.mark.parametrize("choices", [Offered(named("USA", "England")), Offered(customers(1_500), deaf)])
def test_very_many_wrong_names_are_looked_up_quickly(choices: Offered) -> None:
    names = [f"Ü{number}" for number in range(25_000 if len(choices.listed) < 200 else 40)]
    began = time.process_time()
    with pytest.raises(InvalidAnswer, match="more wrong names"):
        elements(PROMPT, names, choices)
    assert time.process_time() - began < 4


def test_very_many_long_names_that_are_alike_are_compared_in_a_second() -> None:
    known = [f"{'ab' * 100}{number:05}" for number in range(30_000)]
    began = time.process_time()
    assert similar("ba" * 5_000, known)
    assert time.process_time() - began < 4


def test_the_most_similar_name_is_found_among_very_many() -> None:
    assert similar("Custommer 29999", [f"Customer {number:05}" for number in range(30_000)])[0].startswith("Customer ")


def test_very_many_prompts_and_answers_are_matched_in_a_second() -> None:
    prompts = [{"key": f"K{number}", "name": f"Année {number}"} for number in range(400)]
    given = [{"name": f"Anne\u0301e {number}"} for number in range(200)]
    began = time.process_time()
    assert [answer_for(prompt, given, prompts) for prompt in prompts[:200]] == list(range(200))
    assert time.process_time() - began < 4
