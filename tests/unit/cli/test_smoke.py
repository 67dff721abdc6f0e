"""``make smoke`` without a job says how to name one, before it asks AWS anything."""

import sys

import pytest

from local.cli import smoke


@pytest.mark.parametrize(
    ("stage", "said"),
    [
        ("dev", "no job is named. Name the job to run: make smoke STAGE=dev JOB=NAME. The stage dev has no jobs: "),
        ("nowhere", 'unknown stage "nowhere"'),
    ],
)
def test_smoke_without_a_job_ends_with_2_and_the_command_to_type(
    stage: str, said: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["smoke", "--stage", stage, "--job", ""])
    with pytest.raises(SystemExit) as ended:
        smoke.main()
    assert ended.value.code == 2
    assert capsys.readouterr().err.startswith(f"smoke: {said}")
