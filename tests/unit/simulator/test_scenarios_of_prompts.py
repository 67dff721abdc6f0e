"""How prompts may behave, one test for each scenario (API.md 7, 11.5, 11.15)."""

from collections.abc import Callable
from typing import Any

import pytest
import requests

from local.simulator import Scenario, catalogue
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


def prompts_path(instance: str, datamart: str = CITY) -> str:
    return f"/reports/{datamart}/instances/{instance}/prompts"


def listed(person: Person, instance: str, datamart: str = CITY) -> list[dict[str, Any]]:
    answer = person.call("GET", prompts_path(instance, datamart)).json()
    assert isinstance(answer, list)
    return answer


def at_its_prompts(person: Person, datamart: str = CITY) -> str:
    instance = person.create(datamart)
    person.execute(datamart, instance)
    person.pass_time(0.5)
    assert person.status(datamart, instance) == 2
    return instance


def test_prompts_may_appear_later_than_status_2(meet: Meet) -> None:
    person = meet("prompts-appear-late")
    unexecuted = person.create(CITY)
    assert (listed(person, unexecuted), person.answer(CITY, unexecuted, USA).status_code) == ([], 400)
    instance = at_its_prompts(person)
    assert (listed(person, instance), person.answer(CITY, instance, USA).status_code) == ([], 400)
    person.pass_time(2)
    assert (person.status(CITY, instance), listed(person, instance)) == (2, [])
    person.pass_time(2)
    assert [p["closed"] for p in listed(person, instance)] == [False]
    assert person.answer(CITY, instance, USA).status_code == 204
    assert [p["closed"] for p in listed(person, instance)] == [True]
    person.pass_time(10)
    assert person.status(CITY, instance) == 1


def test_every_nested_prompt_may_appear_late(meet: Meet) -> None:
    person, nested = meet(Scenario(late_prompts=3.0, nesting=2)), catalogue.NESTED
    instance = at_its_prompts(person, nested)
    person.pass_time(3)
    country = {"name": "Country of the city", "type": "ELEMENTS", "answers": [{"name": "USA"}]}
    assert person.answer(nested, instance, country).status_code == 204
    person.pass_time(1)
    assert (person.status(nested, instance), listed(person, instance, nested)) == (2, [])
    person.pass_time(3)
    assert [p["closed"] for p in listed(person, instance, nested)] == [True, False]


def test_answered_prompts_may_still_be_listed_as_open(meet: Meet) -> None:
    person = meet("answered-prompts-still-listed")
    instance = at_its_prompts(person)
    before = listed(person, instance)
    assert person.answer(CITY, instance, USA).status_code == 204
    person.pass_time(1.5)
    assert (person.status(CITY, instance), listed(person, instance)) == (2, before)
    assert person.call("GET", f"{prompts_path(instance)}?closed=false").json() == before
    again = person.answer(CITY, instance, USA)
    assert (again.status_code, again.json()["code"]) == (400, "ERR006")
    assert again.json()["message"] == "Failed to locate the prompt by either key, id or name."
    person.pass_time(1)
    assert [p["closed"] for p in listed(person, instance)] == [True]
    person.pass_time(10)
    assert person.status(CITY, instance) == 1
    assert {row["country"] for row in person.simulator.rows("DM_CITY")} == {"USA"}
    assert len(person.simulator.state()["answers"]) == 1


def test_a_nested_prompt_comes_once_the_one_before_it_is_no_longer_listed_as_open(meet: Meet) -> None:
    person, nested = meet("answered-prompts-still-listed"), catalogue.NESTED
    instance = at_its_prompts(person, nested)
    before = listed(person, instance, nested)
    country = {"name": "Country of the city", "type": "ELEMENTS", "answers": [{"name": "USA"}]}
    assert person.answer(nested, instance, country).status_code == 204
    person.pass_time(1.9)
    assert (person.status(nested, instance), listed(person, instance, nested)) == (2, before)
    person.pass_time(0.5)
    assert [p["closed"] for p in listed(person, instance, nested)] == [True, False]


@pytest.mark.parametrize("datamart", [CITY, catalogue.ALL_PROMPTS, catalogue.STRICT_PROMPTS])
def test_a_list_of_prompts_may_be_huge(meet: Meet, datamart: str) -> None:
    person = meet("huge-prompts")
    for path in (f"/reports/{datamart}/prompts", prompts_path(person.create(datamart), datamart)):
        answer = person.call("GET", path)
        assert 2_490_000 < len(answer.content) < 2_600_000
        assert all(prompt["instruction"] for prompt in answer.json())
    assert "instruction" not in person.call("GET", f"/reports/{datamart}/prompts?fields=key").text


def test_elements_may_be_answerable_by_their_ids_only(meet: Meet) -> None:
    person = meet("elements-by-id-only")
    instance = at_its_prompts(person)
    refused = person.answer(CITY, instance, USA)
    assert (refused.status_code, refused.json()["code"]) == (400, "ERR006")
    by_id = USA | {"answers": [{"id": f"h1;{catalogue.COUNTRY}", "name": "whatever"}]}
    assert person.answer(CITY, instance, by_id).status_code == 204


@pytest.mark.parametrize(
    ("scenario", "status", "found"),
    [("default", 200, 1), ("element-search-ignored", 200, 8), ("elements-forbidden", 403, 0)],
)
def test_searching_for_elements_may_be_of_no_use(meet: Meet, scenario: str, status: int, found: int) -> None:
    person = meet(scenario)
    (prompt,) = listed(person, instance := person.create(CITY))
    answer = person.call("GET", f"{prompts_path(instance)}/{prompt['key']}/elements?searchPattern=jap")
    assert (answer.status_code, len(answer.json().get("elements", []))) == (status, found)
    assert answer.json().get("code") == ("ERR014" if status == 403 else None)
    assert answer.headers.get("x-mstr-total-count") == (str(found) if status == 200 else None)
    objects = f"/reports/{catalogue.ALL_PROMPTS}/instances/{person.create(catalogue.ALL_PROMPTS)}/prompts"
    metrics = person.call("GET", objects).json()[4]["key"]
    assert len(person.call("GET", f"{objects}/{metrics}/objects?searchPattern=cos").json()["objects"]) == 1
