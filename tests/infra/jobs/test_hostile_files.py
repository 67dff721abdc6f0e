"""What a job file holds is quoted on the terminal of ``make synth`` without control characters."""

import json
from pathlib import Path

import pytest

from infra.jobs.job_files import jobs_of
from infra.settings.settings import BadConfiguration, settings_of

HOSTILE = "x\x1b[2J\x07\u202e\nsynth: forged"


@pytest.mark.parametrize(
    "job",
    [
        {"triggers": [], HOSTILE: 1},
        {"triggers": [{"schedule": HOSTILE}]},
        {"triggers": [{"schedule": f"cron({HOSTILE})"}]},
        {"triggers": [], "timeZone": HOSTILE},
        {"triggers": [{"s3": {"bucket": HOSTILE}}]},
        {"triggers": [{"sns": {"topicArn": HOSTILE}}]},
    ],
)
def test_a_refusal_of_a_job_file_is_one_line_that_prints(tmp_path: Path, job: dict[str, object]) -> None:
    job = {"request": {"project": "P", "datamart": "D"}} | job
    (tmp_path / "job.json").write_text(json.dumps(job), "utf-8")
    with pytest.raises(BadConfiguration) as refused:
        jobs_of(settings_of("dev"), tmp_path)
    assert str(refused.value).isprintable()
    assert "forged" in str(refused.value)
