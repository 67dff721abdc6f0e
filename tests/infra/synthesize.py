"""The one synth of a test session, with all checks, as one process: starting the CDK's engine costs seconds.

The stage that the emulator runs and one with every setting are one assembly, and both have the samples. Every other
stage is an assembly of its own, in a folder of the stage's name, as ``make synth`` makes it: the checkers' report on a
stage does not depend on other stages.
"""

import sys
from pathlib import Path

from infra.build.synthesize import synthesize
from infra.settings.settings import settings_of
from tests.infra.many_jobs import write_many_jobs
from tests.infra.stages import ALL_OPTIONS, ALONE, EACH_JOB, HERE, MANY_JOBS, OTHER_TRIGGERS


def main(output: Path) -> None:
    """Write the assemblies of a test session."""
    synthesize(
        [settings_of("dev"), settings_of("everything", HERE)], output, checks=True, bundle=None, with_samples=True
    )
    for stage in ALONE:
        synthesize([stage], output / stage.stage, checks=True, bundle=None)
    for stage, checks in ((OTHER_TRIGGERS, False), (ALL_OPTIONS, True)):
        synthesize([stage], output / stage.stage, checks=checks, bundle=None, jobs_folder=HERE.with_name("job_files"))
    many = output / "jobs-of-many-jobs"
    write_many_jobs(many)
    synthesize([MANY_JOBS], output / MANY_JOBS.stage, checks=False, bundle=None, jobs_folder=many)


def each_job(output: Path) -> None:
    """Write an assembly for each sample job."""
    for stage in EACH_JOB:
        synthesize([stage], output / stage.stage, checks=True, bundle=None)


if __name__ == "__main__":
    {"main": main, "each_job": each_job}[sys.argv[1]](Path(sys.argv[2]))
