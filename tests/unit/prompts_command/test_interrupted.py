"""Ctrl-C at any moment: what was opened is closed again."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.processes import Stall, interruptible
from tests.unit.prompts_command.conftest import PASSWORD, PROJECT, Person

ROOT = Path(__file__).parents[3]
STEPS = ["log_in", "find_project", "create_instance", "search_elements", "delete_instance", "log_out"]


@pytest.mark.parametrize("step", STEPS)
def test_ctrl_c_leaves_no_session_and_no_instance_behind(
    person: Person, step: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    stall = Stall(monkeypatch)
    person.simulator.inject(step, kind="stall")
    process = subprocess.Popen(
        [
            *(sys.executable, "-m", "local.cli", "prompts", "City", "--json"),
            *("--library-url", person.simulator.base_url, *PROJECT),
        ],
        cwd=ROOT,
        env={"MSTR_USERNAME": person.simulator.username, "MSTR_PASSWORD": PASSWORD, "PYTHONUTF8": "1"},
        preexec_fn=interruptible,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    stall.interrupt(process)
    out, err = process.communicate(timeout=30)
    person.written += [out, err]
    assert process.returncode == 130
    assert json.loads(out)["error"] == "Interrupted"
