"""Ctrl-C at any moment: what was opened is logged out again."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.processes import Stall, interruptible
from tests.unit.check.conftest import PASSWORD, Person

ROOT = Path(__file__).parents[3]


@pytest.mark.parametrize(
    ("step", "skip"),
    [
        *(("log_in", 0), ("find_project", 0)),
        *(("create_instance", 0), ("search_elements", 0), ("delete_instance", 0)),
        *(("log_in", 1), ("log_out", 0), ("probe", 0), ("log_out", 1)),
    ],
)
def test_ctrl_c_leaves_no_session_and_no_instance_behind(
    person: Person, step: str, skip: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    stall = Stall(monkeypatch)
    person.simulator.inject(step, kind="stall", skip=skip)
    process = subprocess.Popen(
        [sys.executable, "-m", "local.cli", "check", "--json", "--library-url", person.simulator.base_url],
        cwd=ROOT,
        env=_environment(person),
        preexec_fn=interruptible,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    stall.interrupt(process)
    out, err = process.communicate(timeout=30)
    person.written += [out, err]
    assert process.returncode == 130
    assert json.loads(out)["findings"][-1]["check"] == "check"
    assert err == ""


def _environment(person: Person) -> dict[str, str]:
    return {"MSTR_USERNAME": person.simulator.username, "MSTR_PASSWORD": PASSWORD, "PYTHONUTF8": "1"}
