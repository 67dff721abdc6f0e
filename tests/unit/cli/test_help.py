"""What the command line says of itself: help, version, and arguments that exclude each other."""

import re
import socket
import tomllib
from collections.abc import Callable

import pytest

from infra.documents.command_tables import commands
from local.synth import ROOT
from tests.support.run_command import Done, done_by


@pytest.fixture
def datamart(capsys: pytest.CaptureFixture[str]) -> Callable[..., Done]:
    return done_by(capsys)


@pytest.mark.parametrize("command", commands())
def test_the_help_of_every_command_begins_with_a_sentence_and_explains_every_argument(command: str) -> None:
    parser = commands()[command]
    assert re.match(r"[A-Z][a-z]+ .*\w\.$", parser.description or "")
    assert [action.dest for action in parser._actions if not action.help] == []


def test_the_version_is_that_of_the_project(datamart: Callable[..., Done]) -> None:
    version = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["version"]
    assert datamart("--version") == Done(0, f"datamart {version}\n", "")


def test_a_scenario_for_a_real_server_is_refused(datamart: Callable[..., Done]) -> None:
    done = datamart("run", "--library-url", "https://mstr.example.com/Library", "--scenario", "fails-as-18")
    assert done.code == 2
    assert "argument --scenario: not allowed with argument --library-url" in done.err


def test_a_port_in_use_is_named_with_what_to_do(datamart: Callable[..., Done]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        done = datamart("simulate", "--port", str(port))
    assert done.code == 2
    assert done.err == (
        f"datamart: --port: port {port} is in use, perhaps by another simulator. "
        "Give another one, or leave --port out.\n"
    )


def test_a_port_that_cannot_exist_is_named(datamart: Callable[..., Done]) -> None:
    done = datamart("simulate", "--port", "99999")
    assert (done.code, done.out) == (2, "")
    assert "there is no port 99999; use 1 to 65535" in done.err


def test_without_a_command_the_commands_are_listed(datamart: Callable[..., Done]) -> None:
    done = datamart()
    assert (done.code, done.out) == (2, "")
    assert [name for name in commands() if f"\n    {name}" not in done.err] == []
