"""Picking from what a prompt offers."""

from typing import Any

import pytest


def element(number: int, name: str) -> dict[str, str]:
    return {"id": f"h{number};8D679D3711D3E4981000E787EC6DE8A4", "name": name}


ENGLAND, FRANCE, GERMANY = element(1, "England"), element(2, "France"), element(3, "Germany")


@pytest.mark.parametrize(
    ("line", "picked"),
    [
        ("1", [ENGLAND]),
        ("1,3", [ENGLAND, GERMANY]),
        (" 1 , 3 ,", [ENGLAND, GERMANY]),
        ("1-3", [ENGLAND, FRANCE, GERMANY]),
        ("2 - 3", [FRANCE, GERMANY]),
        ("3-3,1", [GERMANY, ENGLAND]),
        ("England", ["England"]),
        ("england, Spain", ["england", "Spain"]),
        ("1, Spain", [ENGLAND, "Spain"]),
        ('"Bosnia, Herzegovina", 2', [{"name": "Bosnia, Herzegovina"}, FRANCE]),
        ("h4;8D679D3711D3E4981000E787EC6DE8A4", ["h4;8D679D3711D3E4981000E787EC6DE8A4"]),
    ],
)
def test_several_are_picked_by_numbers_ranges_names_and_ids(
    person: Any, countries: Any, line: str, picked: list[Any]
) -> None:
    assert person.answer_to(countries(), line) == {"answers": picked}


@pytest.mark.parametrize(
    ("line", "picked"),
    [("3", GERMANY), ("Bosnia, Herzegovina", "Bosnia, Herzegovina"), ('"France"', {"name": "France"})],
)
def test_a_single_one_is_picked_by_its_number_or_its_name_which_needs_no_quotes(
    person: Any, countries: Any, line: str, picked: Any
) -> None:
    assert person.answer_to(countries(max=1), line) == {"answers": [picked]}


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("6", "the list has the numbers 1 to 5, and no 6"),
        ("0", "and no 0; for"),
        ("4-6", "and no 4-6; for"),
        ("3-1", "and no 3-1; for"),
        (",,", "picks nothing"),
        ("Englund", "the nearest are"),
        ("1-3", "takes at most 2 elements, not 3"),
        ("", "is required"),
        ("[]", 'offers no choice called "[]"'),
    ],
)
def test_a_wrong_pick_is_explained_and_asked_again(person: Any, countries: Any, line: str, why: str) -> None:
    assert person.answer_to(countries(max=2), line, "2") == {"answers": [FRANCE]}
    assert why in person.said
    assert person.screen.count("Not accepted") == 1


def years(prompt: Any, *names: str, **more: Any) -> Any:
    return prompt("ELEMENTS", choices=[element(n, name) for n, name in enumerate(names, 1)], **{"more": False, **more})


def test_a_name_that_looks_like_a_number_is_a_name_where_no_choice_has_the_number(person: Any, prompt: Any) -> None:
    offered = years(prompt, "2024", "2025", "2024-2025")
    assert person.answer_to(offered, "2025, 2024-2025") == {"answers": [{"name": "2025"}, {"name": "2024-2025"}]}


def test_a_name_that_is_the_number_of_another_choice_is_asked_about(person: Any, prompt: Any) -> None:
    months = years(prompt, "2", "1")
    assert person.answer_to(months, "2", '"2"') == {"answers": [{"name": "2"}]}
    assert "2 is a number in the list and the name of another choice" in person.screen


def test_a_name_that_is_the_number_of_its_own_choice_is_not_asked_about(person: Any, prompt: Any) -> None:
    assert person.answer_to(years(prompt, "1", "2"), "2") == {"answers": [element(2, "2")]}


def test_an_unknown_number_that_is_not_in_quotes_is_taken_for_a_typo(person: Any, prompt: Any) -> None:
    offered = years(prompt, "2024", "2025", more=True)
    assert person.answer_to(offered, "1999", '"1999"') == {"answers": [{"name": "1999"}]}


def test_a_number_is_a_name_where_nothing_is_listed(person: Any, prompt: Any) -> None:
    assert person.answer_to(prompt("ELEMENTS"), "1, 2") == {"answers": ["1", "2"]}


def test_a_long_list_shows_the_first_twenty_and_takes_the_others_by_name(person: Any, prompt: Any) -> None:
    choices = [element(number, f"Shop {number}") for number in range(1, 31)]
    question = prompt("ELEMENTS", choices=choices, more=False)
    assert person.answer_to(question, "21", "20, Shop 30") == {"answers": [element(20, "Shop 20"), "Shop 30"]}
    assert "20  Shop 20" in person.screen
    assert "Shop 21" not in person.screen
    assert "…" in person.screen


def test_a_list_that_the_server_continues_says_so(person: Any, countries: Any) -> None:
    assert person.answer_to(countries(more=True), "Atlantis") == {"answers": ["Atlantis"]}
    assert "…" in person.screen


def test_an_object_is_picked_with_its_type(person: Any, prompt: Any) -> None:
    metric = {"id": "F" * 32, "name": "Revenue", "type": "metric"}
    question = prompt("OBJECTS", choices=[metric], more=False)
    assert person.answer_to(question, "1") == {"answers": [metric]}


def test_of_a_unit_of_a_level_only_the_id_is_said(person: Any, prompt: Any) -> None:
    units = [{"id": "A" * 32, "name": "Year", "type": "attribute"}, {"id": "B" * 32, "name": "Region"}]
    question = prompt("LEVEL", choices=units, more=False)
    assert person.answer_to(question, "1,Region") == {"answers": [{"id": "A" * 32}, "Region"]}
