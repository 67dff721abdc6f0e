"""The one synth of a test session, with all checks, as one process: starting the CDK's engine costs seconds.

The stage that the emulator runs and one with every setting are one assembly, and both have the samples. Every other
stage is an assembly of its own, in a folder of the stage's name, as ``make synth`` makes it: the checkers' report on a
stage does not depend on other stages.
"""

import sys
from dataclasses import replace
from pathlib import Path

from infra.build.synthesize import synthesize
from infra.jobs.job_files import sample_paths
from infra.settings.settings import FOLDER as SETTINGS
from infra.settings.settings import Settings, settings_of
from tests.infra.many_jobs import write_many_jobs

HERE = Path(__file__).parent / "settings"

SHIPPED = [settings_of(path.stem) for path in sorted(SETTINGS.glob("*.toml"))]
EACH_JOB = [Settings(stage=f"only-{path.stem}", jobs=(path.stem,)) for path in sample_paths()]
ALONE = [*SHIPPED, *EACH_JOB, Settings(stage="no-jobs", jobs=())]
"""The stages that are an assembly each."""

OTHER_TRIGGERS = Settings(stage="other-triggers")
"""A stage with the triggers that the samples do not have: the files of tests/infra/job_files."""

ALL_OPTIONS = replace(settings_of("everything", HERE), stage="all-options")
"""Every setting, and the triggers that the samples do not have."""

MANY_JOBS = Settings(stage="many-jobs")
"""A stage with three hundred jobs (tests/infra/many_jobs.py)."""

if __name__ == "__main__":
    output = Path(sys.argv[1])
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
