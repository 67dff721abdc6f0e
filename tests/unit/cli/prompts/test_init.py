"""``datamart init`` writes the file of a job, which is valid wherever nobody has to know more than the server says."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from functions.microstrategy import Datamart, Project
from infra.jobs import job_files
from infra.settings.settings import Settings
from local.cli import init as command
from local.first_job.draft import job_content, job_name, to_fill_in
from local.server_access.datamart_prompts import Asked
from tests.unit.cli.prompts.conftest import PROJECT, Person, only_object

DATAMARTS = ["City", "Daily Sales", "All Prompts", "Customers"]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where jobs are, in place of infra/jobs."""
    monkeypatch.setattr(job_files, "FOLDER", tmp_path)
    return tmp_path


@pytest.fixture
def init(person: Person, folder: Path) -> Callable[..., tuple[int, str, str]]:
    def call(*words: str) -> tuple[int, str, str]:
        return person.run("init", *words, "--library-url", person.simulator.base_url, *PROJECT)

    return call


Init = Callable[..., tuple[int, str, str]]


@pytest.mark.parametrize("datamart", DATAMARTS)
def test_the_job_is_valid_and_has_an_answer_for_every_prompt(init: Init, folder: Path, datamart: str) -> None:
    code, _, err = init(datamart)
    assert (code, err) == (0, "")
    (job,) = job_files.jobs_of(Settings("dev"), folder)
    assert job.name == datamart.lower().replace(" ", "-")
    assert job.content["request"]["datamart"] == datamart
    assert job.content["triggers"] == [{"schedule": "cron(0 5 * * ? *)"}]


def test_prompts_take_their_default_stay_open_or_get_yesterday(init: Init, folder: Path) -> None:
    init("All Prompts")
    job = json.loads((folder / "all-prompts.json").read_text("utf-8"))
    answers = {prompt["name"]: prompt.get("answers", "default") for prompt in job["request"]["prompts"]}
    assert answers == {
        "Comment": "default",
        "Least amount": [],
        "From day": "{yesterday:%Y-%m-%d}",
        "Category": [],
        "Metrics": "default",
        "Qualification": [],
        "Level": [],
    }


def test_what_only_a_person_knows_is_named_and_refused_until_it_is_filled_in(init: Init, folder: Path) -> None:
    code, out, _ = init("Strict Prompts")
    assert code == 0
    assert "Replace … in it by answers to:\n  Code\n  Percentage\n\n" in out
    with pytest.raises(Exception, match=r'prompts\[0\]\.answers \("Code"\).* are still the … of a sample'):
        job_files.jobs_of(Settings("dev"), folder)


def test_the_lines_after_it_name_the_server_and_the_job(init: Init, person: Person) -> None:
    _, out, _ = init("City", "--name", "countries")
    assert out.startswith("infra/jobs/countries.json is written. The job countries runs every day at 05:00 (UTC).\n")
    url = person.simulator.base_url
    assert f"  .venv/bin/datamart check --library-url {url} " in out
    assert f"  .venv/bin/datamart run countries --library-url {url}   # loads the table, for real\n" in out


def test_a_file_is_replaced_only_with_force(init: Init, folder: Path) -> None:
    (folder / "city.json").write_text("mine", "utf-8")
    for words in ([], ["--name", "city"]):
        code, out, err = init("City", *words)
        assert (code, out) == (2, "")
        assert "infra/jobs/city.json exists already. Give another name with --name, or --force to replace it." in err
    assert (folder / "city.json").read_text("utf-8") == "mine"
    assert init("City", "--force")[0] == 0
    assert json.loads((folder / "city.json").read_text("utf-8"))["request"]["datamart"] == "City"


def test_a_name_taken_is_known_before_anybody_logs_in(init: Init, person: Person, folder: Path) -> None:
    (folder / "mine.json").touch()
    assert init("City", "--name", "mine")[0] == 2
    assert person.steps() == []


@pytest.mark.parametrize("name", ["1st", "../city", "a b", "x" * 41, ""])
def test_an_invalid_name_is_refused_with_what_is_valid(init: Init, folder: Path, name: str) -> None:
    code, _, err = init("City", "--name", name)
    assert code == 2
    assert f'--name: invalid name "{name}": use a letter' in err
    assert list(folder.iterdir()) == []


def test_json_has_the_name_the_file_and_its_content(init: Init, folder: Path) -> None:
    code, out, _ = init("Strict Prompts", "--json")
    report = only_object(out)
    assert code == 0
    assert list(report) == ["job", "file", "toFillIn", "content"]
    assert (report["job"], report["file"]) == ("strict-prompts", "infra/jobs/strict-prompts.json")
    assert report["toFillIn"] == ["Code", "Percentage"]
    assert report["content"] == json.loads((folder / "strict-prompts.json").read_text("utf-8"))


def test_a_stage_that_lists_its_jobs_is_named(init: Init, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(command, "settings_for", lambda stage, _: Settings(stage, jobs=("other",)))
    _, out, _ = init("City")
    assert 'Note: infra/settings/dev.toml lists the jobs that run: add "city" to them.' in out


def test_a_datamart_that_is_not_there_writes_nothing(init: Init, folder: Path) -> None:
    code, _, err = init("Citty")
    assert code == 1
    assert 'no datamart "Citty"; the nearest are City' in err
    assert list(folder.iterdir()) == []


def test_a_folder_that_cannot_be_written_is_named(init: Init, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(job_files, "FOLDER", folder / "nowhere")
    code, _, err = init("City")
    assert code == 2
    assert "infra/jobs/city.json: cannot be written (No such file or directory)" in err


def draft(*prompts: dict[str, Any], connection: str | None = None) -> dict[str, Any]:
    asked = Asked(
        Project("A" * 32, "P"), Datamart("B" * 32, "D"), [], {"project": "P", "datamart": "D", "prompts": list(prompts)}
    )
    return job_content(asked, connection)


def test_braces_in_an_answer_are_no_placeholders() -> None:
    sample = {"name": "Customer", "type": "ELEMENTS", "required": True, "answers": ["{% $x %}", "{stem}"]}
    (prompt,) = draft(sample)["request"]["prompts"]
    assert prompt["answers"] == ["{{% $x %}}", "{{stem}}"]


def test_a_moment_is_that_of_the_trigger_and_a_condition_is_left_to_a_person() -> None:
    moment = {"name": "At", "type": "VALUE", "dataType": "TIMESTAMP", "required": True, "answers": "…"}
    condition = {"name": "Which", "type": "EXPRESSION", "required": True, "answers": {"metric": "…", "operator": ">"}}
    content = draft(moment, condition)
    assert content["request"]["prompts"][0]["answers"] == "{scheduledTime}"
    assert to_fill_in(content) == ["Which"]


def test_another_connection_is_part_of_the_request_and_no_prompts_are_left_out() -> None:
    assert draft(connection="hr")["request"] == {"connection": "hr", "project": "P", "datamart": "D"}


@pytest.mark.parametrize(
    ("datamart", "name"),
    [
        ("Daily Sales", "daily-sales"),
        ("Umsätze / Größe (2026)", "umsatze-groe-2026"),
        ("2026 Sales", "load-2026-sales"),
        ("東京", "load"),
        ("", "load"),
        ("x" * 300, "x" * 40),
        (f"{'x' * 39} y", "x" * 39),
    ],
)
def test_the_name_of_a_job_is_made_of_the_datamarts(datamart: str, name: str) -> None:
    assert job_name(datamart) == name
