"""Reads and checks the files of a stage's named jobs and samples; errors name file and key."""

from pathlib import Path

from functions.requests.validation import Schema, SchemaError
from functions.similar_names import nearest
from infra.jobs.check import check_job
from infra.jobs.named_files import check_names, check_numbers, read_file, resource_names
from infra.jobs.named_job import NamedJob
from infra.jobs.triggers import pattern_words
from infra.settings.settings import BadConfiguration, Settings

FOLDER = Path(__file__).parent
SAMPLES = "samples"
"""Name of the folder beside the jobs' files with the samples."""

SCHEMA_FILE = "job.schema.json"

SCHEMA = Schema(
    FOLDER / SCHEMA_FILE,
    "the file",
    patterns=pattern_words() | {"^([01][0-9]|2[0-3]):[0-5][0-9]$": "a time of the day such as 06:00"},
)


def job_paths(folder: Path = FOLDER) -> list[Path]:
    """The files of jobs in ``folder``, by name: every JSON file but the schema."""
    return [path for path in sorted(folder.glob("*.json")) if path.name != SCHEMA_FILE]


def sample_paths(folder: Path = FOLDER) -> list[Path]:
    """The files of samples beside the jobs in ``folder``, by name."""
    return job_paths(folder / SAMPLES)


def names_of(settings: Settings, folder: Path = FOLDER, *, with_samples: bool = False) -> list[str]:
    """The names of a stage's jobs: those in its settings; without them all of ``folder`` and no samples.

    Parameters
    ----------
    with_samples
        Whether every sample is added whose resources would have other names than those of the stage's jobs.
    """
    names = [path.stem for path in job_paths(folder)] if settings.jobs is None else list(settings.jobs)
    if with_samples:
        taken = {resource_names(name) for name in names}
        names += [path.stem for path in sample_paths(folder) if resource_names(path.stem) not in taken]
    return names


def no_jobs(settings: Settings) -> str:
    """That a stage has no jobs, and how it gets one."""
    file = f"infra/settings/{settings.stage}.toml"
    if settings.jobs is None:
        how = f"put one into infra/jobs, or name a sample as jobs of {file}"
    else:
        how = f"name the jobs that it runs as jobs of {file}, or leave that key out"
    return f"The stage {settings.stage} has no jobs: {how}."


def jobs_of(settings: Settings, folder: Path = FOLDER, *, with_samples: bool = False) -> list[NamedJob]:
    """The jobs of a stage, as :func:`names_of` has them. Raises BadConfiguration.

    A job's file takes precedence over a sample of the same name.
    """
    paths = {path.stem: path for path in (*sample_paths(folder), *job_paths(folder))}
    names = names_of(settings, folder, with_samples=with_samples)
    for name in names:
        if name not in paths:
            raise BadConfiguration(
                f'infra/settings/{settings.stage}.toml: jobs: unknown job "{name}"{nearest(name, paths)}. '
                f"Name a job of infra/jobs or a sample: {', '.join(sorted(paths))}."
            )
    check_names(f"infra/jobs/{name}.json" for name in names)
    jobs = [_read(paths[name], folder, settings) for name in names]
    check_numbers(jobs)
    return jobs


def _read(path: Path, folder: Path, settings: Settings) -> NamedJob:
    file = f"infra/jobs/{path.relative_to(folder).as_posix()}"
    given, _ = read_file(path, file, NamedJob.what)
    try:
        job = NamedJob(path.stem, SCHEMA.check(given), file)
        check_job(job, settings)
    except (SchemaError, BadConfiguration) as problem:
        raise BadConfiguration(f"{file}: {problem}") from None
    return job
