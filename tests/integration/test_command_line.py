"""The command line as a person or a script uses it: in processes of its own where that can matter, else in this one."""

import contextlib
import json
import os
import re
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from functions.runs.history import HistoryRecord
from local.emulator import Emulator
from local.history.files import Files
from local.history.history import Selection
from local.history.running_here import RunningHere
from local.report.so_far import StepsSoFar
from local.simulator import catalogue
from tests.support.cases import exhaustive
from tests.support.run_command import Done, command
from tests.support.terminal import on_a_terminal
from tests.support.until import until

ROOT = Path(__file__).parents[2]
DATAMART = [sys.executable, "-m", "local.cli.main"]
EXAMPLE = json.loads((ROOT / "events" / "console.json").read_text("utf-8"))


def datamart(*words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*DATAMART, *words], cwd=ROOT, env={**os.environ, **environment}, capture_output=True, text=True, timeout=120
    )


def event(tmp_path: Path, content: Any) -> str:
    path = tmp_path / "event.json"
    path.write_text(content if isinstance(content, str) else json.dumps(content), "utf-8")
    return str(path)


own_template = pytest.mark.usefixtures("own_template")
"""For processes that run something: no two of them synthesize at once."""


@dataclass
class Simulate:
    """A simulator in a process of its own."""

    process: subprocess.Popen[str]
    said: dict[str, str]

    def credentials(self) -> dict[str, str]:
        return {"MSTR_USERNAME": self.said["user"], "MSTR_PASSWORD": self.said["password"]}

    def state(self) -> dict[str, Any]:
        with urllib.request.urlopen(self.said["state"]) as answer:
            state: dict[str, Any] = json.loads(answer.read())
        return state


@pytest.fixture
def simulate() -> Iterator[Simulate]:
    process = subprocess.Popen([*DATAMART, "simulate", "--port", "0"], cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert process.stdout
    lines = [process.stdout.readline() for _ in range(5)]
    said = {key.strip(): value.strip() for key, _, value in (line.partition(":") for line in lines)}
    said["user"], said["base"] = said["user"], said["base URL"]
    yield Simulate(process, said)
    process.send_signal(signal.SIGINT)
    process.wait(60)


@own_template
def test_the_example_succeeds_and_json_is_the_only_thing_on_standard_output() -> None:
    done = datamart("run", "--json", "--max-wait", "0")
    assert done.returncode == 0, done.stderr
    outcome = json.loads(done.stdout)
    assert done.stdout.count("\n") == 1
    assert list(outcome) == ["status", "error", "cause", "output", "states"]
    assert outcome["status"] == "SUCCEEDED"
    assert outcome["output"]["loaded"] == "yes"
    assert outcome["states"][0] == "PrepareRun"
    assert "DM_CITY" in done.stderr
    assert "Traceback" not in done.stderr
    assert "Warning" not in done.stderr


def test_without_json_a_person_sees_states_calls_and_rows(run_command: Callable[..., Done], tmp_path: Path) -> None:
    done = run_command("run", event(tmp_path, EXAMPLE), "--max-wait", "0")
    assert done.code == 0
    assert re.search(r"^LogIn +\d+\.\d\d s$", done.out, re.MULTILINE)
    assert re.search(r"POST +/auth/login +204", done.out)
    assert "England" in done.out
    assert "France" not in done.out
    page = re.search(r"\S+/page\.html", done.out)
    assert page is not None
    assert Path(page[0]).is_file()
    assert max(len(line) for line in done.out.splitlines() if page[0] not in line) <= 100  # no path is cut
    assert done.err == ""


def _shown_here(here: RunningHere, run: HistoryRecord) -> list[str]:
    """The states of the steps that the terminal of a run has shown, once there are two."""
    states = [step.state for step in StepsSoFar(run.execution).steps(*here.so_far(run.id))]
    return states if len(states) > 1 else []


def test_what_runs_is_found_from_another_terminal_until_it_has_ended(
    run_command: Callable[..., Done], session_emulator: Emulator, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[HistoryRecord] = []
    steps: list[str] = []
    running = Selection(status=("running",))
    inside = session_emulator.runtime.around

    @contextlib.contextmanager
    def around(module: str, given: Any) -> Iterator[None]:
        if module == "log_out":
            here = RunningHere(Files())
            seen.extend(here.records(running))
            steps.extend(until(lambda: _shown_here(here, seen[-1]), "its terminal has shown two steps"))
        with inside(module, given):
            yield

    monkeypatch.setattr(session_emulator.runtime, "around", around)
    assert run_command("run", event(tmp_path, EXAMPLE), "--max-wait", "0").code == 0
    (found,) = seen
    assert (found.status, found.datamart_id, found.trigger) == ("RUNNING", catalogue.CITY, "person")
    assert steps[:2] == ["PrepareRun", "LogIn"]
    assert list(RunningHere(Files()).records(running)) == []
    assert RunningHere(Files()).find(found.id) == Files().find(found.id) is not None


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ("not JSON", "is not JSON"),
        exhaustive(
            ('{"project": "P", "datamart": "City", "timeoutMinutes": NaN}', "is not JSON (NaN is not a JSON number")
        ),
        exhaustive(('{"project": "P", "datmart": "City"}', "did you mean datamart")),
        exhaustive(("[]", "must be an object")),
        (json.dumps({**EXAMPLE, "prompts": "x" * 300_000}), "bytes"),
    ],
)
def test_bad_input_ends_with_one_line_and_code_2(
    run_command: Callable[..., Done], tmp_path: Path, content: str, sentence: str
) -> None:
    done = run_command("run", event(tmp_path, content), "--json", "--max-wait", "0")
    outcome = json.loads(done.out)
    assert done.code == 2
    assert (outcome["status"], outcome["error"]) == ("FAILED", "InvalidRequest")
    assert sentence in outcome["cause"]
    assert sentence in done.err
    assert "Traceback" not in done.err


