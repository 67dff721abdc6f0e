"""Dates as answers to VALUE prompts (API.md 7.2 to 7.4)."""

import json
from typing import Any

import pytest

from local.simulator import catalogue
from tests.unit.simulator.conftest import Person

ALL = catalogue.ALL_PROMPTS
FROM_DAY = {"name": "From day", "type": "VALUE"}


def loaded_from(person: Person, day: str) -> list[dict[str, Any]]:
    """The table after a run from that day on: it holds no days, its sums tell."""
    instance = person.create(ALL)
    rest = [p for p in person.call("GET", f"/reports/{ALL}/prompts").json() if p["name"] != "From day"]
    empty = [{"key": p["key"], "type": p["type"], "answers": []} for p in rest]
    answer = person.answer(ALL, instance, FROM_DAY | {"answers": day}, *empty)
    assert answer.status_code == 204, answer.text
    person.execute(ALL, instance)
    person.pass_time(10)
    assert person.status(ALL, instance) == 1
    return person.simulator.rows("DM_ALL_PROMPTS")


def test_a_moment_means_its_day(person: Person) -> None:
    by_day = loaded_from(person, "2026-06-02")
    assert loaded_from(person, "2026-06-02T00:00:00.000+0000") == by_day != []
    assert loaded_from(person, "2026-06-02T23:59:59.999+0000") == by_day
    assert loaded_from(person, "2026-06-03T00:00:00.000+0000") != by_day


@pytest.mark.parametrize(
    "answer",
    [
        *("23.11.2026", "11/23/2026", "2026-11-23 00:00:00", "2026-11-23T00:00:00", "2026-11-23T00:00:00Z"),
        *("2026-11-23T00:00:00.000Z", "2026-11-23T00:00:00.000+0100", "20261123", "2026-W48-1", "2026-02-30", "today"),
        *(
            "2026-11-23T25:00:00.000+0000",
            " 2026-11-23",
            "２０２６-11-23",
            20261123,
            True,
            {"day": 23},
            [["2026-11-23"]],
        ),
    ],
)
def test_anything_but_the_two_forms_is_400_err006(person: Person, answer: Any) -> None:
    refused = person.answer(ALL, person.create(ALL), FROM_DAY | {"answers": answer})
    assert (refused.status_code, refused.json()["code"]) == (400, "ERR006")


@pytest.mark.parametrize(
    ("answer", "status"),
    [
        ("2025-12-31", 400),
        ("2025-12-31T23:59:59.999+0000", 400),
        ("2026-01-01", 204),
        ("2026-01-01T00:00:00.000+0000", 204),
        ("2026-12-31T23:59:59.999+0000", 204),
        ("2027-01-01", 400),
        (["2026-07-01"], 204),
    ],
)
def test_the_limits_of_a_date_are_days(person: Person, answer: Any, status: int) -> None:
    entry = {"name": "Load day", "type": "VALUE", "answers": answer}
    told = person.answer(catalogue.STRICT_PROMPTS, person.create(catalogue.STRICT_PROMPTS), entry)
    assert told.status_code == status
    if status == 400:
        assert "the range" in told.json()["message"]


def test_what_was_answered_is_recorded_as_it_was_sent(person: Person) -> None:
    prompts = person.call("GET", f"/reports/{ALL}/prompts").json()
    expression = {"operator": "Equals", "operands": [{"id": catalogue.CITY_ATTRIBUTE}, {"value": "Rome"}]}
    given: dict[str, Any] = {
        "Comment": ["as it is"],
        "Least amount": "007.50",
        "From day": "2026-11-23T00:00:00.000+0000",
        "Category": [{"name": "Books", "extra": None}],
        "Metrics": [{"id": catalogue.COST_METRIC.lower()}],
        "Qualification": {"expression": expression},
        "Level": {"units": [{"id": catalogue.COUNTRY}]},
    }
    body = {"prompts": [{"answers": given[p["name"]], "type": p["type"], "key": p["key"], "x": 1.0} for p in prompts]}
    instance = person.create(ALL)
    sent = json.dumps(body)
    assert person.call("PUT", f"/reports/{ALL}/instances/{instance}/prompts/answers", data=sent).status_code == 204
    person.execute(ALL, instance)
    person.pass_time(10)
    assert person.status(ALL, instance) == 1
    (recorded,) = person.simulator.state()["answers"]
    assert json.dumps(recorded["body"]) == sent
