"""Ctrl-C before a command has begun: while Python imports it."""

import signal
import subprocess
import sys

import pytest

START = """
import os, signal, sys
if {ignored}:
    signal.signal(signal.SIGINT, signal.SIG_IGN)

class Interrupts:
    def find_spec(self, name, path=None, target=None):
        if name == "local.cli.main":
            os.kill(os.getpid(), signal.SIGINT)

sys.meta_path.insert(0, Interrupts())
sys.argv = ["datamart", "--help"]
from local.cli.entry import main
main()
"""


def interrupted(*, ignored: bool = False) -> subprocess.CompletedProcess[str]:
    """``datamart --help``, with Ctrl-C at the moment at which its commands are imported."""
    return subprocess.run(
        [sys.executable, "-c", START.format(ignored=ignored)], capture_output=True, text=True, timeout=60
    )


def test_ctrl_c_while_the_command_is_imported_ends_it_without_a_stack_trace() -> None:
    ended = interrupted()
    assert (ended.returncode, ended.stdout, ended.stderr) == (-signal.SIGINT, "", "")


def test_ctrl_c_stays_ignored_where_the_process_was_started_to_ignore_it() -> None:
    ended = interrupted(ignored=True)
    assert (ended.returncode, ended.stderr) == (0, "")
    assert "usage: datamart" in ended.stdout


@pytest.mark.parametrize("module", ["local.cli.main", "local.cli.entry"])
def test_both_entries_are_the_same_command_line(module: str) -> None:
    said = subprocess.run([sys.executable, "-m", module, "--help"], capture_output=True, text=True, timeout=60)
    assert said.returncode == 0
    assert "free-lease" in said.stdout
