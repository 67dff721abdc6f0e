"""A signal at any moment: what was opened is closed again."""

import json
import signal

import pytest

from tests.support.cases import exhaustive, one_of
from tests.support.processes import Stall
from tests.unit.cli.prompts.conftest import PASSWORD, PROJECT, Person

STEPS = ["log_in", "find_project", "create_instance", "search_elements", "delete_instance", "log_out"]


@pytest.mark.parametrize("step", one_of(*reversed(STEPS)))
def test_ctrl_c_leaves_no_session_and_no_instance_behind(
    person: Person, step: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    person.simulator.inject(step, kind="stall")
    code, out, _ = _interrupted(person, monkeypatch, signal.SIGINT)
    assert code == 130
    assert json.loads(out)["error"] == "Interrupted"


@pytest.mark.parametrize(("number", "name"), [(signal.SIGTERM, "SIGTERM"), exhaustive((signal.SIGHUP, "SIGHUP"))])
def test_sigterm_and_sighup_leave_nothing_behind_either(
    person: Person, number: int, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    person.simulator.inject("search_elements", kind="stall")
    code, out, err = _interrupted(person, monkeypatch, number)
    assert code == 128 + number
    cause = f"Stopped by {name}. What it had opened on the server is closed."
    assert json.loads(out) == {"error": "Interrupted", "cause": cause}
    assert cause in err


def test_a_session_that_cannot_be_logged_out_is_not_said_to_be_closed(
    person: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    person.expect_left = True
    person.simulator.inject("search_elements", kind="stall")
    person.simulator.inject("log_out", status=500, json={"code": "ERR002", "message": "Broken."}, times=9)
    code, out, _ = _interrupted(person, monkeypatch, signal.SIGTERM)
    assert code == 143
    assert "A session could not be logged out; it ends when idle." in json.loads(out)["cause"]
    assert "is closed" not in out


def test_a_list_that_is_stopped_leaves_no_session_behind(person: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    person.simulator.inject("get_definition_prompts", kind="stall")
    words = ["list", "--json", "--library-url", person.simulator.base_url, *PROJECT]
    environment = {"MSTR_USERNAME": person.simulator.username, "MSTR_PASSWORD": PASSWORD}
    code, out, err = Stall(monkeypatch).interrupted(words, environment, signal.SIGINT)
    person.written += [out, err]
    assert code == 130
    assert json.loads(out)["cause"] == "Stopped by Ctrl-C. What it had opened on the server is closed."


def _interrupted(person: Person, monkeypatch: pytest.MonkeyPatch, number: int) -> tuple[int, str, str]:
    """Exit code, output and errors of ``prompts``, which gets the signal while a call of it stalls."""
    words = ["prompts", "City", "--json", "--library-url", person.simulator.base_url, *PROJECT]
    environment = {"MSTR_USERNAME": person.simulator.username, "MSTR_PASSWORD": PASSWORD}
    code, out, err = Stall(monkeypatch).interrupted(words, environment, number)
    person.written += [out, err]
    return code, out, err
