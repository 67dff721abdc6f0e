"""A signal at any moment: what was opened is logged out again."""

import json
import signal

import pytest

from tests.support.cases import exhaustive
from tests.support.processes import Stall
from tests.unit.checks.conftest import PASSWORD, Person

WITH_JOBS = """
from infra.jobs import job_files
from local.cli.main import main

job_files.FOLDER = job_files.FOLDER / job_files.SAMPLES
main()
"""
"""The command line, with the samples as the jobs of every stage: a stage that is shipped has none."""


@pytest.mark.parametrize(
    ("step", "skip"),
    [
        *(("search_elements", 0), ("log_out", 1)),
        *map(exhaustive, [("log_in", 0), ("find_project", 0), ("create_instance", 0), ("delete_instance", 0)]),
        *map(exhaustive, [("log_in", 1), ("log_out", 0), ("probe", 0)]),
    ],
)
def test_ctrl_c_leaves_no_session_and_no_instance_behind(
    person: Person, step: str, skip: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    person.simulator.inject(step, kind="stall", skip=skip)
    code, out, err = _interrupted(person, monkeypatch, signal.SIGINT)
    assert code == 130
    assert json.loads(out)["findings"][-1]["check"] == "check"
    assert err == ""


@pytest.mark.parametrize(("number", "name"), [(signal.SIGTERM, "SIGTERM"), exhaustive((signal.SIGHUP, "SIGHUP"))])
def test_sigterm_and_sighup_leave_nothing_behind_either(
    person: Person, number: int, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    person.simulator.inject("search_elements", kind="stall")
    code, out, err = _interrupted(person, monkeypatch, number)
    assert (code, err) == (128 + number, "")
    assert f"Stopped by {name} before its end; what it had opened is logged out." in out


def _interrupted(person: Person, monkeypatch: pytest.MonkeyPatch, number: int) -> tuple[int, str, str]:
    """Exit code, output and errors of ``check``, which gets the signal while a call of it stalls."""
    words = ["check", "--json", "--library-url", person.simulator.base_url]
    environment = {"MSTR_USERNAME": person.simulator.username, "MSTR_PASSWORD": PASSWORD}
    code, out, err = Stall(monkeypatch).interrupted(words, environment, number, ("-c", WITH_JOBS))
    person.written += [out, err]
    return code, out, err
