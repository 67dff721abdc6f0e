"""What ``make synth`` ends with: the table of the jobs, and the warnings that never stop a deployment."""

import json
import os
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime
from io import StringIO
from pathlib import Path
from typing import Any

import pytest

from infra.batches.named_batch import NamedBatch
from infra.build.jobs_report import report
from infra.jobs.cron_words import cron_words
from infra.jobs.job_files import jobs_of, no_jobs
from infra.jobs.named_job import NamedJob
from infra.jobs.triggers import kind_of
from infra.settings.settings import Settings

DEV = Settings(stage="dev")
NOW = datetime(2026, 11, 26, 3, 30, tzinfo=UTC)
ROOT = Path(__file__).parents[3]
TOPIC = "arn:aws:sns:eu-west-1:123456789012:loads"


def job(name: str, *triggers: dict[str, Any], **keys: Any) -> dict[str, Any]:
    request = {"project": "MicroStrategy Tutorial", "datamart": "City"}
    return {name: {"request": request | keys.pop("request", {}), "triggers": list(triggers)} | keys}


def written(folder: Path, files: dict[str, Any]) -> list[NamedJob]:
    for name, content in files.items():
        (folder / f"{name}.json").write_text(json.dumps(content))
    return jobs_of(DEV, folder)


def told(folder: Path, files: dict[str, Any], now: datetime = NOW) -> tuple[str, str]:
    """What goes to stdout and to stderr."""
    out, err = StringIO(), StringIO()
    report(written(folder, files), DEV, now, out, err)
    return out.getvalue(), err.getvalue()


@pytest.fixture
def wide(monkeypatch: pytest.MonkeyPatch) -> None:
    """A terminal on which no cell is wrapped."""
    monkeypatch.setenv("COLUMNS", "240")


# -- the table ------------------------------------------------------------------------------------------------------


def test_a_job_is_reported_with_its_trigger_its_next_firings_in_its_zone_its_connection_and_its_datamart(
    tmp_path: Path, wide: None
) -> None:
    files = job("nightly", {"schedule": "cron(0 5 * * ? *)", "flexibleMinutes": 15}, timeZone="Europe/Paris")
    out, err = told(tmp_path, files)
    assert "nightly" in out
    assert "every day at 05:00, or up to 15 minutes later" in out
    for text in ("Thu 2026-11-26 05:00", "Fri 2026-11-27 05:00", "Sat 2026-11-28 05:00", "Europe/Paris"):
        assert text in out
    assert "City" in out
    assert "connection default" in out
    assert err == ""


def test_next_firings_skip_the_night_that_the_zone_skips(tmp_path: Path) -> None:
    files = job("nightly", {"schedule": "cron(30 2 * * ? *)"}, timeZone="Europe/Paris")
    out, err = told(tmp_path, files, datetime(2027, 3, 26, 12, tzinfo=UTC))
    assert ["Sat 2027-03-27 02:30" in out, "Sun 2027-03-28" in out, "Mon 2027-03-29 02:30" in out] == [
        True,
        False,
        True,
    ]
    assert err.startswith("warning: infra/jobs/nightly.json: triggers[0].schedule: 02:30 does not exist")


@pytest.mark.parametrize(
    ("trigger", "following"),
    [
        ({"schedule": "rate(4 hours)"}, "counted from its deployment"),
        ({"schedule": "at(2020-01-01T05:00:00)"}, "never again"),
        ({"s3": {"prefix": "in/"}}, "when it comes"),
    ],
)
def test_a_trigger_whose_next_time_is_not_known_says_why(
    tmp_path: Path, trigger: dict[str, Any], following: str
) -> None:
    assert following in told(tmp_path, job("other", trigger))[0]


def test_a_job_without_triggers_and_one_that_takes_requests_are_reported_too(tmp_path: Path, wide: None) -> None:
    accepts = {
        "request": {},
        "triggers": [{"s3": {"prefix": "requests/"}}],
        "acceptRequests": {"projects": ["P"], "datamarts": ["Sales", {"name": "City", "path": "/Shared"}]},
    }
    out = told(tmp_path, job("by-hand") | {"requests": accepts})[0]
    assert "by its name only" in out
    assert "one of Sales, /Shared/City" in out


