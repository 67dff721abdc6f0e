"""What is shown of the start of a job's run."""

import json
from pathlib import Path
from typing import Any

import pytest

from local.cli.about_job import lines_about_job
from local.cli.headline import Target

ARN = "arn:aws:states:eu-west-1:123456789012:execution:datamart-runner-dev:sales-1"
AT = "2026-11-24T04:12:00Z"
TARGETS = {"1": Target("Sales", "DM_SALES")}

JOBS = {
    "sales": {
        "request": {
            "project": "P",
            "datamart": "Sales",
            "prompts": [
                {"name": "Day", "type": "VALUE", "answers": "{yesterday}"},
                {"name": "Country", "type": "ELEMENTS", "answers": [{"name": "{stem}"}, {"name": "USA"}]},
            ],
        },
        "timeZone": "Europe/Paris",
        "burst": "all",
    }
}
UPLOADED = {
    "job": "sales",
    "asOf": "2026-11-24T05:12:00+01:00",
    "values": {"stem": "France"},
    "started": {"trigger": "upload", "by": "s3://in/France.csv"},
}


@pytest.fixture(autouse=True)
def jobs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "jobs.json"
    file.write_text(json.dumps(JOBS), "utf-8")
    monkeypatch.setenv("JOBS_FILE", str(file))


def lines(given: Any, hides_answers: bool = False) -> list[str]:
    return list(lines_about_job(given, ARN, AT, TARGETS, hides_answers))


def test_what_a_job_is_started_with_is_shown_and_what_was_filled_in() -> None:
    assert lines(UPLOADED) == [
        "Sales → DM_SALES, for 2026-11-23, France and USA",
        "Job sales, for 2026-11-24T05:12:00+01:00, started by upload s3://in/France.csv",
        "{yesterday} is 2026-11-23",
        "{stem} is France",
    ]


def test_hidden_answers_and_what_was_filled_into_them_are_not_shown() -> None:
    first, second = lines(UPLOADED, hides_answers=True)
    assert first == "Sales → DM_SALES"
    assert second.startswith("Job sales, for ")


def test_a_job_without_a_time_is_for_the_time_of_its_start() -> None:
    by_hand = UPLOADED | {"started": {"trigger": "person"}}
    del by_hand["asOf"]
    assert lines(by_hand)[1] == f"Job sales, for {AT}, started by person"


@pytest.mark.parametrize(
    "given", [{"project": "P", "datamart": "Sales"}, [], {"job": "nobody"}, {"job": "sales"}, {"job": 3}]
)
def test_nothing_is_shown_of_a_request_or_of_what_the_first_step_refuses(given: Any) -> None:
    assert lines(given) == []


def test_texts_of_others_are_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    hostile = UPLOADED | {"values": {"stem": "\x1b[2J\r\nJob other"}}
    found = lines(hostile)
    assert len(found) == 4
    assert all(line.isprintable() for line in found)
