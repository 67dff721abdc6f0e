"""Ctrl-C, SIGTERM and SIGHUP, sent to real processes that talk to a simulator in a process of its own."""

import fcntl
import json
import os
import pty
import signal
import subprocess
import sys
import tempfile
import termios
import threading
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from local.simulator import catalogue
from tests.support.until import PATIENCE, until

ROOT = Path(__file__).parents[2]
DATAMART = [sys.executable, "-m", "local.cli.main"]
EXAMPLE = json.loads((ROOT / "events" / "console.json").read_text("utf-8"))
SLOW = {**EXAMPLE, "datamart": catalogue.SLOW_LOAD, "prompts": []}
ASKING = {**EXAMPLE, "prompts": [], "unanswered": "ask"}
NAMES = {signal.SIGINT: "Ctrl-C", signal.SIGTERM: "SIGTERM", signal.SIGHUP: "SIGHUP"}
ALL = [signal.SIGTERM, *(pytest.param(n, marks=pytest.mark.exhaustive) for n in (signal.SIGINT, signal.SIGHUP))]
"""`make test` takes one of the three where another test sends the others, `make test-all` all."""


class Server:
    """A simulator in a process of its own, with its own folder for temporary files."""

    def __init__(self, folder: Path) -> None:
        self.process = subprocess.Popen(
            [*DATAMART, "simulate"],
            cwd=ROOT,
            env={**os.environ, "TMPDIR": str(folder)},
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self.process.stdout
        lines = [self.process.stdout.readline() for _ in range(5)]
        self.said = {key.strip(): value.strip() for key, _, value in (line.partition(":") for line in lines)}

    @property
    def admin(self) -> str:
        return self.said["state"].removesuffix("/state")

    def state(self) -> dict[str, Any]:
        with urllib.request.urlopen(self.said["state"]) as answer:
            state: dict[str, Any] = json.loads(answer.read())
        return state

    def open(self) -> list[Any]:
        state = self.state()
        return [*state["sessions"], *state["instances"], *state["jobs"]]

    def inject(self, **fault: Any) -> None:
        request = urllib.request.Request(f"{self.admin}/faults", json.dumps(fault).encode(), method="POST")
        urllib.request.urlopen(request).close()


@pytest.fixture
def server(own_template: None) -> Iterator[Server]:
    with tempfile.TemporaryDirectory() as folder:
        server = Server(Path(folder))
        yield server
        server.process.kill()
        server.process.communicate(timeout=PATIENCE)


class Datamart:
    """A command in a process of its own: what it wrote so far, and how it ended. On a terminal, or on pipes."""

    def __init__(self, server: Server, folder: Path, *words: str, terminal: bool = False) -> None:
        self.temporary = folder / "temporary"
        self.temporary.mkdir()
        self.out, self.err = "", ""
        environment = {**os.environ, "TMPDIR": str(self.temporary), "PYTHONUTF8": "1", "TERM": "xterm"}
        environment |= {"MSTR_USERNAME": server.said["user"], "MSTR_PASSWORD": server.said["password"]}
        self.terminal: int | None = None
        ends: dict[str, Any] = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
        if terminal:
            self.terminal, theirs = pty.openpty()
            ends = {"stdin": theirs, "stdout": theirs, "stderr": theirs, "start_new_session": True}
            ends["preexec_fn"] = lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0)
        self.process = subprocess.Popen([*DATAMART, *words], cwd=ROOT, env=environment, **ends)
        if self.terminal is not None:
            os.close(theirs)
            readers = [threading.Thread(target=self._read, args=(self.terminal, "out"))]
        else:
            assert self.process.stdout
            assert self.process.stderr
            pipes = {"out": self.process.stdout.fileno(), "err": self.process.stderr.fileno()}
            readers = [threading.Thread(target=self._read, args=(pipe, name)) for name, pipe in pipes.items()]
        self._readers = readers
        for reader in readers:
            reader.start()

    def _read(self, descriptor: int, name: str) -> None:
        try:
            while chunk := os.read(descriptor, 65_536):
                setattr(self, name, getattr(self, name) + chunk.decode("utf-8", "replace"))
        except OSError:  # how a terminal reports its end
            pass

    def until_it_says(self, text: str) -> None:
        until(lambda: text in self.out + self.err, f"it says {text!r}, and not only {self.out + self.err!r}")

    def press_ctrl_c(self) -> None:
        assert self.terminal is not None
        os.write(self.terminal, b"\x03")

    def end(self) -> int:
        code = self.process.wait(PATIENCE)
        for reader in self._readers:
            reader.join(PATIENCE)
        return code

    @property
    def outcome(self) -> dict[str, Any]:
        assert self.out.count("\n") == 1, self.out
        outcome: dict[str, Any] = json.loads(self.out)
        return outcome

    def folders(self) -> list[str]:
        return [path.name for path in self.temporary.iterdir() if path.name.startswith("datamart-")]


