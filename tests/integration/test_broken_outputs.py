"""Outputs that nobody reads, that are closed, full or know ASCII only: a clear end, and never a stack trace."""

import json
import os
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PROMPTS = ["prompts", "City"]
RUN = ["run", "--max-wait", "0"]


def shell(tail: str, *words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run ``datamart`` in bash with ``tail`` behind it; a pipe's exit code is that of ``datamart``."""
    command = shlex.join([sys.executable, "-m", "local.cli.main", *words])
    return subprocess.run(
        ["bash", "-o", "pipefail", "-c", f"{command} {tail}"],
        cwd=ROOT,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        timeout=120,
    )


@pytest.mark.parametrize(
    "words", [PROMPTS, [*PROMPTS, "--json"], pytest.param(["check", "--simulator"], marks=pytest.mark.exhaustive)]
)
def test_a_reader_that_goes_away_breaks_nothing(words: list[str]) -> None:
    done = shell("| head -c 1 >/dev/null", *words)
    assert done.returncode in (0, 1), done.stderr
    assert "Traceback" not in done.stderr
    assert "Error" not in done.stderr


@pytest.mark.exhaustive
def test_a_run_whose_output_nobody_reads_still_loads_the_table(own_template: None) -> None:
    done = shell("| true", *RUN)
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("closed", [pytest.param(">&-", marks=pytest.mark.exhaustive), "<&- >&- 2>&-"])
def test_a_closed_output_breaks_nothing(closed: str) -> None:
    done = shell(closed, *PROMPTS)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="the system has no /dev/full")
def test_a_result_that_could_not_be_written_is_a_failure() -> None:
    done = shell(">/dev/full", *PROMPTS, "--json")
    assert done.returncode == 1
    assert done.stderr.endswith("\ndatamart: the output could not be written: No space left on device.\n")
    assert "Traceback" not in done.stderr


ASCII = {"PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0", "LC_ALL": "C"}


def test_a_terminal_that_knows_ascii_only_is_shown_what_it_can() -> None:
    done = shell("", *PROMPTS, **ASCII)
    assert (done.returncode, done.stderr) == (0, "")
    assert "USA, England, France, Germany, Italy, ..." in done.stdout


def test_json_on_an_output_that_knows_ascii_only_is_valid_and_whole() -> None:
    done = shell("", "prompts", "No sùch datamart", "--json", PYTHONIOENCODING="ascii", PYTHONUTF8="1")
    assert done.returncode == 1, done.stderr
    assert "No sùch datamart" in json.loads(done.stdout)["cause"]
    assert "Traceback" not in done.stderr
