"""``datamart check --request FILE``: a request that is in no job is checked like one."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.unit.checks.conftest import CITY_JOB, Person

REQUEST: dict[str, Any] = CITY_JOB["request"]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Outside the folder of job files."""
    (tmp_path / "own").mkdir()
    return tmp_path / "own" / "my-request.json"


def checked(person: Person, file: Path, content: Any, *words: str) -> Any:
    file.write_text(json.dumps(content), "utf-8")
    return person.check("--library-url", person.simulator.base_url, "--request", str(file), *words)


def test_a_request_of_a_file_is_checked_beside_the_jobs(person: Person, file: Path) -> None:
    report = checked(person, file, REQUEST | {"datamart": "Citty"})
    assert report.of("request") == [("ok", "It is valid.")]
    assert report.of("datamart", "city")[0][0] == "ok"
    assert 'no datamart "Citty"' in report.only("datamart", "my-request.json")[1]
    assert report.problems == ["datamart"]


def test_what_follows_the_request_of_a_file_is_checked_too(person: Person, file: Path) -> None:
    report = checked(person, file, REQUEST | {"then": [{"triggerEvent": "Load done"}, {"publishCube": "City Cub"}]})
    assert [result for result, _ in report.of("follow-up", "my-request.json")] == ["ok", "note", "problem"]
    assert report.only("prompts", "my-request.json")[0] == "ok"


def test_an_invalid_request_is_a_problem_and_the_rest_is_checked(person: Person, file: Path) -> None:
    report = checked(person, file, REQUEST | {"datmart": "City"})
    assert report.problems == ["request"]
    assert "did you mean datamart" in report.only("request", "my-request.json")[1]
    assert report.of("datamart", "city")[0][0] == "ok"


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (None, "cannot be read (No such file or directory)"),
        ("{", "is not JSON"),
        ('{"job": "city"}', "--request takes a request"),
        ('{"batch": "night"}', "--request takes a request"),
        ("[]", "--request takes a request"),
        (json.dumps(REQUEST | {"connection": "other"}), "add --connection other"),
    ],
)
def test_a_file_without_a_request_for_this_connection_is_bad_usage(
    person: Person, file: Path, text: str | None, sentence: str
) -> None:
    if text is not None:
        file.write_text(text, "utf-8")
    code, out, err = person.ask("--library-url", person.simulator.base_url, "--request", str(file))
    assert (code, out) == (2, "")
    assert sentence in err
    assert "my-request.json" in err