@pytest.fixture
def datamart(server: Server, tmp_path: Path) -> Iterator[Callable[..., Datamart]]:
    started: list[Datamart] = []

    def start(*requests: Any, terminal: bool = False) -> Datamart:
        events = [tmp_path / f"event-{number}.json" for number in range(len(requests))]
        for event, request in zip(events, requests, strict=True):
            event.write_text(json.dumps(request), "utf-8")
        options = [] if terminal else ["--json"]
        words = ["run", *map(str, events), "--library-url", server.said["base URL"], *options]
        started.append(Datamart(server, tmp_path, *words, terminal=terminal))
        return started[-1]

    yield start
    for one in started:
        one.process.kill()
        one.process.wait(PATIENCE)


def check_clean(server: Server, run: Datamart, number: int, loaded: str = "no") -> None:
    assert run.end() == 128 + number, run.err
    assert (run.outcome["status"], run.outcome["output"]) == ("ABORTED", None)
    stopped = f"Loaded: {loaded}. Stopped by {NAMES[signal.Signals(number)]}. Nothing is left on the server."
    assert run.outcome["cause"] == stopped
    assert "Traceback" not in run.err
    assert (server.open(), run.folders()) == ([], [])
    assert server.state()["loads"] == {}


@pytest.mark.parametrize("number", ALL)
@pytest.mark.exhaustive  # guarded by: the signal to several runs, below
def test_a_signal_while_the_job_runs_cancels_it_and_leaves_the_server_clean(
    server: Server, datamart: Callable[..., Datamart], number: int
) -> None:
    run = datamart(SLOW)
    until(lambda: server.state()["jobs"], "the job runs")
    run.process.send_signal(number)
    run.end()
    word = run.outcome["cause"].removeprefix("Loaded: ").partition(".")[0]
    assert word in ("no", "unknown")
    check_clean(server, run, number, word)
    assert f"{NAMES[signal.Signals(number)]}: stopping; cleaning up on the server, for 30 s at most" in run.err


@pytest.mark.parametrize("number", ALL)
def test_a_signal_stops_each_of_several_runs_and_leaves_the_server_clean(
    server: Server, datamart: Callable[..., Datamart], number: int
) -> None:
    """One of them has the slot and loads; the others wait for it."""
    run = datamart(SLOW, EXAMPLE, EXAMPLE | {"datamart": "Category Sales", "prompts": []})
    until(lambda: server.state()["jobs"], "the job runs")
    run.process.send_signal(number)
    assert run.end() == 128 + number, run.err
    outcomes = [json.loads(line) for line in run.out.splitlines()]
    assert [outcome["status"] for outcome in outcomes] == ["ABORTED"] * 3
    said = f"Stopped by {NAMES[signal.Signals(number)]}. Nothing is left on the server."
    assert all(outcome["cause"].endswith(said) for outcome in outcomes)
    assert run.err.count("stopping; cleaning up on the server") == 1
    assert (server.open(), run.folders(), server.state()["loads"]) == ([], [], {})


def test_a_signal_stops_a_batch_and_its_runs_and_leaves_the_server_clean(
    server: Server, datamart: Callable[..., Datamart]
) -> None:
    items = [SLOW | {"name": "slow"}, EXAMPLE | {"name": "later", "after": ["slow"]}]
    run = datamart({"batch": {"items": items}})
    until(lambda: server.state()["jobs"], "the job runs")
    run.process.send_signal(signal.SIGTERM)
    assert run.end() == 128 + signal.SIGTERM, run.err
    assert run.outcome["status"] == "ABORTED"
    cause = "Loaded: 0 of 2 items, and perhaps 1 more. Stopped by SIGTERM. Nothing is left on the server."
    assert run.outcome["cause"] == cause
    assert [line["loaded"] for line in run.outcome["output"]["items"]][1] == "no"
    assert "Traceback" not in run.err
    assert (server.open(), run.folders(), server.state()["loads"]) == ([], [], {})


