"""What is found out about what follows a job's load: events, cubes, and the privileges for them."""

from collections.abc import Callable
from typing import Any

import pytest

from local.simulator import catalogue
from tests.unit.checks.conftest import Person
from tests.unit.checks.test_jobs import accepting

EVENT, CUBE = {"triggerEvent": "Load done"}, {"publishCube": "City Cube"}
PUBLISH = "Web publish Intelligent Cube"
EXECUTE = {"name": "Web execute datamart report"}
TUTORIAL = {"id": catalogue.TUTORIAL, "isAllowed": True}


def test_events_and_cubes_that_are_there_are_named_with_their_ids(person: Person) -> None:
    person.request(then=[EVENT, CUBE, {"publishCube": "/Public Objects/Cubes/Category Cube"}])
    report = person.check()
    assert (report.code, report.problems) == (0, [])
    assert report.of("follow-up", "city") == [
        ("ok", f'The event "Load done" ({catalogue.LOAD_DONE}) is there.'),
        ("note", "Whether the account may trigger events only a run shows: no list says which privilege that takes."),
        ("ok", f'The cube "City Cube" ({catalogue.CITY_CUBE}) is there, and has data.'),
        ("ok", f'The cube "Category Cube" ({catalogue.CATEGORY_CUBE}) is there, and has no data yet.'),
    ]
    state = person.simulator.state()
    assert (state["events"], state["publications"]) == ([], [])
    assert report.of("privileges")[1] == ("ok", f'It holds "{PUBLISH}".')


@pytest.mark.parametrize(
    ("follow_up", "sentence"),
    [
        ({"triggerEvent": "Load don"}, 'no event "Load don"; the nearest are Load done'),
        ({"triggerEvent": catalogue.CITY}, "was not found"),
        ({"publishCube": "City Cubes"}, 'no cube "City Cubes"; the nearest are City Cube'),
        ({"publishCube": catalogue.CITY}, "is not an Intelligent cube"),
        ({"publishCube": "Same Cube"}, "2 cubes fit"),
    ],
)
def test_a_follow_up_that_leads_nowhere_is_a_problem_and_the_others_are_checked(
    person: Person, follow_up: dict[str, str], sentence: str
) -> None:
    person.request(then=[follow_up, CUBE])
    report = person.check()
    assert (report.code, report.problems) == (1, ["follow-up"])
    (first, second) = report.of("follow-up", "city")
    assert sentence in first[1]
    assert second[0] == "ok"
    assert report.only("prompts", "city")[0] == "ok"


def test_the_note_on_events_is_made_once(person: Person) -> None:
    person.request(then=[EVENT, EVENT])
    assert [result for result, _ in person.check().of("follow-up")] == ["ok", "note", "ok"]


@pytest.mark.parametrize(
    ("scenario", "check"), [("no-privilege-to-see-events", "follow-up"), ("no-privilege-to-publish", "privileges")]
)
def test_what_the_account_may_not_do_is_a_problem(new_person: Callable[..., Person], scenario: str, check: str) -> None:
    person = new_person(scenario)
    person.request(then=[EVENT, CUBE])
    assert person.check().problems == [check]


@pytest.mark.parametrize(
    ("listed", "problems"),
    [
        ([EXECUTE, {"name": PUBLISH}], []),
        ([EXECUTE, {"name": "Publish Intelligent Cube"}], []),
        ([EXECUTE], ["privileges"]),
        ([EXECUTE, {"name": PUBLISH, "isUserLevelAllowed": False, "projects": []}], ["privileges"]),
        ([EXECUTE, {"name": PUBLISH, "isUserLevelAllowed": False, "projects": [TUTORIAL]}], []),
        (
            [EXECUTE, {"name": PUBLISH, "isUserLevelAllowed": False, "projects": [TUTORIAL | {"id": "0" * 32}]}],
            ["follow-up"],
        ),
        ([{"name": "Anwender"}], []),
    ],
)
def test_the_privilege_to_publish_is_looked_for_where_a_job_publishes(
    person: Person, listed: list[dict[str, Any]], problems: list[str]
) -> None:
    person.request(then=[CUBE])
    person.simulator.inject("privileges", status=200, json=listed)
    assert person.check().problems == problems


def test_jobs_that_publish_nothing_need_no_privilege_to_publish(person: Person) -> None:
    person.simulator.inject("privileges", status=200, json=[EXECUTE])
    report = person.check()
    assert (report.code, len(report.of("privileges"))) == (0, 1)


def test_a_cube_whose_state_may_not_be_read_is_a_problem(person: Person) -> None:
    person.request(then=[CUBE])
    person.simulator.inject("cube_status", status=403)
    assert person.check().problems == ["follow-up"]


def test_the_own_follow_ups_of_a_job_that_accepts_requests_are_checked_in_each_project(person: Person) -> None:
    job = accepting(["MicroStrategy Tutorial"], ["City"])
    person.job("city", job | {"request": {"then": [EVENT, {"publishCube": "Cube of nobody"}]}})
    report = person.check()
    assert report.problems == ["follow-up"]
    assert [result for result, _ in report.of("follow-up")] == ["ok", "note", "problem"]
