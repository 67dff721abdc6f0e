"""Ctrl-C at any moment: what was opened is logged out again."""

import json
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from tests.processes import interruptible
from tests.unit.check.conftest import PASSWORD, Person

ROOT = Path(__file__).parents[3]


@pytest.mark.parametrize(
    ("step", "skip"), [("log_in", 0), ("find_project", 0), ("log_in", 1), ("log_out", 0), ("probe", 0), ("log_out", 1)]
)
def test_ctrl_c_leaves_no_session_behind(person: Person, step: str, skip: int) -> None:
    person.simulator.inject(step, kind="stall", seconds=1.0, skip=skip)
    process = subprocess.Popen(
        [sys.executable, "-m", "local.cli", "check", "--json", "--library-url", person.simulator.base_url],
        cwd=ROOT,
        env=_environment(person),
        preexec_fn=interruptible,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    _wait_for(person, step, skip)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=30)
    person.written += [out, err]
    assert process.returncode == 130
    assert json.loads(out)["findings"][-1]["check"] == "check"
    assert err == ""


def _environment(person: Person) -> dict[str, str]:
    return {"MSTR_USERNAME": person.simulator.username, "MSTR_PASSWORD": PASSWORD, "PYTHONUTF8": "1"}


def _wait_for(person: Person, step: str, skip: int) -> None:
    """Until the request that stalls is on its way: all that go before it have been answered."""
    before = {"log_in": ["auth_modes"], "find_project": ["privileges"], "probe": ["log_out"], "log_out": ["log_in"]}
    needed: list[Any] = before[step] if not skip else {"log_in": ["get_definition_prompts"], "log_out": ["probe"]}[step]
    deadline = time.monotonic() + 20
    while not set(needed) <= set(person.steps()):
        assert time.monotonic() < deadline
        time.sleep(0.02)
    if (step, skip) == ("log_out", 0):
        while person.steps().count("log_in") < 2:
            time.sleep(0.02)
    time.sleep(0.3)
