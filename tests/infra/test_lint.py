"""The linters of ``make lint`` run, find what is wrong, and find nothing in what we ship."""

import json
from pathlib import Path

import pytest

from infra.definition import PATH
from infra.lint import findings_in_definition, findings_in_templates


@pytest.mark.parametrize("stage", ["dev", "everything"])
def test_cfn_lint_finds_nothing_in_a_template(assembly: Path, stage: str) -> None:
    assert findings_in_templates([assembly / f"DatamartRunner-{stage}.template.json"]) == []


def test_cfn_lint_finds_a_property_that_does_not_exist(assembly: Path, tmp_path: Path) -> None:
    template = json.loads((assembly / "DatamartRunner-dev.template.json").read_text("utf-8"))
    queue = next(r for r in template["Resources"].values() if r["Type"] == "AWS::SQS::Queue")
    queue["Properties"]["Colour"] = "red"
    broken = tmp_path / "broken.template.json"
    broken.write_text(json.dumps(template), "utf-8")
    (said,) = findings_in_templates([broken])
    assert "Colour" in said


def test_asl_validator_finds_nothing_in_the_definition() -> None:
    assert findings_in_definition(PATH) == []


def test_asl_validator_finds_a_state_that_does_not_exist(tmp_path: Path) -> None:
    broken = tmp_path / "broken.asl.json"
    broken.write_text(PATH.read_text("utf-8").replace('"Next": "Attempt"', '"Next": "Attmept"', 1), "utf-8")
    (said,) = findings_in_definition(broken)
    assert "Attmept" in said
