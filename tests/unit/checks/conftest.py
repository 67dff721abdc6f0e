"""``datamart check`` against a real simulator; afterwards nothing is open there, and no secret was shown."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from infra.jobs import job_files
from local.cli.main import main
from local.simulator import Simulator, catalogue

PASSWORD = "planted-pässword-7b1e"
CITY_JOB: dict[str, Any] = {
    "request": {
        "project": catalogue.TUTORIAL,
        "datamart": catalogue.CITY,
        "prompts": [{"name": "Elements of Country", "type": "ELEMENTS", "answers": [{"name": "USA"}]}],
    }
}


@dataclass
class Report:
    """What a check printed."""

    code: int
    findings: list[dict[str, str]]

    def of(self, check: str, subject: str | None = None) -> list[tuple[str, str]]:
        """Result and text of the findings on something."""
        return [
            (finding["result"], finding["text"])
            for finding in self.findings
            if finding["check"] == check and subject in (None, finding["subject"])
        ]

    def only(self, check: str, subject: str | None = None) -> tuple[str, str]:
        (finding,) = self.of(check, subject)
        return finding

    @property
    def problems(self) -> list[str]:
        return [finding["check"] for finding in self.findings if finding["result"] == "problem"]


class Person:
    """Somebody with a simulator, job files and a command line."""

    def __init__(self, jobs: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
        self.simulator: Simulator
        self.expect_left = False
        self.started: list[Simulator] = []
        self.written: list[str] = []
        self._jobs, self._monkeypatch, self._capsys = jobs, monkeypatch, capsys
        self.job("city", CITY_JOB)

    def start(self, scenario: Any = "default") -> Simulator:
        self.simulator = Simulator(scenario=scenario, password=PASSWORD).start()
        self.started.append(self.simulator)
        self.environment(MSTR_USERNAME=self.simulator.username, MSTR_PASSWORD=PASSWORD)
        return self.simulator

    def environment(self, **values: str) -> None:
        for name, value in values.items():
            self._monkeypatch.setenv(name, value)

    def job(self, name: str, content: Any) -> None:
        """Write a job file."""
        text = content if isinstance(content, str) else json.dumps(content)
        (self._jobs / f"{name}.json").write_text(text, "utf-8")

    def request(self, **changes: Any) -> None:
        """Make City's job the one that is checked, with other values in its request."""
        self.job("city", {"request": CITY_JOB["request"] | changes})

    def ask(self, *words: str) -> tuple[int, str, str]:
        """Run ``datamart check`` and return its exit code and what it wrote."""
        self._monkeypatch.setattr("sys.argv", ["datamart", "check", *words])
        with pytest.raises(SystemExit) as ended:
            main()
        out, err = self._capsys.readouterr()
        self.written += [out, err]
        return int(ended.value.code or 0), out, err

    def check(self, *words: str) -> Report:
        """The same with ``--json``, against the simulator unless ``words`` say otherwise."""
        code, out, _ = self.ask("--json", *(words or ("--library-url", self.simulator.base_url)))
        assert out.count("\n") == 1, "more than one JSON object"
        answer = json.loads(out)
        assert list(answer) == ["ok", "findings"]
        assert answer["ok"] == (code == 0)
        assert all(list(finding) == ["check", "subject", "result", "text"] for finding in answer["findings"])
        return Report(code, answer["findings"])

    def steps(self) -> list[str]:
        return [str(request["step"]) for request in self.simulator.state()["requests"]]

    def look_back(self) -> None:
        """What must hold after every check."""
        for simulator in self.started:
            state = simulator.state()
            assert self.expect_left or state["sessions"] == [], "a session was left behind"
            assert (state["instances"], state["executions"]) == ([], {}), "something was created or executed"
            text = "\n".join(self.written)
            shown = [secret for secret in simulator.secrets() if secret in text or json.dumps(secret)[1:-1] in text]
            assert shown == [], "a secret was shown"
        assert "Traceback" not in "".join(self.written)


@pytest.fixture
def new_person(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Iterator[Callable[..., Person]]:
    """Makes somebody with a simulator in the scenario named; looks back and stops it afterwards."""
    monkeypatch.setattr(job_files, "FOLDER", tmp_path)
    for name in ("MSTR_API_TOKEN", "MSTR_LOGIN_MODE", "MSTR_CA_BUNDLE", "MSTR_PROXY"):
        monkeypatch.delenv(name, raising=False)
    people: list[Person] = []

    def make(scenario: Any = "default") -> Person:
        person = Person(tmp_path, monkeypatch, capsys)
        person.start(scenario)
        people.append(person)
        return person

    yield make
    for person in people:
        try:
            person.look_back()
        finally:
            for simulator in person.started:
                simulator.stop()


@pytest.fixture
def person(new_person: Callable[..., Person]) -> Person:
    return new_person()