@pytest.mark.parametrize(
    ("words", "environment", "sentence"),
    [
        exhaustive((["run", "no-such-file.json"], {}, "cannot be read")),
        exhaustive((["run", "--scenario", "get-before-post-403"], {}, "did you mean get-before-post-404")),
        (["run", "--library-url", "https://library.invalid/x"], {}, "MSTR_USERNAME and MSTR_PASSWORD are not set"),
        exhaustive((["run", "--library-url", "http://library.invalid/x"], {}, "must be https://")),
        exhaustive((["run", "--library-url", "nothing"], {}, "must begin with https://")),
        exhaustive(
            (["run", "--library-url", "https://h/x"], {"MSTR_LOGIN_MODE": "2"}, "MSTR_LOGIN_MODE must be one of")
        ),
        exhaustive(
            (
                ["run", "--library-url", "https://h/x"],
                {"MSTR_CA_BUNDLE": "/nowhere.pem"},
                "MSTR_CA_BUNDLE: there is no readable file",
            )
        ),
        exhaustive(
            (["run", "--library-url", "https://h/x"], {"MSTR_PROXY": "socks5://h:1"}, "MSTR_PROXY is a SOCKS proxy")
        ),
        exhaustive(
            (["run", "--library-url", "https://h/x"], {"REQUESTS_CA_BUNDLE": "/no"}, "REQUESTS_CA_BUNDLE names no file")
        ),
        exhaustive((["run", "--max-wait", "-1"], {}, "--max-wait")),
        exhaustive((["run", "--no-such-option"], {}, "--no-such-option")),
        exhaustive((["fly"], {}, "fly")),
        exhaustive((["simulate", "--scenario", "defualt"], {}, "did you mean default")),
        exhaustive((["simulate", "--port", "99999"], {}, "port")),
    ],
)
def test_bad_usage_ends_with_a_sentence_and_code_2(
    words: list[str], environment: dict[str, str], sentence: str
) -> None:
    done = datamart(*words, *(["--json"] if words[0] == "run" else []), **environment)
    assert done.returncode == 2
    assert sentence in done.stderr
    assert "Traceback" not in done.stderr
    if words[0] == "run":
        assert json.loads(done.stdout)["error"] == "InvalidRequest"


