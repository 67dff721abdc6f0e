"""Collects the warnings about valid job files, for the end of ``make synth``."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from infra.jobs.expected_load import expected_load_warnings
from infra.jobs.object_keys import key_warnings, overlap_warnings
from infra.jobs.schedule_check import schedule_warnings
from infra.jobs.topics import message_warnings
from infra.jobs.triggered import Triggered


def warnings_of(jobs: Sequence[Triggered], now: datetime) -> list[str]:
    """One line for each warning: file, key, reason and what to do.

    Parameters
    ----------
    jobs
        The jobs of a stage, valid (infra/jobs/job_files.py).
    now
        The moment of the synth (aware): dates may have passed, and clocks will change.
    """
    return [f"{job.file}: {warning}" for job, warning in _warnings(jobs, now)]


def _warnings(jobs: Sequence[Triggered], now: datetime) -> Iterator[tuple[Triggered, str]]:
    for job in jobs:
        for warning in (*schedule_warnings(job, now), *expected_load_warnings(job, now), *key_warnings(job)):
            yield job, warning
    yield from overlap_warnings(jobs)
    yield from message_warnings(jobs)
