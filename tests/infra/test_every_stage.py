"""Every stage may be deployed as it is shipped: the judgement of ``make synth``, and what it does not let pass."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from infra.build import synth_report
from infra.build.checker_record import FILE, NAMES
from local import synth
from tests.infra.stages import ALL_OPTIONS, EACH_JOB, FURTHER, OTHER_TRIGGERS, PROD, SHIPPED


def problems(assembly: Path) -> list[str]:
    return [*synth_report.unchecked(assembly), *synth_report.open_findings(synth_report.checkers_of(assembly))]


@pytest.mark.parametrize("stage", [settings.stage for settings in (PROD, OTHER_TRIGGERS)])
def test_a_stage_alone_may_be_deployed(assembly: Path, stage: str) -> None:
    assert problems(assembly / stage) == []


@pytest.fixture(scope="session")
def further_stages() -> Path:
    """Folder with an assembly for each stage that ``make test`` leaves out."""
    output = synth.ROOT / "build" / "test-synth-further"
    synth.synthesize(output, ["tests.infra.synthesize", "further", str(output)], (*synth.SOURCES, "tests/infra"))
    return output


@pytest.mark.exhaustive
@pytest.mark.parametrize("stage", [settings.stage for settings in (*FURTHER, ALL_OPTIONS)])
def test_every_other_stage_alone_may_be_deployed(further_stages: Path, stage: str) -> None:
    assert problems(further_stages / stage) == []


def test_the_stage_of_the_emulator_and_one_with_every_setting_may_be_deployed(assembly: Path) -> None:
    assert problems(assembly) == []


def test_the_stages_cover_what_is_shipped_each_sample_job_and_no_job_at_all() -> None:
    assert {"dev", "prod"} <= {settings.stage for settings in SHIPPED}
    assert ("city-nightly",) in [settings.jobs for settings in EACH_JOB]
    assert () in [settings.jobs for settings in (PROD, *FURTHER)]
    assert set(map(repr, SHIPPED)) <= set(map(repr, (PROD, *FURTHER)))


def test_the_report_of_a_stage_without_findings_does_not_name_the_checker_and_the_record_does(assembly: Path) -> None:
    assert "CloudFormation Validate" not in synth_report.checkers_of(assembly / "prod")
    assert "CloudFormation Validate" in json.loads((assembly / "prod" / FILE).read_text("utf-8"))


@pytest.fixture
def prod(assembly: Path, tmp_path: Path) -> Path:
    """A copy of what a synth of the stage prod wrote, to be damaged."""
    copied = tmp_path / "prod"
    shutil.copytree(assembly / "prod", copied, ignore=shutil.ignore_patterns("code-*", "asset.*"))
    return copied


def change(file: Path, change_it: Any) -> None:
    content = json.loads(file.read_text("utf-8"))
    change_it(content)
    file.write_text(json.dumps(content), "utf-8")


@pytest.mark.parametrize("checker", sorted(NAMES))
def test_a_checker_that_did_not_run_is_named(prod: Path, checker: str) -> None:
    change(prod / FILE, lambda record: record.pop(checker))
    assert problems(prod) == [f"synth: {checker} did not run on DatamartRunner-prod"]


def test_a_checker_that_checked_another_template_only_did_not_run(prod: Path) -> None:
    change(prod / FILE, lambda record: record.update(AwsSolutions=["DatamartRunner-dev.template.json"]))
    assert problems(prod) == ["synth: AwsSolutions did not run on DatamartRunner-prod"]


def test_a_synth_without_checkers_may_not_be_deployed(prod: Path) -> None:
    (prod / FILE).unlink()
    (prod / "validation-report.json").unlink()
    assert len(problems(prod)) == len(NAMES)


def test_a_checker_that_ended_with_an_error_is_named_with_it(prod: Path) -> None:
    failed = {"pluginName": "CloudFormation Validate", "conclusion": "failure", "violations": []}
    failed["metadata"] = {"error": "Validation plugin 'CloudFormation Validate' failed: no memory"}
    change(prod / "validation-report.json", lambda report: report["pluginReports"].append(failed))
    (problem,) = problems(prod)
    assert "no memory" in problem
