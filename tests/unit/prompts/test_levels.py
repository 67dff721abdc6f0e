"""Levels: units by name or id, and all other keys as they were given."""

from typing import Any

import pytest

from functions.prompts.prompt import InvalidAnswer
from functions.prompts.types.level import level
from tests.unit.prompts.offered import Hidden, Later, Offered, named

PROMPT = {"key": f"{'C' * 32}@0@10", "name": "Level", "type": "LEVEL"}
ATTRIBUTES = named("Country", "City", kind="attribute")
COUNTRY, CITY = (attribute["id"] for attribute in ATTRIBUTES)


@pytest.mark.parametrize(
    "written",
    ["City", ["city"], CITY, [CITY], {"id": CITY}, {"units": "City"}, {"units": ["City"]}, {"units": {"id": CITY}}],
)
def test_names_and_ids_become_units(written: Any) -> None:
    assert level(PROMPT, written, Offered(ATTRIBUTES)) == {"units": [{"id": CITY}]}


def test_what_is_in_the_apis_own_shape_is_sent_as_it_is_and_nothing_is_asked() -> None:
    unit = {"id": CITY, "name": "City", "type": "DEFAULT", "filtering": "STANDARD", "groupBy": True, "grouping": "NONE"}
    whole, choices = {"canContinue": True, "filterRest": False, "units": [unit]}, Offered([])
    assert level(PROMPT, whole, choices) == whole
    assert choices.calls == []


def test_what_stands_beside_a_name_is_kept() -> None:
    given = {"filterRest": False, "units": [{"name": "City", "groupBy": False}, "Country"]}
    made = level(PROMPT, given, Offered(ATTRIBUTES))
    assert made == {"filterRest": False, "units": [{"name": "City", "groupBy": False, "id": CITY}, {"id": COUNTRY}]}


def test_a_unit_given_twice_is_sent_once() -> None:
    assert level(PROMPT | {"max": 1}, ["City", CITY], Offered(ATTRIBUTES)) == {"units": [{"id": CITY}]}


@pytest.mark.parametrize(
    ("written", "sentence"),
    [
        ({"units": []}, "^takes at least one unit, but the list is empty$"),
        ({"units": None}, "^takes each unit as its name"),
        ({"unit": ["City"]}, "^takes each unit as its name"),
        ([True], "^takes each unit as its name"),
        ("Cty", '^offers no choice called "Cty"; the nearest are "City"'),
    ],
)
def test_malformed_levels_are_refused(written: Any, sentence: str) -> None:
    with pytest.raises(InvalidAnswer, match=sentence):
        level(PROMPT, written, Offered(ATTRIBUTES))


def test_the_number_of_units_is_checked() -> None:
    with pytest.raises(InvalidAnswer, match=r"^takes at most 1 units, not 2$"):
        level(PROMPT | {"max": 1}, ["City", "Country"], Offered(ATTRIBUTES))


def test_names_need_a_server_that_lists_its_units() -> None:
    with pytest.raises(InvalidAnswer, match=r"^needs IDs, because the server does not list its units \("):
        level(PROMPT, "City", Hidden())
    assert level(PROMPT, CITY, Hidden()) == {"units": [{"id": CITY}]}


def test_names_that_are_looked_up_later_are_taken_for_now() -> None:
    given = ["City", {"name": "Country", "groupBy": False}]
    assert level(PROMPT, given, Later()) == {"units": [{"name": "City"}, {"name": "Country", "groupBy": False}]}