def test_a_stage_without_jobs_says_so(tmp_path: Path) -> None:
    out, err = told(tmp_path, {})
    settings = "infra/settings/dev.toml"
    assert out == f"The stage dev has no jobs: put one into infra/jobs, or name a sample as jobs of {settings}.\n"
    assert err == ""


def test_a_stage_whose_settings_name_no_job_must_name_some() -> None:
    assert no_jobs(replace(DEV, jobs=())) == (
        "The stage dev has no jobs: "
        "name the jobs that it runs as jobs of infra/settings/dev.toml, or leave that key out."
    )


def test_the_table_fits_eighty_columns_whatever_the_names_are(tmp_path: Path) -> None:
    long = {"schedule": "cron(0 5 ? * MON-FRI *)", "timeZone": "America/Argentina/ComodRivadavia"}
    many = {"sns": {"topicArn": TOPIC, "filter": {"region": [f"region-{n}" for n in range(150)]}}}
    keys = {"s3": {"bucket": "b" * 63, "prefix": "p" * 900, "suffix": ".csv"}}
    datamart = {"name": "D" * 200, "path": "/" + "P" * 300}
    out, _ = told(tmp_path, job("n" * 40, long, many, keys, request={"datamart": datamart}))
    assert max(map(len, out.splitlines())) <= 80
    assert "Thu 2026-11-26 05:00" in out
    assert len(out.splitlines()) < 60


def test_control_characters_and_markup_in_a_job_are_not_obeyed(tmp_path: Path, wide: None) -> None:
    name = "City\u001b[2J\n\u202e[bold]All fine[/bold] :warning:"
    prefix = "in%20\u001b[31m/"
    out, err = told(tmp_path, job("odd", {"s3": {"prefix": prefix}}, request={"datamart": name}))
    for text in (out, err):
        assert "\u001b" not in text
        assert "\u202e" not in text
    assert "City [2J [bold]All fine[/bold] :warning:" in out
    assert len(err.splitlines()) == 1


@pytest.mark.exhaustive
def test_three_hundred_jobs_of_all_kinds_are_reported(tmp_path: Path) -> None:
    files: dict[str, Any] = {}
    for n in range(100):
        cron = {"schedule": f"cron({n % 60} 2 ? * MON-FRI *)"}
        files |= job(f"scheduled{n}", cron, timeZone="Europe/Paris", expectBy="06:00")
        files |= job(f"uploaded{n}", {"s3": {"prefix": f"in/{n}/"}})
        files |= job(f"message{n}", {"sns": {"topicArn": f"{TOPIC}{n}"}})
    out, err = told(tmp_path, files)
    assert set(files) <= set(out.split())
    assert err.count("the alarm goes off on SUN, SAT") == len(err.splitlines()) == 100


def test_a_batch_is_reported_below_the_jobs(tmp_path: Path, wide: None) -> None:
    out = StringIO()
    content = {"items": [{}, {}], "maxConcurrency": 1, "timeZone": "UTC", "triggers": []}
    batch = NamedBatch("night", content, "infra/batches/night.json")
    report(written(tmp_path, job("nightly")), DEV, NOW, out, StringIO(), [batch])
    jobs, _, batches = out.getvalue().partition("Batches of the stage dev")
    assert "nightly" in jobs
    assert "night " in batches
    assert "2 items, at most 1 at once" in batches
    assert "by its name only" in batches


# -- in words ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("expression", "words"),
    [
        ("cron(0 5 * * ? *)", "every day at 05:00"),
        ("cron(0 5 ? * MON-FRI *)", "at 05:00, Monday through Friday"),
        ("cron(0 5 ? * 2-6 *)", "at 05:00, Monday through Friday"),
        ("cron(0 0 L * ? *)", "at 00:00, on the last day of the month"),
        ("cron(0 0 LW JAN,JUL ? *)", "at 00:00, on the last weekday of the month, only in January and July"),
        ("cron(0 9 ? * 2#1 *)", "at 09:00, on the first Monday of the month"),
        ("cron(0 9 ? * 6L *)", "at 09:00, on the last Friday of the month"),
        ("cron(0 9 ? * L *)", "at 09:00, only on Saturday"),
        ("cron(0 5 1 1 ? 2027)", "at 05:00, on day 1 of the month, only in January, only in 2027"),
    ],
)
def test_a_cron_expression_is_put_into_words(expression: str, words: str) -> None:
    assert cron_words(expression) == words


