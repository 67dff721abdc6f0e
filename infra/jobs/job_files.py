"""The named jobs: one file each in ``infra/jobs``, checked at synth with errors that name file, key and reason."""

import json
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from functions.requests.validation import Misfit, Schema, nearest
from infra.jobs.check import check_job
from infra.jobs.named_job import NamedJob
from infra.settings.settings import BadConfiguration, Settings

FOLDER = Path(__file__).parent
SCHEMA_FILE = "job.schema.json"

SCHEMA = Schema(
    FOLDER / SCHEMA_FILE,
    "the file",
    patterns={
        "^arn:aws[a-z-]*:kms:[a-z0-9-]+:[0-9]{12}:key/[A-Za-z0-9-]{1,64}$": "the ARN of a KMS key "
        "(arn:aws:kms:eu-west-1:123456789012:key/…; a policy cannot name an alias)",
        "^(cron|rate|at)[(].+[)]$": "a schedule expression: cron(…), rate(…) or at(…)",
        "^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$": "the name of a bucket",
        "^[0-9]{12}$": "the number of an AWS account (12 digits, in quotes)",
        "^arn:aws[a-z-]*:sns:[a-z0-9-]+:[0-9]{12}:[A-Za-z0-9_-]{1,256}([.]fifo)?$": "the ARN of an SNS topic",
        "^([01][0-9]|2[0-3]):[0-5][0-9]$": "a time of the day such as 06:00",
    },
)

_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_-]{0,39}")


def job_paths(folder: Path = FOLDER) -> list[Path]:
    """The files of jobs in ``folder``, by name: every JSON file but the schema."""
    return [path for path in sorted(folder.glob("*.json")) if path.name != SCHEMA_FILE]


def jobs_of(settings: Settings, folder: Path = FOLDER) -> list[NamedJob]:
    """The jobs of a stage, by name. Raises BadConfiguration."""
    paths = {path.stem: path for path in job_paths(folder)}
    wanted = paths if settings.jobs is None else settings.jobs
    for name in wanted:
        if name not in paths:
            raise BadConfiguration(
                f"infra/settings/{settings.stage}.toml: jobs: there is no file infra/jobs/{name}.json"
                f"{nearest(name, paths)}."
            )
    _check_names(wanted)
    jobs = [_read(paths[name], settings) for name in wanted]
    _check_numbers(jobs)
    return jobs


def _resource_name(job: str) -> str:
    """What the names of a job's resources have in common, whatever letters are capitals in them.

    See infra/constructs/starter.py.
    """
    return re.sub("[-_]", "", job).lower()


def _check_numbers(jobs: list[NamedJob]) -> None:
    """The resources of load's 11th trigger and of load1's first would have the same names."""
    taken: dict[str, str] = {}
    for job in jobs:
        for number in range(1, len(job.triggers) + 1):
            this = f"infra/jobs/{job.name}.json: triggers[{number - 1}]"
            if other := taken.get(f"{_resource_name(job.name)}{number}"):
                raise BadConfiguration(
                    f"{this}: its resources would have the same names as those of {other}. Rename one of the files so "
                    "that it does not end in a digit."
                )
            taken[f"{_resource_name(job.name)}{number}"] = this


def _check_names(names: Iterable[str]) -> None:
    alike: dict[str, str] = {}
    for name in names:
        other = alike.setdefault(_resource_name(name), name)
        if other != name:
            raise BadConfiguration(
                f"infra/jobs/{name}.json: must differ from {other}.json in more than case, - and _: the resources of "
                "both would have the same names."
            )


def _read(path: Path, settings: Settings) -> NamedJob:
    try:
        given = json.loads(path.read_text("utf-8-sig"), object_pairs_hook=_object, parse_constant=_no_number)
    except (ValueError, RecursionError) as problem:
        raise BadConfiguration(f"infra/jobs/{path.name}: is not JSON ({problem}).") from None
    try:
        if not _NAME.fullmatch(path.stem):
            raise BadConfiguration("a job's name is a letter and then letters, digits, - and _, at most 40 together.")
        job = NamedJob(path.stem, SCHEMA.check(given))
        check_job(job, settings)
    except (Misfit, BadConfiguration) as problem:
        raise BadConfiguration(f"infra/jobs/{path.name}: {problem}") from None
    return job


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    keys = [key for key, _ in pairs]
    if twice := [key for key in keys if keys.count(key) > 1]:
        raise ValueError(f'"{twice[0]}" stands twice in one object')
    return dict(pairs)


def _no_number(name: str) -> None:
    raise ValueError(f"{name} is no number there")
