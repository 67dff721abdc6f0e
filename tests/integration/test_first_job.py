"""The README's three commands write, check and run a first job, in a checkout of one's own."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
HEADING = "## Your first job\n"
PARTS = ("events", "functions", "infra", "local", "requirements", "statemachine", "cdk.json", "pyproject.toml")
"""What the commands need of the repository."""


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A copy of what is tracked: the test writes a job into it."""
    listed = subprocess.run(["git", "ls-files", "-z", *PARTS], cwd=ROOT, capture_output=True, text=True, check=True)
    for name in filter(None, listed.stdout.split("\0")):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(ROOT / name, tmp_path / name)
    return tmp_path


def commands() -> list[str]:
    """The lines of the first block of the section."""
    section = (ROOT / "README.md").read_text("utf-8").partition(HEADING)[2].partition("\n## ")[0]
    return section.split("```\n")[1].splitlines()


@pytest.mark.exhaustive
def test_three_commands_write_check_and_run_it(checkout: Path) -> None:
    assert (checkout / "local" / "cli" / "main.py").exists()  # or they would write into this repository
    lines = [line.partition("#")[0].strip() for line in commands()]
    assert [line.split()[:2] for line in lines] == [[".venv/bin/datamart", each] for each in ("init", "check", "run")]
    environment = {**os.environ, "DATAMART_HOME": str(checkout / ".datamart"), "PYTHONPATH": str(checkout)}
    for line in lines:
        line = line.replace(".venv/bin/datamart", f"{sys.executable} -m local.cli.main")
        done = subprocess.run(line, shell=True, cwd=checkout, env=environment, capture_output=True, text=True)  # noqa: S602 - the README's own
        assert (done.returncode, done.stderr.count("datamart: ")) == (0, 0), done.stdout + done.stderr
    assert "DM_DAILY_SALES: 300 rows" in done.stdout
    job = json.loads((checkout / "infra" / "jobs" / "daily-sales.json").read_text("utf-8"))
    assert job["request"]["datamart"] == "Daily Sales"
