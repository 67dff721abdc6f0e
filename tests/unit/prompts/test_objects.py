"""Objects: sent with ids and types, whichever of the two was given."""

from typing import Any

import pytest

from functions.prompts.prompt import InvalidAnswer
from functions.prompts.types.objects import objects
from tests.unit.prompts.offered import Hidden, Offered, deaf, named

PROMPT = {"key": f"{'C' * 32}@0@10", "name": "Metrics", "type": "OBJECTS"}
METRICS = named("Sales", "Cost", kind="metric")
SALES, COST = METRICS


@pytest.mark.parametrize(
    "written", ["Cost", "cost", ["Cost"], {"name": "Cost"}, COST["id"], {"id": COST["id"]}, [COST]]
)
def test_a_name_or_an_id_becomes_the_object_with_its_type(written: Any) -> None:
    assert objects(PROMPT, written, Offered(METRICS)) in ([COST], [{"id": COST["id"], "type": "metric"}])


def test_an_object_in_the_apis_own_shape_is_sent_as_it_is_and_nothing_is_asked() -> None:
    choices = Offered([])
    assert objects(PROMPT, [{"id": "x", "type": 4}], choices) == [{"id": "x", "type": 4}]
    assert choices.calls == []


def test_the_type_of_an_object_is_found_on_a_later_page() -> None:
    many = named(*map(str, range(450)), kind="attribute")
    choices = Offered(many)
    assert objects(PROMPT, many[-1]["id"], choices) == [{"id": many[-1]["id"], "type": "attribute"}]
    assert [offset for _, offset in choices.calls] == [0, 200, 400]


def test_an_id_compares_in_either_case_and_is_sent_as_it_is_written() -> None:
    lower = "abcdefabcdefabcdefabcdefabcdefab"
    choices = Offered([{"id": lower.upper(), "name": "x", "type": "metric"}])
    assert objects(PROMPT, lower, choices) == [{"id": lower, "type": "metric"}]


@pytest.mark.parametrize("choices", [Hidden(), Offered([]), Offered([{"id": SALES["id"], "type": None}])])
def test_an_id_whose_type_nobody_says_is_sent_without_one(choices: Any) -> None:
    assert objects(PROMPT, SALES["id"], choices) == [{"id": SALES["id"]}]


@pytest.mark.parametrize("choices", [Hidden(), Offered(named(*map(str, range(5_000)), kind="metric"), deaf)])
def test_a_name_that_cannot_be_looked_up_is_refused_with_the_reason(choices: Any) -> None:
    with pytest.raises(
        InvalidAnswer, match=r"^needs IDs, because the server does not list its objects \((the account|there are)"
    ):
        objects(PROMPT, ["Sales", COST], choices)


def test_an_unknown_name_is_refused_with_the_nearest() -> None:
    with pytest.raises(InvalidAnswer, match=r'^offers no choice called "Sale"; the nearest are "Sales"'):
        objects(PROMPT, "Sale", Offered(METRICS))


def test_the_number_of_objects_is_checked() -> None:
    with pytest.raises(InvalidAnswer, match=r"^takes at most 1 objects, not 2$"):
        objects(PROMPT | {"max": 1}, ["Sales", "Cost"], Offered(METRICS))
    assert objects(PROMPT | {"max": 1}, ["Sales", SALES["id"], SALES], Offered(METRICS)) == [SALES]
    with pytest.raises(InvalidAnswer, match=r"^takes at least one object, but the list is empty$"):
        objects(PROMPT, [], Offered(METRICS))


@pytest.mark.parametrize("one", [True, None, {}, {"type": "metric"}, ["Sales"], {"id": {}}])
def test_values_that_are_neither_name_nor_id_are_refused(one: Any) -> None:
    with pytest.raises(
        InvalidAnswer, match=r"^takes each object as its name, its ID, or an object with one of these keys, not "
    ):
        objects(PROMPT, [one], Offered(METRICS))
