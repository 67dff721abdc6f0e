"""A batch from outside: each item is judged by the deployed batch's list, and the rest is the deployed batch's own."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from functions.errors import InvalidRequest
from functions.requests.batches.accepted_batch import accepted_batch
from functions.requests.batches.batch import Batch
from functions.requests.batches.frozen import frozen_inputs

AT = datetime(2026, 11, 24, 4, tzinfo=UTC)
ID = "85000B907B4EAD3B0D9522A9CFD10DBC"
NAMED: dict[str, Any] = {
    "batch": {
        "defaults": {"connection": "finance", "timeoutMinutes": 60, "prompts": [{"name": "D", "answers": "{today}"}]},
        "maxConcurrency": 2,
        "toleratedFailures": 1,
        "onFailure": "continue",
        "timeZone": "Europe/Paris",
    },
    "acceptRequests": {"projects": ["P", "Pr\u00e9vision"], "datamarts": ["City", ID, {"name": "S", "path": "/A"}]},
}


def read(content: Any) -> Batch:
    data = content if isinstance(content, bytes) else json.dumps(content).encode()
    return accepted_batch(data, "the object", NAMED, AT, {"stem": "x"})


def refusal(content: Any) -> str:
    with pytest.raises(InvalidRequest) as caught:
        read(content)
    return str(caught.value)


def items(*items: Any) -> dict[str, Any]:
    return {"items": list(items)}


CITY = {"project": "P", "datamart": "City"}


def test_items_say_what_runs_in_which_order_and_the_deployed_batch_says_how() -> None:
    answers = [{"name": "Country", "answers": "{stem}"}]
    batch = read(
        items(
            CITY | {"name": "a", "prompts": answers, "timeoutMinutes": 5},
            {"name": "b", "after": ["a"], "project": "P", "datamart": ID.lower()},
        )
    )
    first, second = frozen_inputs(batch, "2026-11-24T04:00Z", {"stem": "x"}, jobs={})
    assert first == CITY | {"connection": "finance", "timeoutMinutes": 5, "prompts": answers}, "taken literally"
    assert second["datamart"] == ID.lower()
    assert second["timeoutMinutes"] == 60
    assert second["prompts"] == [{"name": "D", "answers": "2026-11-24"}], "the defaults are not from outside"
    assert (batch.max_concurrency, batch.tolerated_failures, batch.items[1].after) == (2, 1, ("a",))


def test_csv_is_taken_too_with_its_lines() -> None:
    batch = read(b"name,after,project,datamart,Country\na,,P,City,France\nb,a,P,City,Spain\n")
    assert [item.where for item in batch.items] == ['line 2 ("a")', 'line 3 ("b")']
    assert 'line 2 ("Cty"): datamart: "Cty" is not in the batch\'s acceptRequests' in refusal(
        b"project,datamart\nP,Cty\n"
    )


def test_what_may_not_come_from_outside_is_named_beside_the_items_that_are_not_allowed() -> None:
    found = refusal(items(CITY, CITY | {"datamart": "Payroll"}) | {"onFailure": "stop", "maxConcurrency": 9})
    assert "has 3 problems" in found
    for one in ("onFailure: may not come", "maxConcurrency: may not come", 'item 2 ("Payroll"): datamart'):
        assert one in found


def test_names_are_those_of_the_list_whatever_their_accents() -> None:
    batch = read(items({"name": "a", "project": "Pre\u0301vision", "datamart": {"name": "S", "path": "/A"}}))
    assert batch.items[0].request["project"] == "Pr\u00e9vision"


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (items(CITY | {"project": "Q"}), 'item 1 ("City"): project: "Q" is not in the batch\'s acceptRequests'),
        (items(CITY | {"datamart": "Payroll"}), 'item 1 ("Payroll"): datamart: "Payroll" is not in the batch'),
        (items(CITY | {"connection": "hr"}), "connection: may not come from outside; allowed keys: name, after, proj"),
        (items(CITY | {"then": [{"triggerEvent": "x"}]}), "then: may not come from outside"),
        (items(CITY | {"saveAs": {"name": "x"}}), "saveAs: may not come from outside"),
        (items({"job": "city-nightly"}), "job: may not come from outside"),
        (items(CITY | {"started": {"trigger": "schedule"}}), "started: unknown key"),
        (items(CITY) | {"started": {"trigger": "schedule"}}, "started: may not come from outside"),
        (items(CITY | {"promts": []}), "promts: unknown key (did you mean prompts?); allowed keys: name, after"),
        (items({"project": "P"}), "item 1: datamart: is missing"),
        (items("City"), "item 1: must be an object {…}."),
        (items(CITY | {"after": ["x"]}), 'item 1 ("City"): after: there is no item "x"'),
        (items(), "items: is empty."),
        ({}, "items: must be a list […] of items."),
        ({"items": "City"}, "items: must be a list […] of items."),
        ([CITY], "must be a batch: an object {"),
        (items(CITY) | {"maxConcurrency": 200}, "maxConcurrency: may not come from outside"),
        (items(CITY) | {"defaults": {"connection": "hr"}}, "defaults: may not come from outside"),
        (b"connection,project,datamart\nhr,P,City\n", 'line 2 ("City"): connection: may not come from outside'),
    ],
)
def test_what_is_not_allowed_is_refused_with_the_item_and_the_key(content: Any, expected: str) -> None:
    assert refusal(content).startswith("the object: ")
    assert expected in refusal(content)


def test_every_refused_item_is_named() -> None:
    found = refusal(items(CITY | {"name": "a", "project": "Q"}, CITY | {"name": "b"}, CITY | {"name": "c", "save": {}}))
    assert found.startswith("the object: has 2 problems.")
    assert 'item 1 ("a")' in found
    assert 'item 3 ("c")' in found
