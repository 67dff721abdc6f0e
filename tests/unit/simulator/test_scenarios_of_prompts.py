"""How prompts may behave, one test for each scenario (contract 7, 11.5, 11.15)."""

from collections.abc import Callable

import pytest
import requests

from local.simulator import catalogue
from tests.unit.simulator.conftest import Person

CITY = catalogue.CITY
USA = {"name": "Elements of Country", "type": "ELEMENTS", "answers": [{"name": "USA"}]}
Meet = Callable[..., Person]


def execution(person: Person, datamart: str, instance: str) -> requests.Response:
    return person.call("GET", f"/datamarts/{datamart}/instances/{instance}/execution")


@pytest.mark.parametrize(("scenario", "status"), [("default", 204), ("prompts-only-after-execute", 400)])
def test_whether_prompts_can_be_answered_before_the_post(meet: Meet, scenario: str, status: int) -> None:
    person = meet(scenario)
    instance = person.create(CITY)
    prompts = person.call("GET", f"/reports/{CITY}/instances/{instance}/prompts").json()
    assert (len(prompts), person.answer(CITY, instance, USA).status_code) == (int(status == 204), status)
    person.execute(CITY, instance)
    person.pass_time(10)
    assert person.status(CITY, instance) == (1 if status == 204 else 2)


def test_a_job_may_wait_for_another_post_after_the_answers(meet: Meet) -> None:
    person = meet("job-waits-after-answers")
    instance = person.create(CITY)
    person.execute(CITY, instance)
    person.pass_time(1)
    person.answer(CITY, instance, USA)
    person.pass_time(600)
    assert person.status(CITY, instance) == 2
    person.execute(CITY, instance)
    person.pass_time(10)
    assert person.status(CITY, instance) == 1
    assert (person.simulator.state()["loads"], person.simulator.state()["jobs"]) == ({CITY: 1}, [])


def test_a_job_may_lose_its_patience_with_a_prompt(meet: Meet) -> None:
    person = meet("prompt-times-out")
    instance = person.create(CITY)
    person.execute(CITY, instance)
    person.pass_time(3)
    assert person.status(CITY, instance) == 2
    person.pass_time(10)
    assert execution(person, CITY, instance).json()["iServerCode"] == -2147203529


def test_status_2_may_be_reported_a_while_after_the_answers(meet: Meet) -> None:
    person = meet("prompts-still-reported-open")
    instance = person.create(CITY)
    person.execute(CITY, instance)
    person.pass_time(1)
    person.answer(CITY, instance, USA)
    assert person.status(CITY, instance) == 2
    person.pass_time(10)
    assert person.status(CITY, instance) == 1


@pytest.mark.parametrize(
    ("scenario", "when_true", "when_false"),
    [
        ("default", [True], [False]),
        ("closed-filter-inverted", [False], [True, False]),
        ("closed-filter-ignored", [True, False], [True, False]),
    ],
)
def test_closed_filters_as_one_page_says_or_another(
    meet: Meet, scenario: str, when_true: list[bool], when_false: list[bool]
) -> None:
    person, nested = meet(scenario), catalogue.NESTED
    instance = person.create(nested)
    first = {"name": "Country of the city", "type": "ELEMENTS", "answers": [{"name": "USA"}]}
    assert person.answer(nested, instance, first).status_code == 204
    path = f"/reports/{nested}/instances/{instance}/prompts"
    assert [p["closed"] for p in person.call("GET", f"{path}?closed=true").json()] == when_true
    assert [p["closed"] for p in person.call("GET", f"{path}?closed=False").json()] == when_false
    assert len(person.call("GET", path).json()) == 2


def test_prompts_may_look_as_in_the_older_samples(meet: Meet) -> None:
    prompts = meet("old-prompt-shapes").call("GET", f"/reports/{catalogue.ALL_PROMPTS}/prompts").json()
    assert not any("id" in prompt for prompt in prompts)
    assert [p.get("dataType") for p in prompts[:3]] == [8, 3, 14]
    assert prompts[4]["defaultAnswer"] == {"id": catalogue.SALES_METRIC, "name": "Sales", "type": 4}
    assert prompts[6]["type"] == "DIMENSION"


def test_nested_prompts_may_go_ten_deep(meet: Meet) -> None:
    prompts = meet("nested-ten-deep").call("GET", f"/reports/{catalogue.NESTED}/prompts").json()
    assert len(prompts) == 10


def test_only_simple_prompts_may_be_answerable(meet: Meet) -> None:
    person = meet("only-simple-prompts")
    level = person.call("GET", f"/reports/{catalogue.ALL_PROMPTS}/prompts").json()[6]
    entry = {"key": level["key"], "type": "LEVEL", "answers": {"units": [{"id": catalogue.COUNTRY}]}}
    instance = person.create(catalogue.ALL_PROMPTS)
    assert person.answer(catalogue.ALL_PROMPTS, instance, entry).status_code == 400
    assert person.answer(catalogue.ALL_PROMPTS, instance, entry | {"answers": {}}).status_code == 204
