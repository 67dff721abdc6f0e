"""A signal at any moment: what was opened is logged out again."""

import json
import signal

import pytest

from tests.processes import Stall
from tests.unit.check.conftest import PASSWORD, Person


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
    words = ["check", "--json", "--library-url", person.simulator.base_url]
    code, out, err = stall.interrupted(words, _environment(person))
    person.written += [out, err]
    assert code == 130
    assert json.loads(out)["findings"][-1]["check"] == "check"
    assert err == ""


@pytest.mark.parametrize(("number", "name"), [(signal.SIGTERM, "SIGTERM"), (signal.SIGHUP, "SIGHUP")])
def test_sigterm_and_sighup_leave_nothing_behind_either(
    person: Person, number: int, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    stall = Stall(monkeypatch)
    person.simulator.inject("search_elements", kind="stall")
    words = ["check", "--json", "--library-url", person.simulator.base_url]
    code, out, err = stall.interrupted(words, _environment(person), number)
    person.written += [out, err]
    assert (code, err) == (128 + number, "")
    assert f"Stopped by {name} before its end; what it had opened is logged out." in out


def _environment(person: Person) -> dict[str, str]:
    return {"MSTR_USERNAME": person.simulator.username, "MSTR_PASSWORD": PASSWORD}
