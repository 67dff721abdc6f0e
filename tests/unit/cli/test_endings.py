"""How commands end: one table of exit codes and failures, and nobody beside it who knows one."""

import ast
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from local.cli import endings
from local.cli.endings import Failure, code_of, error_of, failed, report_of
from local.errors import CannotGoOn, NotDone

CLI = Path(endings.__file__).parent
ENDINGS = {"endings.py", "terminal.py"}


@pytest.mark.parametrize("module", [path for path in sorted(CLI.rglob("*.py")) if path.name not in ENDINGS], ids=str)
def test_no_other_module_prints_json_or_returns_an_exit_code_of_its_own(module: Path) -> None:
    for node in ast.walk(ast.parse(module.read_text("utf-8"))):
        assert not (isinstance(node, ast.Name) and node.id == "put_json")
        returned = node.value if isinstance(node, ast.Return) else None
        assert not (isinstance(returned, ast.Constant) and type(returned.value) is int), f"line {node.lineno}"


@pytest.mark.parametrize(
    ("problem", "code", "name"),
    [
        (CannotGoOn("no such stage"), 2, "InvalidRequest"),
        (NotDone("nothing waits"), 1, "NotDone"),
        (ValueError("anything"), 1, "ValueError"),
        (KeyboardInterrupt(), 130, "Interrupted"),
    ],
)
def test_an_error_has_one_exit_code_and_one_name(problem: BaseException, code: int, name: str) -> None:
    assert (code_of(problem), error_of(problem)) == (code, name)


@pytest.mark.parametrize(
    ("command", "keys"),
    [
        ("run", {"status", "error", "cause", "output", "states"}),
        ("start", {"status", "error", "cause", "output", "states"}),
        ("prompts", {"error", "cause"}),
        ("show", {"error", "cause"}),
        ("check", {"ok", "findings"}),
        ("answer", {"sent", "question", "problem"}),
        ("free-lease", {"freed", "lease", "problem"}),
        ("pause", {"pauses", "problem"}),
        ("resume", {"pauses", "problem"}),
    ],
)
def test_a_failure_has_the_keys_that_the_command_always_has(command: str, keys: set[str]) -> None:
    assert set(report_of(command, Failure("InvalidRequest", "why"))) == keys
    assert set(report_of(command, Failure(None, "why", "unknown"))) == keys


def test_a_run_that_a_signal_ended_is_aborted_and_says_whether_it_loaded() -> None:
    report: dict[str, Any] = report_of("run", Failure(None, "why", "unknown"))
    assert (report["status"], report["error"], report["cause"]) == ("ABORTED", None, "Loaded: unknown. why")


def test_wrong_usage_is_said_without_the_name_of_an_error() -> None:
    assert failed("prompts", CannotGoOn("no stage"), "no stage").said == ("datamart: no stage",)
    assert failed("prompts", ValueError(), "broken", ("Note: x",)).said == ("Note: x", "datamart: ValueError: broken")


def test_a_command_line_is_read_without_importing_moto_or_boto3() -> None:
    looks = "import sys, local.cli.main; print([name for name in ('moto', 'boto3', 'rich') if name in sys.modules])"
    assert subprocess.run([sys.executable, "-c", looks], capture_output=True, text=True, check=True).stdout == "[]\n"
