"""What the CDK refuses ends the synth with one sentence, and its own limits do not come before our quotas."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from infra.build.cdk_refusals import in_one_sentence
from infra.settings.settings import BadConfiguration, settings_of

REQUEST = {"request": {"project": "P", "datamart": "D"}}


def refused(folder: Path, jobs: dict[str, dict[str, Any]], *, checks: bool = False) -> str:
    """The sentence with which the synth of these jobs is refused."""
    from infra.build.synthesize import synthesize  # only here: to import it starts the CDK's engine

    (folder / "jobs").mkdir()
    for name, content in jobs.items():
        (folder / "jobs" / f"{name}.json").write_text(json.dumps(REQUEST | content), "utf-8")
    settings = replace(settings_of("dev"), jobs=None)
    with pytest.raises(BadConfiguration) as problem:
        synthesize([settings], folder / "out", checks=checks, bundle=None, jobs_folder=folder / "jobs")
    return str(problem.value)


@pytest.mark.exhaustive
def test_too_many_jobs_are_refused_with_the_quota_how_far_over_and_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from infra.build import synthesize

    monkeypatch.setattr(synthesize, "add_checkers", lambda app: {})  # their engine takes seconds to load
    letters = "abcdefghijklmnopqrstuvwxyz"
    jobs = {f"job-{letters[n // 26]}{letters[n % 26]}": {"triggers": [{"sns": {}}]} for n in range(250)}
    said = refused(tmp_path, jobs, checks=True)
    assert said.startswith("CloudFormation resources in a template: the stack has ")
    assert "over the quota of 500. Deploy the jobs in several stages" in said


def test_a_text_that_the_cdk_takes_for_a_reference_is_refused_in_one_sentence(tmp_path: Path) -> None:
    topic = "arn:aws:sns:eu-west-1:123456789012:sales"
    said = refused(tmp_path, {"j": {"description": "${Token[A.1]}", "triggers": [{"sns": {"topicArn": topic}}]}})
    assert said.startswith("the CDK refuses what the files of infra/settings and infra/jobs describe: ")
    assert "Unrecognized token key: A.1" in said
    assert "\n" not in said


def test_an_error_of_our_own_code_keeps_its_trace() -> None:
    with pytest.raises(RuntimeError, match="ours"), in_one_sentence():
        raise RuntimeError("ours")


@pytest.mark.parametrize("names", [("default", "Default"), ("a-b", "A-B"), ("a-b", "aB")])
def test_connections_whose_resources_would_have_the_same_names_are_refused(
    tmp_path: Path, names: tuple[str, str]
) -> None:
    (tmp_path / "dev.toml").write_text(f"connections = {json.dumps(names)}", "utf-8")
    with pytest.raises(BadConfiguration) as problem:
        settings_of("dev", tmp_path)
    assert f'"{names[1]}" and "{names[0]}" differ only in capitals and hyphens' in str(problem.value)
