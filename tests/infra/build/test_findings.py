"""The policy checkers' report: both ran, and nothing that they found is without a written reason."""

import json
from pathlib import Path
from typing import Any

import pytest


@pytest.fixture(scope="module")
def report(assembly: Path) -> dict[str, dict[str, Any]]:
    content = json.loads((assembly / "validation-report.json").read_text("utf-8"))
    return {checker["pluginName"]: checker for checker in content["pluginReports"]}


def test_both_checkers_of_the_template_ran(report: dict[str, dict[str, Any]]) -> None:
    assert set(report) == {"AwsSolutions", "CloudFormation Validate"}


@pytest.mark.parametrize("checker", ["AwsSolutions", "CloudFormation Validate"])
def test_nothing_is_left_of_any_severity(report: dict[str, dict[str, Any]], checker: str) -> None:
    assert report[checker]["violations"] == []
    assert report[checker]["conclusion"] == "success"


def test_every_accepted_finding_has_a_reason_in_words(report: dict[str, dict[str, Any]]) -> None:
    accepted = [finding for checker in report.values() for finding in checker["suppressedViolations"]]
    assert len(accepted) > 0
    assert [f for f in accepted if len(f.get("reason") or "") < 30] == []


def test_only_these_rules_have_accepted_findings(report: dict[str, dict[str, Any]]) -> None:
    rules = {f["ruleName"].split("[")[0] for checker in report.values() for f in checker["suppressedViolations"]}
    assert rules == {
        *("AwsSolutions-IAM5", "AwsSolutions-SMG4", "AwsSolutions-SQS3", "AwsSolutions-S1"),
        "W3694",
    }
