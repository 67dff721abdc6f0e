"""The deployed named jobs: one file beside the code, made from the job files at synth.

The file::

    {"city-nightly": {"request": {…}, "timeZone": "Europe/Paris", "acceptRequests": {projects, datamarts} | null,
                      "objects": [{bucket, prefix, suffix}], "triggers": [{"schedule": "city-nightly-1"},
                      {"s3": {bucket, prefix, suffix}}, {"sns": {"topic": "city-nightly-3"}}],
                      "burst": "all", "expectBy": "06:00", "expectOn": ["MON"]}}

``objects`` are those that may be named by an S3 notification inside an SNS message, or empty.
``triggers`` hold what AWS names when one of them fires: the name of a schedule; a bucket (the stack's own if it is
missing) with the keys; an own topic's name without ``NAME_PREFIX`` before it, or the ARN of a foreign one.
``expectBy`` and ``expectOn`` are there if the job's file has them.
"""

import json
import os
from functools import cache
from pathlib import Path
from typing import Any, Literal

from functions.errors import InvalidRequest
from functions.names import LONGEST_JOB_NAME
from functions.similar_names import nearest
from functions.text import quoted

Job = dict[str, Any]

LATEST = "latest"
"""Of a job's runs of uploads that wait in the queue only the newest is wanted (``burst``)."""

BESIDE_THE_CODE = Path(__file__).parents[2] / "jobs.json"


def job_named(name: str, jobs: dict[str, Job] | None = None) -> Job:
    """The job of that name: of ``jobs``, or a deployed one. Raises InvalidRequest with the closest match."""
    return deployed_one("job", "jobs", name, deployed_jobs() if jobs is None else jobs)


def deployed_one(kind: str, plural: str, name: str, deployed: dict[str, dict[str, Any]]) -> dict[str, Any]:
    """The job or batch of that name. Raises InvalidRequest with the closest match."""
    if name in deployed:
        return deployed[name]
    there = f"deployed {plural}: {', '.join(deployed)}" if deployed else f"no {kind} is deployed"
    raise InvalidRequest(f"{kind}: there is no {kind} {quoted(name)}{nearest(name, deployed)}; {there}.")


def is_burst(job: Job, values: dict[str, str]) -> bool:
    """Whether a run of the job, with the values of its trigger, is superfluous once a newer upload waits."""
    return job.get("burst") == LATEST and "key" in values


def deployed_jobs() -> dict[str, Job]:
    """All jobs by name. The environment variable ``JOBS_FILE`` names another file."""
    return _read(os.environ.get("JOBS_FILE") or str(BESIDE_THE_CODE))


@cache
def _read(path: str) -> dict[str, Job]:
    jobs: dict[str, Job] = json.loads(Path(path).read_text("utf-8"))
    return jobs


def named_in(given: Any, kind: Literal["job", "batch"] = "job") -> tuple[str | None, str | None]:
    """Job or batch, and time of the trigger, in an input that may be invalid; None for each that is missing."""
    if not isinstance(given, dict):
        return None, None
    return _short(given.get(kind)), _short(given.get("asOf"))


def _short(value: Any) -> str | None:
    return value.encode("utf-8", "replace").decode()[:LONGEST_JOB_NAME] if isinstance(value, str) else None
