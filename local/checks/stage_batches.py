"""Reads the items of the stage's batches that use the connection, each as a job that would be checked alone."""

import contextlib
from collections.abc import Iterator
from dataclasses import replace

from functions.requests.batches.batch import batch_of
from infra.batches import batch_files
from infra.batches.batch_files import batches_of, names_of
from infra.batches.named_batch import NamedBatch
from infra.jobs import job_files
from infra.jobs.job_files import jobs_of
from infra.jobs.named_job import NamedJob
from infra.settings.settings import BadConfiguration, Settings
from local.checks.findings import Findings


def batch_items_for(
    settings: Settings, connection: str, findings: Findings, *, with_samples: bool = False
) -> list[NamedJob]:
    """The items with that connection; those of named jobs are left out, because the jobs are checked.

    A batch that takes its items from outside is one that may name all that its ``acceptRequests`` lists. An invalid
    file is a finding; the other files are still read.
    """
    jobs = list(_valid_jobs(settings, with_samples=with_samples))
    items: list[NamedJob] = []
    own = names_of(settings, batch_files.FOLDER)
    for name in names_of(settings, batch_files.FOLDER, with_samples=with_samples):
        try:
            (batch,) = batches_of(replace(settings, batches=(name,)), jobs, batch_files.FOLDER)
            items += _items(batch, jobs)
        except BadConfiguration as problem:
            if name in own:  # a sample may name a job that the stage does not have
                findings.problem("batch file", name, str(problem))
    return [item for item in items if item.content["request"].get("connection", "default") == connection]


def _valid_jobs(settings: Settings, *, with_samples: bool) -> Iterator[NamedJob]:
    """The stage's jobs; what is wrong with the others is said where the jobs are checked."""
    for name in job_files.names_of(settings, job_files.FOLDER, with_samples=with_samples):
        with contextlib.suppress(BadConfiguration):
            yield from jobs_of(replace(settings, jobs=(name,)), job_files.FOLDER)


def _items(batch: NamedBatch, jobs: list[NamedJob]) -> Iterator[NamedJob]:
    common = {"timeZone": batch.time_zone, "triggers": batch.triggers, "burst": "all"}
    if "acceptRequests" in batch.content:
        accepted = {"request": batch.content["defaults"], "acceptRequests": batch.content["acceptRequests"]}
        yield NamedJob(batch.name, accepted | common, batch.file)
        return
    for item in batch_of(batch.batch, batch.file, jobs={job.name: job.shipped for job in jobs}).items:
        if item.job is None:
            yield NamedJob(f"{batch.name}: {item.name}", {"request": item.request} | common, batch.file)
