"""The input of ``datamart run`` for the name of a job or batch, in place of a file."""

from typing import Any

from functions import clock
from functions.requests.execution_input import read_input
from functions.similar_names import nearest
from infra.jobs import job_files
from infra.settings.settings import BadConfiguration, settings_of
from local.cli.batch_files import batch_names
from local.errors import CannotGoOn
from local.synth import STAGE


def check_input_with_job(given: dict[str, Any]) -> None:
    """Check ``{"job": …}`` as the first step of its run does.

    Raises InvalidRequest, and CannotGoOn for an invalid file of a job.
    """
    try:
        jobs = job_files.jobs_of(settings_of(STAGE), with_samples=True)
    except BadConfiguration as problem:
        raise CannotGoOn(str(problem)) from None
    read_input(given, clock.timestamp(clock.now()), {job.name: job.shipped for job in jobs})


def input_named(name: str) -> dict[str, Any]:
    """``{"job": NAME}`` or ``{"batch": NAME}``. Raises CannotGoOn if the emulator has none of that name."""
    try:
        jobs = job_files.names_of(settings_of(STAGE), job_files.FOLDER, with_samples=True)
    except BadConfiguration as problem:
        raise CannotGoOn(str(problem)) from None
    batches = batch_names()
    if name in batches:
        return {"batch": name}
    if name in jobs:
        return {"job": name}
    known = sorted({*jobs, *batches})
    raise CannotGoOn(
        f'there is neither a file nor a job or batch "{name}"{nearest(name, known)}. Jobs and batches here: '
        f"{', '.join(known)}. A datamart runs by a request, which datamart prompts prints, or by a job, which datamart "
        "init writes."
    )
