"""The recorder works on today's release, so that the next one can be tested against it."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.integration.upgrade.recording import FOLDER

ROOT = Path(__file__).parents[3]


def invocations(path: Path) -> list[str]:
    lines = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    return [line["invoke"] for line in lines if "invoke" in line]


def steps_of_attempts(path: Path) -> list[str]:
    """All but prepare_run, which commit 300f2ce invoked once a run, and later releases invoke before each attempt."""
    return [name for name in invocations(path) if name != "prepare_run"]


@pytest.mark.exhaustive
@pytest.mark.usefixtures("own_template")
def test_a_run_of_today_is_recorded_with_the_steps_of_the_earlier_release(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "tests.integration.upgrade.record", str(tmp_path), "asked"]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    assert steps_of_attempts(tmp_path / "asked.jsonl") == steps_of_attempts(FOLDER / "asked.jsonl")
    assert invocations(tmp_path / "asked.jsonl").count("prepare_run") == 2
    assert (tmp_path / "run_datamart.asl.json").exists()
