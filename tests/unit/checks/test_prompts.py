"""What is found out about a job's answers, by the very rules of a run."""

from collections.abc import Callable
from typing import Any

import pytest

from local.simulator import catalogue
from tests.unit.checks.conftest import Person

DAY = {"name": "From day", "answers": "2026-01-01"}
LEVEL = {"name": "Level", "answers": ["Country", "City"]}
METRICS = {"name": "Metrics", "answers": ["Sales"]}
COUNTRY = {"name": "Country of the city", "answers": ["USA"]}

PROBLEMS: list[tuple[str, list[dict[str, Any]], str]] = [
    ("City", [{"name": "Elements of Contry", "answers": ["USA"]}], 'did you mean "Elements of Country"?'),
    ("City", [{"id": "0" * 32, "answers": "1"}], "belongs to no prompt"),
    ("City", [], 'PromptsUnanswered: no answer for the prompt "Elements of Country"'),
    ("City", [{"name": "Elements of Country", "type": "VALUE", "answers": "USA"}], "answers it as VALUE"),
    ("City", [{"name": "Elements of Country", "useDefault": True}], "has no default answer"),
    ("City", [{"name": "Elements of Country", "answers": ["Xyz"]}], 'it offers "USA", "England"'),
    ("City", [{"name": "Elements of Country", "answers": ["Frnce"]}], 'the nearest are "France"'),
    ("Category Sales", [{"name": "Elements of Country", "answers": ["USA"]}], "it has no prompts"),
    ("All Prompts", [], '"From day"'),
    ("All Prompts", [{"name": "From day", "answers": "{today:%d.%m.%Y}"}], "takes a date such as 2026-11-23"),
    ("All Prompts", [{"name": "From day", "answers": "2019-12-31"}], "2020-01-01"),
    ("All Prompts", [DAY, {"name": "Coment", "answers": "x"}], 'the request answers "Coment": correct that name'),
    ("All Prompts", [DAY, {"name": "Metrics", "answers": ["Sale"]}], 'the nearest are "Sales"'),
    ("All Prompts", [DAY, {"name": "Level", "answers": ["Region"]}], 'no choice called "Region"'),
    ("All Prompts", [DAY, DAY], "is answered 2 times"),
    (
        "All Prompts",
        [DAY, {"name": "Category", "answers": ["Books", "Music", "Movies"]}],
        "takes at most 2 elements, not 3",
    ),
    ("Same Names", [{"name": "Remark", "answers": "x"}], "give its key instead"),
    ("Customers", [{"name": "Customers", "answers": ["Customer 99999"]}], "the nearest are"),
]


@pytest.mark.parametrize(("datamart", "prompts", "sentence"), PROBLEMS)
def test_an_answer_that_a_run_would_fail_at_is_a_problem(
    person: Person, datamart: str, prompts: list[dict[str, Any]], sentence: str
) -> None:
    person.request(datamart=datamart, prompts=prompts)
    report = person.check()
    assert set(report.problems) == {"prompts"}
    assert any(sentence in text for _, text in report.of("prompts"))


@pytest.mark.parametrize("unanswered", ["default", "close"])
def test_every_kind_of_answer_is_reported(person: Person, unanswered: str) -> None:
    day = {"key": f"{catalogue.ALL_TYPES[2].key}", "type": "VALUE", "answers": "{yesterday}"}
    person.request(datamart="All Prompts", prompts=[day, LEVEL, METRICS], unanswered=unanswered)
    result, text = person.check().only("prompts")
    assert result == "ok"
    assert "From day (from the request)" in text
    assert "Level (from the request)" in text
    assert ("Comment (its default)" in text) == (unanswered == "default")
    assert "Category (left open, as it is optional)" in text


def test_what_is_missing_is_reported_with_json_to_paste_and_examples_to_choose_from(person: Person) -> None:
    person.request(prompts=[])
    result, text = person.check().only("prompts")
    assert result == "problem"
    assert '"answers": ["USA", "England", "France"]' in text


def test_a_name_out_of_a_list_of_many_thousands_is_found(person: Person) -> None:
    person.request(datamart="Customers", prompts=[{"name": "Customers", "answers": ["customer 04711"]}])
    assert person.check().only("prompts")[0] == "ok"


def test_no_instance_is_made_where_no_name_is_to_be_looked_up(person: Person) -> None:
    person.request(datamart="All Prompts", prompts=[DAY])
    assert person.check().only("prompts")[0] == "ok"
    assert "create_instance" not in person.steps()


@pytest.mark.parametrize("required", [True, False])
def test_what_a_person_will_be_asked_is_not_a_problem(person: Person, required: bool) -> None:
    person.request(datamart="City" if required else "All Prompts", prompts=[], unanswered="ask")
    report = person.check()
    assert (report.code, report.only("prompts")[0]) == (0, "note")
    assert "A person will be asked for the prompt" in report.only("prompts")[1]


def test_what_is_answered_beside_what_will_be_asked_is_reported(person: Person) -> None:
    person.request(datamart="All Prompts", prompts=[DAY], unanswered="ask")
    report = person.check()
    assert [result for result, _ in report.of("prompts")] == ["note", "ok"]
    assert report.of("prompts")[1][1] == "Every other prompt has an answer: From day (from the request)."


