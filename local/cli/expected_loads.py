"""Reads by when the tables of jobs and batches are expected, from their files beside the settings of a stage."""

from functions.requests.named_jobs import Job
from infra.batches.batch_files import batches_of
from infra.jobs.job_files import jobs_of
from infra.settings.settings import BadConfiguration, settings_of
from local.synth import STAGE

NOT_KNOWN = "datamart: what was late is not known, because the files of jobs or batches are wrong: {problem}"


def expected_loads(stage: str | None) -> tuple[dict[str, Job], tuple[str, ...]]:
    """What is shipped of each job and batch by its name, and lines for people where their files are wrong.

    A file of this repository may be newer than what is deployed: what it says now counts.
    """
    try:
        settings = settings_of(stage or STAGE)
        jobs = list(jobs_of(settings, with_samples=stage is None))
        batches = list(batches_of(settings, jobs, with_samples=stage is None))
    except BadConfiguration as problem:
        return {}, (NOT_KNOWN.format(problem=problem),)
    return {each.name: each.shipped for each in (*jobs, *batches)}, ()
