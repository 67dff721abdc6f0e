"""A command line that is only read, or wrong, does not wait for what a run needs; a person sees at once what begins."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from local.simulator import catalogue

HEAVY = ("moto", "boto3", "botocore", "aws_cdk", "rich", "requests")
OF_A_RUN = ("moto", "boto3", "botocore", "aws_cdk", "functions.handlers", "local.emulator")

REQUEST = {
    "project": catalogue.TUTORIAL,
    "datamart": catalogue.CITY,
    "prompts": [{"name": "Elements of Country", "type": "ELEMENTS", "answers": [{"name": "USA"}, {"name": "England"}]}],
}

UP_TO_THE_EMULATOR = f"""
import sys
from local.cli import main, run
def report():
    print([name for name in {OF_A_RUN} if name in sys.modules])
def no_template(_begins):
    report()
    raise SystemExit(9)
run.template_path = no_template
code = main._main(["run", sys.argv[1]])
report()
raise SystemExit(code)
"""
"""Runs the file of its argument, but for the template and what comes after it."""


def test_reading_the_command_line_imports_nothing_that_takes_long() -> None:
    program = f"import sys, local.cli.main; print([name for name in {HEAVY} if name in sys.modules])"
    ended = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert ended.stdout.strip() == "[]"


def run_up_to_the_emulator(tmp_path: Path, content: Any) -> subprocess.CompletedProcess[str]:
    file = tmp_path / "mine.json"
    file.write_text(json.dumps(content), "utf-8")
    return subprocess.run(
        [sys.executable, "-c", UP_TO_THE_EMULATOR, str(file)], capture_output=True, text=True, check=False
    )


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ({"project": "P", "datmart": "City"}, "did you mean datamart"),
        ({**REQUEST, "prompts": [{"name": "X", "type": "ELEMENTS", "answers": "\u2026"}]}, "sample"),
        ([], "must be an object"),
        ({"job": "city-nightli"}, 'there is no job "city-nightli" (did you mean city-nightly?)'),
        ({"job": "city-nightly", "project": "P"}, "job, project: give only one of the two"),
        ({"job": "city-nightly", "asof": "2026-11-20T05:00+01:00"}, "did you mean asOf"),
        ({"job": "city-nightly", "asOf": "tomorrow"}, "a time with its offset"),
        ({"job": "city-nightly", "request": {"datmart": "City"}}, "did you mean datamart"),
    ],
)
def test_a_wrong_request_is_refused_before_anything_of_a_run_is_imported(
    tmp_path: Path, content: Any, sentence: str
) -> None:
    ended = run_up_to_the_emulator(tmp_path, content)
    assert (ended.returncode, ended.stdout.strip()) == (2, "[]")
    assert sentence in ended.stderr
    assert ended.stderr.startswith(f"datamart: {tmp_path / 'mine.json'}: ")
    assert ended.stderr.count("\n") == 1


def test_a_job_in_a_file_with_what_replaces_keys_of_its_request_is_about_to_run(tmp_path: Path) -> None:
    given = {"job": "city-nightly", "asOf": "2026-11-20T05:00+01:00", "request": {"datamart": "Category Sales"}}
    ended = run_up_to_the_emulator(tmp_path, given)
    assert (ended.returncode, ended.stderr) == (9, "")
    assert ended.stdout.splitlines() == ["Job city-nightly, for 2026-11-20T05:00+01:00", "[]"]


def test_what_is_about_to_run_is_shown_before_anything_of_a_run_is_imported(tmp_path: Path) -> None:
    ended = run_up_to_the_emulator(tmp_path, REQUEST)
    assert (ended.returncode, ended.stderr) == (9, "")
    assert ended.stdout.splitlines() == ["City → DM_CITY, for USA and England", "[]"]
