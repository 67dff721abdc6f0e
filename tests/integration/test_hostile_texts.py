"""Texts of a hostile server, file or person in every command, on a terminal: they move no cursor and forge no line."""

import argparse
import json
import re
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from functions.names import execution_arn
from functions.runs.store.table import RunTable
from infra.jobs import job_files
from local.cli import main
from local.cli.answer import answer
from local.cli.arguments import command_line
from local.cli.free_lease import free_lease
from local.cli.smoke import smoke
from local.cli.start import start
from local.clock import Clock
from local.history.files import Files
from local.simulator import Simulator, catalogue
from local.simulator.response import Response
from tests.integration.conftest import CITY, TUTORIAL, System
from tests.support.cases import exhaustive
from tests.support.cloud import Cloud, answered, deployed, instead_of, refused
from tests.support.run_command import command
from tests.support.terminal import on_a_terminal

HOSTILE = "\x1b[95;5m\x1b[2J\x1b]0;owned\x07\x9b5m\u202e[red]marked[/red]\r\nWhat to do: forged\x08\x7f\u2028end"
FIELDS = frozenset({"name", "message", "title", "instruction", "description", "label", "fullName", "alias"})
"""Fields of the server's answers that people see."""

OURS = re.compile(r"\x1b\[(?:[0-9;]*m|[0-9]*[AK]|2K|1A|\?25[hl])")
"""Sequences that rich writes for colours and live tables."""


Show = Callable[..., tuple[int, str]]
"""As :func:`tests.support.terminal.on_a_terminal`."""


@pytest.fixture
def show(monkeypatch: pytest.MonkeyPatch) -> Show:
    monkeypatch.setenv("COLUMNS", "1000")
    monkeypatch.setenv("TERM", "xterm-256color")

    return on_a_terminal


