"""Commands that read from a server, against a real simulator; afterwards nothing is open there, no secret was shown."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from local.cli.main import main
from local.simulator import Simulator

PASSWORD = "planted-pässword-5c3d"
PROJECT = ("--project", "MicroStrategy Tutorial")


class Person:
    """Somebody with a simulator, credentials and a command line."""

    def __init__(self, scenario: Any, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
        self.simulator = Simulator(scenario=scenario, password=PASSWORD).start()
        self.written: list[str] = []
        self.expect_left = False
        self._monkeypatch, self._capsys = monkeypatch, capsys
        self.environment(MSTR_USERNAME=self.simulator.username, MSTR_PASSWORD=PASSWORD)

    def environment(self, **values: str) -> None:
        for name, value in values.items():
            self._monkeypatch.setenv(name, value)

    def ask(self, *words: str) -> tuple[int, str, str]:
        """Run ``datamart prompts`` and return its exit code and what it wrote."""
        return self.run("prompts", *words)

    def run(self, *words: str) -> tuple[int, str, str]:
        """Run ``datamart`` and return its exit code and what it wrote."""
        self._monkeypatch.setattr("sys.argv", ["datamart", *words])
        with pytest.raises(SystemExit) as ended:
            main()
        out, err = self._capsys.readouterr()
        self.written += [out, err]
        return int(ended.value.code or 0), out, err

    def here(self, datamart: str, *words: str) -> tuple[int, str, str]:
        """The same of this person's own server and the tutorial's project."""
        return self.ask(datamart, "--library-url", self.simulator.base_url, *PROJECT, *words)

    def json(self, datamart: str, *words: str) -> tuple[int, dict[str, Any]]:
        """The same with ``--json``."""
        code, out, _ = self.here(datamart, "--json", *words)
        return code, only_object(out)

    def steps(self) -> list[str]:
        return [str(request["step"]) for request in self.simulator.state()["requests"]]

    def look_back(self) -> None:
        """What must hold after every command."""
        state = self.simulator.state()
        assert self.expect_left or state["sessions"] == []
        assert (state["instances"], state["executions"]) == ([], {})
        text = "\n".join(self.written)
        shown = [secret for secret in self.simulator.secrets() if secret in text or json.dumps(secret)[1:-1] in text]
        assert shown == [], "a secret was shown"
        assert "Traceback" not in text


def only_object(out: str) -> dict[str, Any]:
    """The one JSON object on standard output."""
    assert out.count("\n") == 1, "more than one JSON object"
    answer: dict[str, Any] = json.loads(out)
    return answer


def pasted(out: str) -> dict[str, Any]:
    """The request at the end of what is shown for the eye."""
    request: dict[str, Any] = json.loads(out[out.index("\n{\n") :])
    return request


def row(out: str, title: str) -> str:
    """The first line of a prompt in the table, with single spaces."""
    (line,) = [line for line in out.splitlines() if line.startswith(f" {title} ")]
    return " ".join(line.split())


@pytest.fixture
def new_person(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Iterator[Callable[..., Person]]:
    """Makes somebody with a simulator in the scenario named; looks back and stops it afterwards."""
    for name in ("MSTR_API_TOKEN", "MSTR_LOGIN_MODE"):
        monkeypatch.delenv(name, raising=False)
    people: list[Person] = []

    def make(scenario: Any = "default") -> Person:
        people.append(Person(scenario, monkeypatch, capsys))
        return people[-1]

    yield make
    for person in people:
        try:
            person.look_back()
        finally:
            person.simulator.stop()


@pytest.fixture
def person(new_person: Callable[..., Person]) -> Person:
    return new_person()
