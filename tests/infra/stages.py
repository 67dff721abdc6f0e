"""The stages that the synths of a test session make (tests/infra/synthesize.py)."""

from dataclasses import replace
from pathlib import Path

from infra.jobs.job_files import sample_paths
from infra.settings.settings import FOLDER as SETTINGS
from infra.settings.settings import OpenLineage, Settings, settings_of

HERE = Path(__file__).parent / "settings"

PROD = settings_of("prod")

OTHER_TRIGGERS = Settings(stage="other-triggers", dashboard=False)
"""A stage with the triggers that the samples do not have: the files of tests/infra/job_files."""

MANY_JOBS = Settings(
    stage="many-jobs",
    chat=True,
    open_lineage=OpenLineage("https://lineage.example.com/api/v1/lineage", "Authorization", "lineage", {}),
)
"""A stage with three hundred jobs (tests/infra/many_jobs.py), and with each option that has resources of its own."""

SHIPPED = [settings_of(path.stem) for path in sorted(SETTINGS.glob("*.toml"))]

EACH_JOB = [Settings(stage=f"only-{path.stem}", jobs=(path.stem,)) for path in sample_paths()]
"""Stages with one sample job."""

FURTHER = [*(stage for stage in SHIPPED if stage != PROD), Settings(stage="no-jobs", jobs=()), *EACH_JOB]
"""Stages for ``make test-all``, an assembly each; a synth of their own makes them."""

ALL_OPTIONS = replace(settings_of("everything", HERE), stage="all-options")
"""Every setting, and the triggers that the samples do not have: for ``make test-all``, too."""