@pytest.mark.parametrize("number", ALL)
@pytest.mark.exhaustive
def test_a_signal_before_the_login_opens_nothing(
    server: Server, datamart: Callable[..., Datamart], number: int
) -> None:
    run = datamart(EXAMPLE)
    until(run.folders, "it has made its folder")
    run.process.send_signal(number)
    check_clean(server, run, number)


@pytest.mark.exhaustive
def test_ctrl_c_at_a_question_ends_it_at_the_first_try(server: Server, datamart: Callable[..., Datamart]) -> None:
    run = datamart(ASKING, terminal=True)
    run.until_it_says("1 of 1: Elements of Country")
    run.until_it_says("> ")
    run.press_ctrl_c()
    assert run.end() == 130, run.out
    assert run.out.count("1 of 1: Elements of Country") == 1
    assert "Loaded: no. Stopped by Ctrl-C. Nothing is left on the server." in run.out
    assert (server.open(), run.folders()) == ([], [])


@pytest.mark.exhaustive
def test_sigterm_at_a_question_ends_it(server: Server, datamart: Callable[..., Datamart]) -> None:
    run = datamart(ASKING, terminal=True)
    run.until_it_says("> ")
    run.process.send_signal(signal.SIGTERM)
    assert run.end() == 143, run.out
    assert "Traceback" not in run.out
    assert (server.open(), run.folders()) == ([], [])


@pytest.mark.exhaustive
def test_a_terminal_window_that_is_closed_leaves_the_server_clean(
    server: Server, datamart: Callable[..., Datamart]
) -> None:
    """The kernel sends SIGHUP, and whatever is written to the terminal from then on fails."""
    run = datamart(SLOW, terminal=True)
    until(lambda: server.state()["jobs"], "the job runs")
    assert run.terminal is not None
    os.close(run.terminal)
    assert run.process.wait(PATIENCE) == 129
    assert (server.open(), run.folders()) == ([], [])


@pytest.mark.parametrize("number", [signal.SIGINT, pytest.param(signal.SIGTERM, marks=pytest.mark.exhaustive)])
def test_a_second_signal_leaves_at_once_and_lists_what_is_left(
    server: Server, datamart: Callable[..., Datamart], number: int
) -> None:
    server.inject(step="delete_instance", kind="stall", seconds=2 * PATIENCE)
    run = datamart(SLOW)
    until(lambda: server.state()["jobs"], "the job runs")
    run.process.send_signal(number)
    run.until_it_says("stopping; cleaning up")

    def leaves() -> bool:
        run.process.send_signal(number)
        return run.process.poll() is not None

    until(leaves, "it leaves")
    assert run.end() == 128 + number
    (instance,) = server.state()["instances"]
    (folder,) = run.folders()
    listed = run.err.partition("Left behind:\n")[2]
    for left in ("a session at http://127.0.0.1", instance["id"], folder):
        assert left in listed, listed
    assert run.outcome["status"] == "ABORTED"
    assert run.outcome["cause"].startswith("Loaded: unknown. Stopped by ")
    assert instance["id"] in run.outcome["cause"]


@pytest.mark.exhaustive
def test_a_second_signal_reports_each_of_several_runs(server: Server, datamart: Callable[..., Datamart]) -> None:
    server.inject(step="delete_instance", kind="stall", seconds=2 * PATIENCE)
    run = datamart(SLOW, EXAMPLE)
    until(lambda: server.state()["jobs"], "the job runs")
    run.process.send_signal(signal.SIGINT)
    run.until_it_says("stopping; cleaning up")

    def leaves() -> bool:
        run.process.send_signal(signal.SIGINT)
        return run.process.poll() is not None

    until(leaves, "it leaves")
    assert run.end() == 130
    assert [json.loads(line)["status"] for line in run.out.splitlines()] == ["ABORTED"] * 2


@pytest.mark.parametrize("number", ALL)
def test_a_simulator_that_is_stopped_leaves_no_folder_behind(number: int, tmp_path: Path) -> None:
    server = Server(tmp_path)
    assert server.process.stdout
    with server.process.stdout as said:
        assert "Ctrl-C ends it, and its tables with it.\n" in iter(said.readline, "")
        assert list(tmp_path.glob("datamart-warehouse-*"))
        server.process.send_signal(number)
        assert server.process.wait(PATIENCE) == 128 + number
        assert list(tmp_path.glob("datamart-*")) == []
        assert said.read() == ""