@pytest.mark.exhaustive
def test_a_datamart_that_does_not_exist_ends_with_code_1(run_command: Callable[..., Done], tmp_path: Path) -> None:
    done = run_command("run", event(tmp_path, {**EXAMPLE, "datamart": "Citty"}), "--json", "--max-wait", "0")
    assert done.code == 1
    assert json.loads(done.out)["error"] == "NotFound"


@own_template
@pytest.mark.exhaustive
def test_a_server_that_is_down_is_waited_for_and_it_says_so(tmp_path: Path) -> None:
    request = event(tmp_path, {**EXAMPLE, "timeoutMinutes": 3})
    credentials = {"MSTR_USERNAME": "u", "MSTR_PASSWORD": "p"}
    done = datamart("run", request, "--library-url", "http://127.0.0.1:9/x", "--json", "--max-wait", "0", **credentials)
    assert done.returncode == 1
    # Pauses are drawn by lot: the deadline may pass within an attempt, or before another one.
    assert json.loads(done.stdout)["error"] in ("RunTimedOut", "ServerUnavailable")
    assert "tries again later, after ServerUnavailable: the Library server did not respond" in done.stderr


@own_template
@pytest.mark.exhaustive
def test_another_library_is_run_against_with_the_environments_credentials(simulate: Simulate) -> None:
    done = datamart(
        "run", "--library-url", simulate.said["base URL"], "--json", "--max-wait", "0.2", **simulate.credentials()
    )
    outcome = json.loads(done.stdout)
    assert (done.returncode, outcome["status"]) == (0, "SUCCEEDED"), outcome["cause"]
    state = simulate.state()
    assert (state["sessions"], state["instances"], state["jobs"]) == ([], [], [])
    assert state["loads"] == {catalogue.CITY: 1}
    assert simulate.said["password"] not in done.stdout + done.stderr


@own_template
@pytest.mark.exhaustive  # tests/integration/test_signals.py sends SIGTERM, and SIGINT twice
def test_ctrl_c_stops_the_run_and_cleans_up_on_the_server(simulate: Simulate, tmp_path: Path) -> None:
    slow = event(tmp_path, {**EXAMPLE, "datamart": catalogue.SLOW_LOAD, "prompts": []})
    process = subprocess.Popen(
        [*DATAMART, "run", slow, "--library-url", simulate.said["base URL"], "--json"],
        cwd=ROOT,
        env={**os.environ, **simulate.credentials()},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    for _ in range(300):
        if simulate.state()["jobs"]:
            break
        time.sleep(0.1)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=120)
    assert process.returncode == 130, err
    assert json.loads(out)["status"] == "ABORTED"
    assert "Traceback" not in err
    state = simulate.state()
    assert (state["sessions"], state["instances"], state["jobs"]) == ([], [], [])
    assert state["loads"] == {}


ASKING = {**EXAMPLE, "prompts": [], "unanswered": "ask"}


def test_at_a_terminal_the_person_is_asked_right_there(run_command: Callable[..., Done], tmp_path: Path) -> None:
    words = ("run", event(tmp_path, ASKING), "--max-wait", "0")
    code, shown = on_a_terminal(lambda: command(*words), typed=["Atlantis\n", "USA\n"])
    assert code == 0, shown
    assert "Not accepted" in shown
    assert re.search(r"SUCCEEDED.* loaded: yes", shown)
    assert "Boston" in shown
    assert "Lyon" not in shown


@pytest.mark.exhaustive
def test_without_a_terminal_it_waits_as_it_does_where_it_is_deployed(
    run_command: Callable[..., Done], tmp_path: Path
) -> None:
    done = run_command("run", event(tmp_path, ASKING), "--json", "--max-wait", "0")
    assert done.code == 1
    assert json.loads(done.out)["error"] == "AskExpired"
    assert "there is no terminal to answer on" in done.err
    assert "Elements of Country" in done.err
