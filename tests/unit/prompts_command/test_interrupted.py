"""Ctrl-C at any moment: what was opened is closed again."""

import json

import pytest

from tests.processes import Stall
from tests.unit.prompts_command.conftest import PASSWORD, PROJECT, Person

STEPS = ["log_in", "find_project", "create_instance", "search_elements", "delete_instance", "log_out"]


@pytest.mark.parametrize("step", STEPS)
def test_ctrl_c_leaves_no_session_and_no_instance_behind(
    person: Person, step: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    stall = Stall(monkeypatch)
    person.simulator.inject(step, kind="stall")
    words = ["prompts", "City", "--json", "--library-url", person.simulator.base_url, *PROJECT]
    environment = {"MSTR_USERNAME": person.simulator.username, "MSTR_PASSWORD": PASSWORD}
    code, out, err = stall.interrupted(words, environment)
    person.written += [out, err]
    assert code == 130
    assert json.loads(out)["error"] == "Interrupted"
