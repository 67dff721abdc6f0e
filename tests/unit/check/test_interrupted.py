"""Ctrl-C at any moment: what was opened is logged out again."""

import json
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.processes import interruptible
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
def test_ctrl_c_leaves_no_session_and_no_instance_behind(person: Person, step: str, skip: int) -> None:
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


BEFORE: dict[tuple[str, int], str] = {
    ("log_in", 0): "auth_modes",
    ("find_project", 0): "privileges",
    ("create_instance", 0): "get_definition_prompts",
    ("search_elements", 0): "create_instance",
    ("delete_instance", 0): "search_elements",
    ("log_in", 1): "delete_instance",
    ("log_out", 0): "log_in",
    ("probe", 0): "log_out",
    ("log_out", 1): "probe",
}
"""The call that is answered just before."""


def _environment(person: Person) -> dict[str, str]:
    return {"MSTR_USERNAME": person.simulator.username, "MSTR_PASSWORD": PASSWORD, "PYTHONUTF8": "1"}


def _wait_for(person: Person, step: str, skip: int) -> None:
    """Until the request that stalls is on its way: all that go before it have been answered."""
    needed = BEFORE[(step, skip)]
    deadline = time.monotonic() + 20
    while needed not in person.steps():
        assert time.monotonic() < deadline
        time.sleep(0.02)
    if (step, skip) == ("log_out", 0):
        while person.steps().count("log_in") < 2:
            time.sleep(0.02)
    time.sleep(0.3)