TRIGGERS: list[tuple[dict[str, Any], str]] = [
    ({"schedule": "rate(1 day)"}, "every day"),
    ({"schedule": "rate(90 minutes)"}, "every 90 minutes"),
    ({"schedule": "at(2027-05-01T05:00:00)"}, "once, on 2027-05-01 at 05:00"),
    ({"s3": {"bucket": "landing", "prefix": "in/", "suffix": ".csv"}}, "uploads to landing/in/*.csv"),
    ({"s3": {"suffix": ".csv"}}, "uploads of *.csv to the own bucket"),
    (
        {"sns": {"topicArn": TOPIC, "objects": {"bucket": "landing"}}},
        "uploads to landing/*, reported by messages of loads",
    ),
    ({"sns": {"topicArn": TOPIC}}, "every message of loads"),
    ({"sns": {}}, "every message of its own topic"),
    ({"sns": {"topicArn": TOPIC, "filter": {"region": ["DE"]}}}, "messages of loads with region = DE"),
    (
        {"sns": {"topicArn": TOPIC, "filter": {"region": ["DE", {"prefix": "F"}], "rows": [{"numeric": [">", 0]}]}}},
        "messages of loads with region = DE or region begins with F and rows > 0",
    ),
    (
        {"sns": {"filter": {"detail": {"status": ["DONE"]}}, "filterScope": "MessageBody"}},
        "messages of its own topic with a body in which detail.status = DONE",
    ),
    (
        {"sns": {"filter": {"$or": [{"a": [{"exists": False}]}, {"b": [{"anything-but": ["x", "y"]}]}]}}},
        "messages of its own topic with (a is missing or b is not one of x, y)",
    ),
]


@pytest.mark.parametrize(("trigger", "words"), TRIGGERS, ids=[words for _, words in TRIGGERS])
def test_a_trigger_is_put_into_words(trigger: dict[str, Any], words: str) -> None:
    assert kind_of(trigger).words(trigger) == words


# -- the command ------------------------------------------------------------------------------------------------------


def command(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    line = [sys.executable, "-m", "infra.build.jobs_report", *arguments]
    env = {**os.environ, **environment}
    return subprocess.run(line, cwd=ROOT, env=env, capture_output=True, text=True, check=False)


def test_a_terminal_that_cannot_show_a_name_does_not_end_the_report(tmp_path: Path) -> None:
    written(tmp_path, job("odd", {"s3": {"prefix": "é%20/"}}, request={"datamart": "Käufe 日本"}))
    ended = command("--jobs", str(tmp_path), PYTHONIOENCODING="ascii")
    assert ended.returncode == 0
    assert "K?ufe ??" in ended.stdout
    assert ended.stderr.startswith("warning: infra/jobs/odd.json")


def test_warnings_go_to_stderr_and_do_not_fail(tmp_path: Path) -> None:
    written(tmp_path, job("nightly", {"schedule": "cron(0 5 ? * 1-5 *)"}))
    ended = command("--jobs", str(tmp_path))
    assert ended.returncode == 0
    assert ended.stderr.splitlines() == [
        "warning: infra/jobs/nightly.json: triggers[0].schedule: 1-5 is Sunday to Thursday, since SUN is 1. "
        "For working days write MON-FRI."
    ]
    assert "warning" not in ended.stdout


@pytest.mark.parametrize("stage", ["dev", "prod"])
def test_the_shipped_stages_are_reported_without_a_warning(stage: str) -> None:
    ended = command("--stage", stage)
    assert (ended.returncode, ended.stderr) == (0, "")


def test_make_synth_ends_with_the_report() -> None:
    lines = (ROOT / "Makefile").read_text().split("\nsynth: ")[1].split("\n\n")[0].splitlines()
    assert lines[-1] == '\t@$(BIN)/python -m infra.build.jobs_report --stage "$(STAGE)"'
