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
from tests.infra.stages import ALL_OPTIONS, FURTHER, HERE, MANY_JOBS, OTHER_TRIGGERS, PROD

JOB_FILES, BATCH_FILES = HERE.with_name("job_files"), HERE.with_name("batch_files")
OTHERS = {"jobs_folder": JOB_FILES, "batches_folder": BATCH_FILES}


def main(output: Path) -> None:
    """Write the assemblies of a test session."""
    synthesize(
        [settings_of("dev"), settings_of("everything", HERE)], output, checks=True, bundle=None, with_samples=True
    )
    synthesize([PROD], output / PROD.stage, checks=True, bundle=None)
    synthesize([OTHER_TRIGGERS], output / OTHER_TRIGGERS.stage, checks=True, bundle=None, **OTHERS)
    synthesize([ALL_OPTIONS], output / ALL_OPTIONS.stage, checks=False, bundle=None, **OTHERS)
    many = output / "jobs-of-many-jobs"
    write_many_jobs(many)
    synthesize([MANY_JOBS], output / MANY_JOBS.stage, checks=False, bundle=None, jobs_folder=many)


def further(output: Path) -> None:
    """Write the assemblies that ``make test`` leaves out, and with all checks one that it makes without."""
    for stage in FURTHER:
        synthesize([stage], output / stage.stage, checks=True, bundle=None)
    synthesize([ALL_OPTIONS], output / ALL_OPTIONS.stage, checks=True, bundle=None, **OTHERS)


if __name__ == "__main__":
    {"main": main, "further": further}[sys.argv[1]](Path(sys.argv[2]))
