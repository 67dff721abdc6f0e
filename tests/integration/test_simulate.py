"""``datamart simulate``: what it prints can be pasted. How it ends is in test_signals.py."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
LABELS = ["base URL", "user", "password", "API token", "state"]


class Simulate:
    """It in a process of its own, with a folder for its temporary files, and the lines that it has printed."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.process = subprocess.Popen(
            [sys.executable, "-m", "local.cli.main", "simulate"],
            cwd=ROOT,
            env={**os.environ, "TMPDIR": str(folder)},
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self.process.stdout
        self.lines = list[str]()
        while not self.lines or not self.lines[-1].startswith("Ctrl-C"):
            line = self.process.stdout.readline()
            assert line, self.lines
            self.lines.append(line.rstrip("\n"))

    def below(self, heading: str) -> list[str]:
        """The lines of a paragraph."""
        text = "\n".join(self.lines)
        return text.partition(f"\n{heading}:\n")[2].partition("\n\n")[0].splitlines()

    def said(self) -> dict[str, str]:
        return dict(re.split(": +", line, maxsplit=1) for line in self.lines[:5])


@pytest.fixture
def simulate(tmp_path: Path) -> Iterator[Simulate]:
    folder = tmp_path / "temporary"
    folder.mkdir()
    simulate = Simulate(folder)
    yield simulate
    simulate.process.kill()
    simulate.process.communicate(timeout=60)


def pasted(lines: list[str], folder: Path, **environment: str) -> str:
    """What a shell prints that is given the lines."""
    ended = subprocess.run(
        ["bash", "-e"],
        input="\n".join(lines),
        cwd=folder,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=True,
    )
    return ended.stdout


def state(simulate: Simulate) -> Any:
    return json.loads(pasted([f"curl -s {simulate.said()['state']}"], simulate.folder))


def test_the_first_lines_are_address_user_password_and_token_in_this_order(simulate: Simulate) -> None:
    assert list(simulate.said()) == LABELS
    assert simulate.said()["base URL"].endswith("/MicroStrategyLibrary")


def test_the_lines_for_curl_log_in_list_the_projects_and_log_out(simulate: Simulate) -> None:
    projects = json.loads(pasted(simulate.below("curl"), simulate.folder))
    assert "MicroStrategy Tutorial" in [project["name"] for project in projects]
    assert state(simulate)["sessions"] == []


def test_the_lines_for_datamart_list_the_datamarts(simulate: Simulate) -> None:
    lines = [
        line.replace(".venv/bin/datamart", f"{sys.executable} -m local.cli.main")
        for line in simulate.below("datamart, in another terminal")
    ]
    assert "DM_CITY" in pasted(lines, ROOT)


def test_the_lines_for_mstrio_are_python_with_the_account_in_it(simulate: Simulate) -> None:
    lines = simulate.below("mstrio-py")
    given = dict[str, Any]()

    def connection(*positional: str, **named: str) -> None:
        given.update(positional=positional, named=named)

    exec(lines[1], {"Connection": connection})  # noqa: S102 - what a person would paste
    said = simulate.said()
    assert lines[0] == "from mstrio.connection import Connection"
    assert given["positional"] == (said["base URL"], said["user"], said["password"])
    assert given["named"] == {"project_name": "MicroStrategy Tutorial"}
