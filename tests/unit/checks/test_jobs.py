"""What is found out about each job: project, datamart, target, prompts."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from infra.batches import batch_files
from infra.settings.settings import Settings
from local.checks.findings import Findings
from local.checks.stage_jobs import jobs_for
from local.simulator import catalogue
from tests.unit.checks.conftest import CITY_JOB, Person


def test_the_target_says_what_a_run_will_write(person: Person) -> None:
    assert person.check().only("target") == ("ok", "Replaces DM_CITY in Statistics.")
    person.request(datamart="Daily Sales", prompts=[])
    report = person.check()
    assert report.only("target")[1] == "Appends to DM_DAILY_SALES in Statistics."
    assert report.only("prompts") == ("ok", "It asks nothing.")


def test_a_definition_that_may_not_be_read_is_a_note(new_person: Callable[..., Person]) -> None:
    report = new_person("definition-forbidden").check()
    assert (report.code, report.only("target")[0]) == (0, "note")
    assert report.only("prompts")[0] == "ok"


def test_a_definition_without_a_table_is_a_problem(person: Person) -> None:
    person.simulator.inject("get_definition", status=200, json={"datamartOptions": {"append": False, "tableName": ""}})
    assert person.check().problems == ["target"]


@pytest.mark.parametrize(
    ("changes", "check", "sentence"),
    [
        ({"project": "Microstrategy Tutorial"}, "project", "the nearest are MicroStrategy Tutorial"),
        ({"project": "0" * 32}, "project", "is loaded and open to this account"),
        ({"datamart": "Citty"}, "datamart", 'no datamart "Citty"; the nearest are City'),
        ({"datamart": "0" * 32}, "datamart", "was not found"),
        ({"datamart": catalogue.CITY_REPORT}, "datamart", "is a report, but not a datamart"),
        ({"datamart": "Same Name"}, "datamart", "/Public Objects/Archive"),
        ({"datamart": {"name": "City", "path": "/Public Objects/Archive"}}, "datamart", "/Public Objects/Datamarts"),
    ],
)
def test_a_name_that_leads_nowhere_is_a_problem(person: Person, changes: Any, check: str, sentence: str) -> None:
    person.request(**changes)
    report = person.check()
    assert (report.code, report.problems) == (1, [check])
    assert sentence in report.only(check, "city")[1]


def test_an_idle_project_is_a_problem_in_words(person: Person) -> None:
    person.request(project="Idle Project")
    result, text = person.check().only("project")
    assert result == "problem"
    assert "takes no new jobs" in text


@pytest.mark.parametrize(
    ("where", "sentence"),
    [
        ({"folder": "/public objects/archive"}, f"/public objects/archive ({catalogue.FOLDER_ARCHIVE})"),
        ({"destinationFolderId": catalogue.FOLDER_ARCHIVE.lower()}, f"the folder {catalogue.FOLDER_ARCHIVE}."),
    ],
)
def test_the_folder_to_save_in_is_looked_up(person: Person, where: dict[str, str], sentence: str) -> None:
    person.request(saveAs={"name": "Mine"} | where)
    report = person.check()
    assert (report.code, report.only("folder", "city")[0]) == (0, "ok")
    assert sentence in report.only("folder")[1]


@pytest.mark.parametrize(
    ("where", "sentence"),
    [
        ({"folder": "/Nightly"}, "/CASTOR_SERVER/Public Objects/Archive/Nightly"),
        ({"folder": "/Public Objects/Datmarts"}, 'no folder "/Public Objects/Datmarts"'),
        ({"destinationFolderId": "0" * 32}, "was not found"),
        ({"destinationFolderId": catalogue.CITY}, "was not found"),
    ],
)
def test_a_folder_that_is_not_there_is_a_problem_and_the_prompts_are_reported(
    person: Person, where: dict[str, str], sentence: str
) -> None:
    person.request(saveAs={"name": "Mine"} | where)
    report = person.check()
    assert (report.code, report.problems) == (1, ["folder"])
    assert sentence in report.only("folder")[1]
    assert report.only("prompts")[0] == "ok"


def accepting(projects: list[Any], datamarts: list[Any]) -> dict[str, Any]:
    return {
        "request": {},
        "triggers": [{"s3": {"prefix": "requests/"}}],
        "acceptRequests": {"projects": projects, "datamarts": datamarts},
    }


def test_what_a_job_lets_others_name_is_looked_up_in_place_of_a_request(person: Person) -> None:
    allowed = [catalogue.CITY.lower(), "Daily Sales", {"name": "Same Name", "path": "/Public Objects/Archive"}]
    person.job("city", accepting(["MicroStrategy Tutorial", "Idle Project"], allowed))
    report = person.check()
    assert [result for result, _ in report.of("project")] == ["ok", "problem"]
    assert [result for result, _ in report.of("datamart")] == ["ok"] * 3
    assert [text for _, text in report.of("target")][1] == "Appends to DM_DAILY_SALES in Statistics."
    assert report.of("prompts") == []


def test_an_allowed_datamart_that_is_nowhere_is_a_problem_and_the_others_are_reported(person: Person) -> None:
    person.job("city", accepting(["MicroStrategy Tutorial"], ["Citty", "City", catalogue.CITY_REPORT]))
    report = person.check()
    assert [result for result, _ in report.of("datamart")] == ["problem", "ok", "problem"]


def test_a_session_that_ends_in_the_middle_leaves_the_other_jobs_to_be_reported_as_not_checked(person: Person) -> None:
    person.job("later", CITY_JOB)
    person.simulator.inject("get_definition", kind="evict session")
    report = person.check()
    assert report.problems == ["session"]
    assert report.only("datamart", "city")[0] == "ok"
    assert "not all checked" in report.only("job", "city")[1]
    assert report.only("job", "later")[0] == "note"


def test_a_server_that_falls_silent_is_not_asked_on_and_on(person: Person) -> None:
    person.job("later", CITY_JOB)
    person.simulator.inject("find_datamart", kind="reset before", times=9)
    report = person.check()
    assert report.problems == ["session"]
    assert person.steps().count("find_datamart") == 3  # one call with its two retries


@pytest.mark.parametrize("step", ["find_project", "find_datamart", "get_definition", "get_definition_prompts"])
@pytest.mark.parametrize(
    "answer",
    [
        {"status": 500, "json": {"code": "ERR002", "message": "broken"}},
        {"status": 503, "body": "<html>proxy</html>"},
        {"status": 200, "json": {"unexpected": [1]}},
        {"status": 200, "json": [[{"id": 5}], None, "x"]},
        {"status": 200, "body": "<html>hello</html>"},
        {"kind": "truncate"},
    ],
)
def test_no_answer_to_any_call_ends_in_a_stack_trace(person: Person, step: str, answer: dict[str, Any]) -> None:
    person.simulator.inject(step, **answer)
    report = person.check()
    assert report.code in (0, 1)
    assert report.of("check") == []


def test_a_job_file_that_is_wrong_hides_no_other(person: Person) -> None:
    person.job("broken", "{")
    person.job("wrong", {"request": {"project": "P", "datmart": "D"}})
    report = person.check()
    assert report.problems == ["job file", "job file"]
    assert "did you mean datamart" in report.only("job file", "wrong")[1]
    assert report.only("prompts", "city")[0] == "ok"


def test_the_items_of_batches_are_looked_up_like_jobs(
    person: Person, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (batches := tmp_path / "batches").mkdir()
    monkeypatch.setattr(batch_files, "FOLDER", batches)
    sales = {"name": "sales", "project": "MicroStrategy Tutorial", "datamart": "Catgory Sales"}
    there = {"name": "there", "project": "MicroStrategy Tutorial", "datamart": "Nested", "connection": "second"}
    night = {"items": [{"job": "city"}, sales]}
    (batches / "night.json").write_text(json.dumps(night), "utf-8")
    (batches / "wrong.json").write_text(json.dumps({"items": [there]}), "utf-8")
    report = person.check()
    assert report.problems == ["batch file", "datamart"]
    assert 'no datamart "Catgory Sales"; the nearest are Category Sales' in report.only("datamart", "night: sales")[1]
    assert report.only("datamart", "city")[0] == "ok"
    assert 'unknown connection "second"' in report.only("batch file", "wrong")[1]


def test_only_the_jobs_of_the_connection_are_checked(person: Person, tmp_path: Path) -> None:
    person.job("other", {"request": CITY_JOB["request"] | {"connection": "second"}})
    findings = Findings(lambda _: None)
    settings = Settings("dev", connections=("default", "second"))
    assert [job.name for job in jobs_for(settings, "default", findings, tmp_path)] == ["city"]
    assert [job.name for job in jobs_for(settings, "second", findings, tmp_path)] == ["other"]
    assert findings.all == []


def test_a_stage_without_a_job_for_the_connection_says_so(person: Person) -> None:
    report = person.check("--stage", "prod", "--library-url", person.simulator.base_url)
    assert report.code == 0
    assert report.only("jobs") == ("note", "No job of this stage uses the connection default.")
