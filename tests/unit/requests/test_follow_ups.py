"""``then`` of a request: what may be written there, and who may not."""

from typing import Any

import pytest

from functions.errors import InvalidRequest
from functions.requests.batches.batch import batch_of
from functions.requests.execution_input import read_input
from functions.requests.request import normalise

REQUEST = {"project": "P", "datamart": "City"}
CUBE = "8d679d3511d3e4981000e787ec6de8a4"
THEN = [{"triggerEvent": "Load done"}, {"publishCube": CUBE}]


def test_follow_ups_keep_their_order_and_ids_become_upper_case() -> None:
    assert normalise(REQUEST | {"then": THEN})["then"] == [{"triggerEvent": "Load done"}, {"publishCube": CUBE.upper()}]


@pytest.mark.parametrize("request_", [REQUEST, REQUEST | {"then": []}])
def test_without_follow_ups_a_request_has_no_such_key(request_: dict[str, Any]) -> None:
    assert "then" not in normalise(request_)


@pytest.mark.parametrize(
    ("then", "said"),
    [
        ([{}], "then[0]: give exactly one of triggerEvent and publishCube; it has none."),
        ([THEN[0] | THEN[1]], "then[0]: give exactly one of triggerEvent and publishCube; it has triggerEvent, publi"),
        ([THEN[0], {"trigerEvent": "x"}], "then[1].trigerEvent: unknown key (did you mean triggerEvent?)"),
        ([{"triggerEvent": ""}], "then[0].triggerEvent: is empty."),
        ([{"triggerEvent": " x"}], 'then[0].triggerEvent: " x" begins or ends with white space; remove it.'),
        ([{"publishCube": {"name": "x"}}], "then[0].publishCube: must be a string, not an object."),
        ({"triggerEvent": "x"}, "then: must be a list […], not an object."),
        (THEN * 11, "then: has too many entries: 22, and 20 are allowed."),
        ([{"triggerEvent": "loaded {today}"}], "then: {today} is not filled in here;"),
    ],
)
def test_what_is_wrong_is_named_with_its_place(then: Any, said: str) -> None:
    with pytest.raises(InvalidRequest) as raised:
        normalise(REQUEST | {"then": then})
    assert str(raised.value).startswith(said)


def test_items_of_a_batch_may_have_follow_ups_and_take_those_of_the_defaults() -> None:
    written = {"defaults": {"then": THEN}, "items": [REQUEST, {"project": "P", "datamart": "Sales", "then": []}]}
    assert [item.request["then"] for item in batch_of(written, "the batch", jobs={}).items] == [THEN, []]


def test_a_run_of_follow_ups_saves_nothing_and_answers_nothing() -> None:
    asked = REQUEST | {"then": THEN, "save": {}, "prompts": [{"name": "Year", "answers": "2026"}]}
    start = read_input(asked | {"followUpsOf": "city-nightly-0a"}, "2026-11-20T05:00Z")
    assert start.follow_ups_of == "city-nightly-0a"
    assert ("save" in start.request, start.request["prompts"]) == (False, [])
    assert read_input(asked, "2026-11-20T05:00Z").follow_ups_of is None


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"followUpsOf": "a b", "then": THEN}, 'followUpsOf: "a b" is not the name of an execution.'),
        ({"followUpsOf": None, "then": THEN}, "followUpsOf: null is not the name of an execution."),
        ({"followUpsOf": "city-0a"}, "followUpsOf: needs then, the follow-ups that are to be done."),
    ],
)
def test_the_mark_of_such_a_run_is_checked(given: dict[str, Any], said: str) -> None:
    with pytest.raises(InvalidRequest) as raised:
        read_input(REQUEST | given, "2026-11-20T05:00Z")
    assert str(raised.value) == said