def test_a_wrong_answer_is_a_problem_also_where_a_person_is_asked_for_the_others(person: Person) -> None:
    person.request(datamart="All Prompts", prompts=[DAY | {"answers": "soon"}], unanswered="ask")
    report = person.check()
    assert [result for result, _ in report.of("prompts")] == ["problem", "note"]


TRIGGERED = {"project": catalogue.TUTORIAL, "datamart": "City"}


@pytest.mark.parametrize(
    ("answers", "problem"),
    [
        ({"answers": ["{stem}"]}, None),
        ({"answers": [{"name": "{stem} and {key}"}]}, None),
        ({"answers": ["{stem}"], "type": "VALUE"}, "answers it as VALUE"),
    ],
)
def test_an_answer_that_the_trigger_brings_is_noted_as_not_checked(
    person: Person, answers: dict[str, Any], problem: str | None
) -> None:
    request = TRIGGERED | {"prompts": [{"name": "Elements of Country"} | answers]}
    person.job("city", {"request": request, "triggers": [{"s3": {"prefix": "countries/"}}]})
    report = person.check()
    if problem is None:
        assert [result for result, _ in report.of("prompts")] == ["note", "ok"]
        assert "is known only when the job is triggered" in report.of("prompts")[0][1]
        assert "Elements of Country (from the request)" in report.of("prompts")[1][1]
    else:
        assert report.problems == ["prompts"]
        assert problem in report.of("prompts")[0][1]


def test_answers_beside_a_placeholder_are_checked_all_the_same(person: Person) -> None:
    prompts = [{"name": "From day", "answers": "{stem}"}, LEVEL | {"answers": ["Nowhere"]}]
    person.job(
        "city",
        {
            "request": TRIGGERED | {"datamart": "All Prompts", "prompts": prompts},
            "triggers": [{"s3": {"prefix": "x/"}}],
        },
    )
    report = person.check()
    assert [result for result, _ in report.of("prompts")] == ["problem", "note"]


@pytest.mark.parametrize(
    ("scenario", "datamart", "prompts", "unchecked"),
    [
        ("elements-forbidden", "City", [{"name": "Elements of Country", "answers": ["USA"]}], ["Elements of Country"]),
        ("prompts-only-after-execute", "All Prompts", [DAY, LEVEL, METRICS], ["Metrics", "Level"]),
        (
            "default",
            "Nested",
            [COUNTRY, {"name": "City in the country", "answers": ["Boston"]}, {"name": "Least amount 1", "answers": 5}],
            ["City in the country"],
        ),
    ],
)
def test_an_answer_by_name_is_noted_as_not_checked_where_the_choices_are_not_listed(
    new_person: Callable[..., Person],
    scenario: str,
    datamart: str,
    prompts: list[dict[str, Any]],
    unchecked: list[str],
) -> None:
    person = new_person(scenario)
    person.request(datamart=datamart, prompts=prompts)
    report = person.check()
    assert report.code == 0
    *notes, (result, text) = report.of("prompts")
    assert [note.partition(" is not checked: its choices are not listed")[0] for _, note in notes] == [
        f'The answer to "{name}"' for name in unchecked
    ]
    assert result == "ok"
    assert all(f"{name} (from the request)" in text for name in unchecked)


def test_too_many_elements_are_a_problem_also_where_they_are_not_listed(new_person: Callable[..., Person]) -> None:
    person = new_person("elements-forbidden")
    person.request(datamart="All Prompts", prompts=[DAY, {"name": "Category", "answers": ["a", "b", "c"]}])
    assert person.check().problems == ["prompts"]


@pytest.mark.parametrize(
    "answer",
    [
        {"status": 403, "json": {"code": "ERR017", "iServerCode": -2147214568, "message": "no"}},
        {"status": 500, "json": {"code": "ERR002", "message": "broken"}},
        {"status": 201},
    ],
)
def test_without_an_instance_names_are_noted_as_not_checked(person: Person, answer: dict[str, Any]) -> None:
    person.request(datamart="All Prompts", prompts=[DAY, LEVEL, METRICS])
    person.simulator.inject("create_instance", **answer)
    report = person.check()
    assert report.code == 0
    assert [result for result, _ in report.of("prompts")] == ["note", "note", "ok"]
    assert "no instance can be created to list them" in report.of("prompts")[0][1]
    assert person.steps().count("create_instance") == 1


@pytest.mark.parametrize("step", ["create_instance", "search_objects"])
def test_a_session_that_ends_meanwhile_is_reported_and_ends_the_check(person: Person, step: str) -> None:
    person.request(datamart="All Prompts", prompts=[DAY, METRICS])
    person.simulator.inject(step, kind="evict session")
    report = person.check()
    assert report.problems == ["session"]
    assert report.only("job", "city")[0] == "note"


def test_an_instance_is_deleted_at_the_second_try(person: Person) -> None:
    person.simulator.inject("delete_instance", status=503, times=2)
    report = person.check()
    assert (report.code, report.of("instance")) == (0, [])


def test_an_instance_that_cannot_be_deleted_is_reported_and_ends_with_the_session(person: Person) -> None:
    person.simulator.inject("delete_instance", status=503, times=10)
    report = person.check()
    assert (report.code, report.only("instance")[0]) == (0, "note")


def test_prompts_that_may_not_be_read_are_a_note(person: Person) -> None:
    person.simulator.inject("get_definition_prompts", status=403, json={"code": "ERR017", "message": "no"})
    report = person.check()
    assert (report.code, report.only("prompts")[0]) == (0, "note")
