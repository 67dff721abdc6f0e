"""Reads the stage's jobs that use the connection."""

from dataclasses import replace
from pathlib import Path

from infra.jobs import job_files
from infra.jobs.job_files import jobs_of, names_of
from infra.jobs.named_job import NamedJob
from infra.settings.settings import BadConfiguration, Settings
from local.checks.findings import Findings


def jobs_for(
    settings: Settings,
    connection: str,
    findings: Findings,
    folder: Path | None = None,
    *,
    with_samples: bool = False,
) -> list[NamedJob]:
    """The stage's jobs with that connection, and the samples if they are wanted.

    An invalid file is a finding; the other files are still read.
    """
    folder = folder or job_files.FOLDER
    found: list[NamedJob] = []
    for name in names_of(settings, folder, with_samples=with_samples):
        try:
            found += jobs_of(replace(settings, jobs=(name,)), folder)
        except BadConfiguration as problem:
            findings.problem("job file", name, str(problem))
    mine = [job for job in found if job.content["request"].get("connection", "default") == connection]
    if not mine:
        findings.note("jobs", settings.stage, f"No job of this stage uses the connection {connection}.")
    return mine