@pytest.fixture
def hostile(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every text of every answer of every simulator in this process is hostile."""
    content = Response.content

    def planted(self: Response) -> bytes:
        return content(Response(self.status, _planted(self.body), self.headers, self.raw))

    monkeypatch.setattr(Response, "content", planted)


def _planted(body: Any) -> Any:
    if isinstance(body, dict):
        return {
            key: f"{value}{HOSTILE}" if key in FIELDS and isinstance(value, str) else _planted(value)
            for key, value in body.items()
        }
    return [_planted(one) for one in body] if isinstance(body, list) else body


def check_harmless(seen: str) -> None:
    """It was shown, and only as text. A terminal turns each of our newlines into two characters."""
    assert "[red]marked[/red]" in OURS.sub("", seen), "nothing hostile was shown, or it was taken for markup"
    for sequence in ("\x1b[95;5m", "\x1b[2J", "\x1b]"):
        assert sequence not in seen
    text = OURS.sub("", seen).replace("\r\n", "\n").replace("\r", "")
    assert {char for char in text if not char.isprintable()} == {"\n"}
    assert not [line for line in text.split("\n") if line.strip().startswith("What to do: forged")]


# -- commands on a server -------------------------------------------------------------------------------------------


@pytest.fixture
def simulator(hostile: None, clock: Clock) -> Iterator[Simulator]:
    with Simulator(clock=clock.now) as simulator:
        yield simulator


def request(tmp_path: Path, **changes: Any) -> str:
    path = tmp_path / "event.json"
    path.write_text(json.dumps({"project": TUTORIAL, "datamart": catalogue.CATEGORY_SALES} | changes), "utf-8")
    return str(path)


@pytest.fixture
def credentials(simulator: Simulator, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MSTR_USERNAME", simulator.username)
    monkeypatch.setenv("MSTR_PASSWORD", simulator.password)


@pytest.fixture
def run(run_command: Any, credentials: None, simulator: Simulator, tmp_path: Path, show: Show) -> Show:
    """Runs a request against the hostile server, on a terminal."""

    def shown(typed: Sequence[str] | None = None, **changes: Any) -> tuple[int, str]:
        words = ("run", request(tmp_path, **changes), "--max-wait", "0", "--library-url", simulator.base_url)
        return show(lambda: command(*words), typed)

    return shown


@pytest.mark.exhaustive
def test_a_run_shows_hostile_names_harmlessly(run: Show) -> None:
    code, seen = run()
    assert code == 0, seen
    check_harmless(seen)


@pytest.mark.parametrize(
    ("step", "status", "body"),
    [
        ("log_in", 400, {"code": "ERR001", "message": "no", "ticketId": HOSTILE}),
        exhaustive(("get_execution", 200, {"id": catalogue.CATEGORY_SALES, "status": 3, "message": "ORA-1"})),
    ],
)
def test_a_run_shows_a_hostile_error_harmlessly(
    simulator: Simulator, run: Show, step: str, status: int, body: Any
) -> None:
    simulator.inject(step, status=status, json=body)
    code, seen = run()
    assert code == 1, seen
    check_harmless(seen)


@pytest.mark.exhaustive
def test_a_run_asks_hostile_prompts_harmlessly(run: Show) -> None:
    _, seen = run(["Atlantis\n", "\x04"], datamart=CITY, unanswered="ask")
    assert "1 of 1: Elements of Country" in seen
    assert "Not accepted" in seen
    check_harmless(seen)


@pytest.mark.exhaustive
def test_a_run_says_harmlessly_what_it_waits_for(simulator: Simulator, run: Show) -> None:
    busy = {"code": "ERR001", "iServerCode": -2147209053, "message": "Too many jobs."}
    simulator.inject("create_instance", status=500, json=busy)
    _, seen = run()
    assert "tries again later" in seen
    check_harmless(seen)


def ask(simulator: Simulator, *words: str) -> Callable[[], int]:
    return lambda: main._main(["prompts", CITY, "--project", TUTORIAL, "--library-url", simulator.base_url, *words])


@pytest.mark.usefixtures("credentials")
def test_the_prompts_command_shows_prompts_and_choices_harmlessly(simulator: Simulator, show: Show) -> None:
    code, seen = show(ask(simulator))
    assert code == 0, seen
    check_harmless(seen)


@pytest.mark.usefixtures("credentials")
def test_the_prompts_command_shows_an_error_harmlessly(simulator: Simulator, show: Show) -> None:
    simulator.inject("log_in", status=401, json={"code": "ERR003", "message": "no"})
    code, seen = show(ask(simulator))
    assert code == 1, seen
    check_harmless(seen)


@pytest.mark.usefixtures("credentials")
def test_the_json_of_the_prompts_command_has_printable_characters_only(simulator: Simulator, show: Show) -> None:
    code, seen = show(ask(simulator, "--json"))
    assert code == 0, seen
    assert HOSTILE in json.dumps(json.loads(seen[seen.index('{"project"') :]), ensure_ascii=False).replace(
        json.dumps(HOSTILE, ensure_ascii=False)[1:-1], HOSTILE
    )
    check_harmless(seen)


@pytest.mark.parametrize("refusal", [None, exhaustive({"code": "ERR003", "message": "no"})])
@pytest.mark.usefixtures("credentials")
def test_check_shows_findings_harmlessly(
    simulator: Simulator, show: Show, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, refusal: Any
) -> None:
    monkeypatch.setattr(job_files, "FOLDER", tmp_path)
    job = {"request": {"project": TUTORIAL, "datamart": CITY, "prompts": [{"name": f"No {HOSTILE}", "answers": "x"}]}}
    (tmp_path / "nightly.json").write_text(json.dumps(job | {"triggers": []}), "utf-8")
    if refusal:
        simulator.inject("log_in", status=401, json=refusal)
    code, seen = show(lambda: main._main(["check", "--library-url", simulator.base_url]))
    assert code == 1, seen
    check_harmless(seen)


@pytest.mark.parametrize(
    "words",
    [["run", HOSTILE], exhaustive(["run", "--max-wait", HOSTILE]), exhaustive(["simulate", "--scenario", HOSTILE])],
)
def test_what_was_typed_is_quoted_harmlessly(show: Show, words: list[str]) -> None:
    code, seen = show(lambda: command(*words))
    assert code == 2, seen
    check_harmless(seen)


# -- commands on a deployment ---------------------------------------------------------------------------------------


@pytest.fixture
def cloud(system: System, template_path: Path) -> Iterator[Cloud]:
    with deployed(system.emulator, template_path) as cloud:
        yield cloud


@pytest.fixture
def table(cloud: Cloud) -> RunTable:
    return RunTable(*cloud.emulator.deployed.tables)


def test_start_shows_the_end_harmlessly(cloud: Cloud, system: System, show: Show) -> None:
    system.simulator.inject("log_in", status=400, json={"code": "ERR001", "message": HOSTILE})
    arguments = command_line().parse_args(["start", "city-nightly"])
    code, seen = show(lambda: start(arguments, cloud.wait))
    assert code == 1, seen
    check_harmless(seen)


def test_show_shows_names_answers_and_errors_harmlessly(
    system: System, hostile: None, show: Show, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATAMART_HOME", str(tmp_path))
    monkeypatch.setattr(system.emulator, "_at_the_end", Files().keep)
    system.simulator.inject("answer_prompts", status=400, json={"code": "ERR001", "message": HOSTILE})
    outcome = system.run()
    name = outcome.execution_arn.rpartition(":")[2]
    code, seen = show(lambda: command("show", name))
    assert code == 0, seen
    check_harmless(seen)
    _, lines = show(lambda: command("show", name, "--log-failed"))
    assert all(character.isprintable() for line in lines.splitlines() for character in OURS.sub("", line))


@pytest.mark.exhaustive  # guarded by: the refusal below, and start
def test_smoke_shows_what_is_there_harmlessly(cloud: Cloud, system: System, show: Show) -> None:
    def described(**_: Any) -> Any:
        return answered(Name=f"datamart-runner-dev/{HOSTILE}", VersionIdsToStages={"1": ["AWSCURRENT"]})

    instead_of("secrets-manager.DescribeSecret", described)
    code, seen = show(lambda: smoke("dev", "city-nightly", cloud.wait))
    assert code == 0, seen
    check_harmless(seen)


def test_smoke_shows_a_refusal_harmlessly(cloud: Cloud, show: Show) -> None:
    cloud.refusal = ("AccessDenied", HOSTILE)
    code, seen = show(lambda: smoke("dev", "city-nightly", cloud.wait))
    assert code == 2, seen
    check_harmless(seen)


PROMPT = {
    "key": "0123456789ABCDEF0123456789ABCDEF@0@10",
    "name": f"Region {HOSTILE}",
    "title": f"Which {HOSTILE}",
    "instruction": HOSTILE,
    "type": "ELEMENTS",
    "required": True,
    "choices": [{"id": "h1;8D679D3711D3E4981000E787EC6DE8A4", "name": f"North {HOSTILE}"}],
    "more": False,
}


@pytest.mark.parametrize("typed", [["Atlantis", "1"], exhaustive(None)])
def test_answer_shows_the_question_harmlessly(
    cloud: Cloud, table: RunTable, show: Show, typed: list[str] | None
) -> None:
    arn = execution_arn(cloud.outputs["StateMachineArn"], "hostile")
    question = {
        "token": "the-token-of-this-question",
        "askedAt": 1,
        "until": 2,
        "prompts": [PROMPT],
        "refusal": f"no {HOSTILE}",
    }
    asking = {"hours": 48, "answers": [], "fresh": 0, "refused": {}, "seconds": 0}
    table.create({"executionArn": arn, "asking": asking, "question": question | {"refusal": f"no {HOSTILE}"}})
    instead_of("sfn.SendTaskSuccess", lambda **_: refused("ValidationException", HOSTILE))
    read: Callable[[Any], str] | None = None
    if typed is not None:
        lines = iter(typed)

        def read(_: Any) -> str:
            return next(lines)

    arguments = argparse.Namespace(run=arn, file=None, stage=None, decline=None, json=False)
    code, seen = show(lambda: answer(arguments, read))
    assert code == 2, seen
    check_harmless(seen)


def test_free_lease_shows_the_lease_harmlessly_and_no_job_id_that_does_not_print(
    cloud: Cloud, table: RunTable, show: Show
) -> None:
    name = f"default/{TUTORIAL}/{CITY}"
    doubt = {"until": 4_000_000_000, "jobId": f"7{HOSTILE}"}
    owner = execution_arn(cloud.outputs["StateMachineArn"], f"x{HOSTILE}")
    table.change(
        f"lease/{name}",
        put={"owner": owner, "attempt": 1, "since": 1_800_000_000, "uncertain": doubt},
        condition="attribute_not_exists({owner})",
    )
    instead_of("sfn.DescribeExecution", lambda **_: answered(status="FAILED"))
    arguments = argparse.Namespace(lease=name, stage="dev", yes=True, json=False)
    code, seen = show(lambda: free_lease(arguments))
    assert code == 0, seen
    check_harmless(seen)
    assert "Job:      its ID cannot be shown: it has control characters" in seen
