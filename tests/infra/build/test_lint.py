"""The linters of ``make lint`` run, find what is wrong, and find nothing in what we ship."""

import json
from pathlib import Path

import pytest

from infra.build import asl_validator
from infra.constructs.definition import machine


def findings_in_templates(templates: list[Path]) -> list[str]:
    from infra.build import lint  # only here: to import it starts the CDK's engine

    return lint.findings_in_templates(templates)


@pytest.mark.exhaustive
def test_cfn_lint_finds_nothing_in_the_template_of_a_stage_with_every_setting(assembly: Path) -> None:
    assert findings_in_templates([assembly / "DatamartRunner-everything.template.json"]) == []


@pytest.mark.exhaustive
def test_cfn_lint_finds_a_property_that_does_not_exist(tmp_path: Path) -> None:
    broken = tmp_path / "broken.template.json"
    queue = {"Type": "AWS::SQS::Queue", "Properties": {"Colour": "red"}}
    broken.write_text(json.dumps({"Resources": {"Queue": queue}}), "utf-8")
    (said,) = findings_in_templates([broken])
    assert "Colour" in said


@pytest.mark.exhaustive
def test_asl_validator_finds_nothing_in_the_definition(tmp_path: Path) -> None:
    assert asl_validator.findings(machine(), tmp_path / "definition.json") == []


@pytest.mark.exhaustive
def test_asl_validator_finds_a_state_that_does_not_exist(tmp_path: Path) -> None:
    broken = machine()
    broken["States"]["PrepareRun"]["Next"] = "Attmept"
    (said,) = asl_validator.findings(broken, tmp_path / "definition.json")
    assert "Attmept" in said
