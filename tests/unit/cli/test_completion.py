"""A shell completes commands, options, files and scenarios with the script of ``datamart completion``."""

import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from local.cli.set_up_arguments import SHELLS
from tests.support.run_command import Done, done_by

BASH = """
source "$1"
shift
COMP_WORDS=("$@") COMP_CWORD=$(($# - 1)) COMP_LINE="$*" COMP_POINT=${#COMP_LINE} COMPREPLY=()
_shtab_datamart
printf '%s\\n' "${COMPREPLY[@]}"
"""

FISH = 'source $argv[1]; complete -C "$argv[2..]"'


@pytest.fixture
def datamart(capsys: pytest.CaptureFixture[str]) -> Callable[..., Done]:
    return done_by(capsys)


@pytest.fixture
def completed(datamart: Callable[..., Done], tmp_path: Path) -> Callable[..., list[str]]:
    """What the shell offers for the last of some words; skips where the shell is not installed."""

    def complete(shell: str, program: str, *words: str) -> list[str]:
        executable = shutil.which(shell)
        if executable is None:
            pytest.skip(f"{shell} is not installed")
        script = tmp_path / f"script.{shell}"
        script.write_text(datamart("completion", shell).out, "utf-8")
        ended = subprocess.run(
            [executable, "-c", program, *(["-"] if shell == "bash" else []), str(script), *words],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=True,
        )
        assert ended.stderr == ""
        return [line.split("\t")[0] for line in ended.stdout.splitlines()]

    return complete


@pytest.mark.parametrize(("shell", "program"), [("bash", BASH), ("fish", FISH)])
def test_commands_options_files_and_scenarios_are_completed(
    completed: Callable[..., list[str]], tmp_path: Path, shell: str, program: str
) -> None:
    (tmp_path / "my-request.json").touch()
    assert completed(shell, program, "datamart", "simu") == ["simulate"]
    assert completed(shell, program, "datamart", "run", "--max") == ["--max-wait"]
    assert completed(shell, program, "datamart", "run", "my-") == ["my-request.json"]
    assert completed(shell, program, "datamart", "start", "my-") == ["my-request.json"]
    assert completed(shell, program, "datamart", "simulate", "--scenario", "fails") == ["fails-as-18"]


def test_zsh_takes_the_script_for_datamart(completed: Callable[..., list[str]]) -> None:
    program = 'autoload -Uz compinit; compinit -D -u; eval "$(cat $0)"; print $_comps[datamart]'
    assert completed("zsh", program) == ["_shtab_datamart"]


@pytest.mark.parametrize("shell", SHELLS)
def test_each_script_knows_every_command(datamart: Callable[..., Done], shell: str) -> None:
    from infra.documents.command_tables import commands

    done = datamart("completion", shell)
    assert (done.code, done.err) == (0, "")
    assert [name for name in commands() if name not in done.out] == []


def test_another_shell_is_refused_with_those_that_there_are(datamart: Callable[..., Done]) -> None:
    done = datamart("completion", "tcsh")
    assert done.code == 2
    assert "choose from 'bash', 'zsh', 'fish'" in done.err
