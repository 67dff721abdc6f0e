"""The CDK's command line: pinned once, locked without an address, and given just the words that a deployment needs."""

import json
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest

from infra.build import aws_refusals, cdk_cli, node_tools, synth_report


@pytest.fixture
def lock() -> str:
    return (node_tools.PINNED / "package-lock.json").read_text("utf-8")


PINNED: dict[str, str] = json.loads((node_tools.PINNED / "package.json").read_text("utf-8"))["dependencies"]


@pytest.mark.parametrize("package", PINNED)
def test_an_exact_version_is_pinned_and_locked_with_its_hash(lock: str, package: str) -> None:
    assert re.fullmatch(r"\d+\.\d+\.\d+", PINNED[package])
    packages = json.loads(lock)["packages"]
    assert packages[f"node_modules/{package}"]["version"] == PINNED[package]
    assert all(found["integrity"].startswith("sha512-") for name, found in packages.items() if name)


def test_the_lock_names_no_address_and_no_host(lock: str) -> None:
    assert "://" not in lock
    assert "resolved" not in lock
    assert "registry" not in lock


def test_the_version_stands_nowhere_else() -> None:
    listed = subprocess.run(["git", "ls-files"], cwd=node_tools.ROOT, capture_output=True, text=True, check=True)
    there = {name for name in listed.stdout.splitlines() if PINNED["aws-cdk"] in _text(node_tools.ROOT / name)}
    assert there <= {"requirements/package.json", "requirements/package-lock.json"}


def _text(path: Path) -> str:
    return path.read_bytes().decode("utf-8", "replace") if path.is_file() else ""


def test_node_and_npm_come_with_the_python_packages() -> None:
    assert node_tools.NODE.is_file()
    assert node_tools.NPM.is_file()


@pytest.mark.parametrize("word", ["diff", "deploy", "destroy"])
def test_a_command_is_about_one_stack_of_a_finished_assembly(word: str) -> None:
    line = cdk_cli.command(Path("cdk"), word, "DatamartRunner-prod", Path("cdk.out"), ["--force"])
    assert line == [str(node_tools.NODE), "cdk", word, "DatamartRunner-prod", "--app", "cdk.out", "--force"]


def test_bootstrapping_is_about_the_whole_account() -> None:
    line = cdk_cli.command(Path("cdk"), "bootstrap", "DatamartRunner-prod", Path("cdk.out"), [])
    assert line == [str(node_tools.NODE), "cdk", "bootstrap", "--app", "cdk.out"]


def test_what_is_installed_is_not_installed_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[tuple[str, ...]] = []

    def npm(*words: str, at: Path) -> None:
        calls.append(words)
        (at / "node_modules").mkdir()

    monkeypatch.setattr(node_tools, "_npm", npm)
    assert node_tools.installed(tmp_path) == node_tools.installed(tmp_path)
    assert [words[0] for words in calls] == ["ci"]


def test_an_installation_that_failed_is_tried_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def npm(*words: str, at: Path) -> None:
        raise node_tools.NotInstalled("the registry was not reached")

    monkeypatch.setattr(node_tools, "_npm", npm)
    for _ in range(2):
        with pytest.raises(node_tools.NotInstalled):
            node_tools.installed(tmp_path)


@pytest.mark.parametrize("code", [0, 1])
def test_the_exit_code_is_that_of_the_cdk(code: int) -> None:
    assert cdk_cli.run([str(node_tools.NODE), "-e", f"process.exit({code})"]) == code


@pytest.mark.parametrize(
    ("environment", "said"),
    [
        ({}, aws_refusals.NO_CREDENTIALS),
        ({"AWS_ACCESS_KEY_ID": "x", "AWS_SECRET_ACCESS_KEY": "x"}, aws_refusals.NO_REGION),
        ({"AWS_ACCESS_KEY_ID": "x", "AWS_SECRET_ACCESS_KEY": "x", "AWS_DEFAULT_REGION": "eu-west-1"}, None),
        ({"AWS_PROFILE": "nobody"}, "The config profile (nobody) could not be found: AWS_PROFILE names it."),
    ],
)
def test_what_is_missing_is_said_in_a_sentence(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, environment: dict[str, str], said: str | None
) -> None:
    for name in ("AWS_PROFILE", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_DEFAULT_REGION", "AWS_REGION"):
        monkeypatch.delenv(name, raising=False)
    nowhere = {"AWS_CONFIG_FILE": str(tmp_path / "none"), "AWS_SHARED_CREDENTIALS_FILE": str(tmp_path / "none")}
    for name, value in (nowhere | {"AWS_EC2_METADATA_DISABLED": "true"} | environment).items():
        monkeypatch.setenv(name, value)
    assert cdk_cli.missing() == said


@pytest.fixture
def checkers(assembly: Path) -> dict[str, dict[str, Any]]:
    return synth_report.checkers_of(assembly)


def test_a_synth_is_summed_up_in_a_line(assembly: Path, checkers: dict[str, dict[str, Any]]) -> None:
    line = synth_report.summary(assembly, checkers)
    assert re.search(r"DatamartRunner-dev, \d+ resources.*; \d+ findings accepted with a reason, 0 open$", line)
    assert synth_report.open_findings(checkers) == []


def test_an_open_finding_is_named_with_its_place(checkers: dict[str, dict[str, Any]]) -> None:
    finding = checkers["AwsSolutions"]["suppressedViolations"][0]
    (line,) = synth_report.open_findings(checkers | {"AwsSolutions": {"violations": [finding]}})
    assert finding["ruleName"] in line
    assert finding["violatingConstructs"][0]["constructPath"] in line
