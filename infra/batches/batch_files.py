"""Reads and checks the files of a stage's named batches and samples; errors name file, line, item and key."""

import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from functions.errors import InvalidRequest
from functions.requests.batches.batch import batch_of
from functions.requests.batches.batch_bytes import places_on
from functions.requests.batches.item_lines import item_lines
from functions.requests.batches.problems import Problems
from functions.requests.validation import Schema, SchemaError
from functions.similar_names import nearest
from infra.batches.check import check_batch
from infra.batches.named_batch import KEYS, NamedBatch
from infra.jobs.job_files import SAMPLES
from infra.jobs.job_files import SCHEMA as JOBS
from infra.jobs.named_files import check_names, check_numbers, read_file, resource_names
from infra.jobs.named_job import NamedJob
from infra.settings.settings import BadConfiguration, Settings

FOLDER = Path(__file__).parent

SCHEMA_FILE = "batch.schema.json"

SCHEMA = Schema(FOLDER / SCHEMA_FILE, "the file", patterns=JOBS.patterns)


def batch_paths(folder: Path = FOLDER) -> list[Path]:
    """The files of batches in ``folder``, by name: every JSON file but the schema."""
    return [path for path in sorted(folder.glob("*.json")) if path.name != SCHEMA_FILE]


def sample_paths(folder: Path = FOLDER) -> list[Path]:
    """The files of samples beside the batches in ``folder``, by name."""
    return batch_paths(folder / SAMPLES)


def names_of(settings: Settings, folder: Path = FOLDER, *, with_samples: bool = False) -> list[str]:
    """The names of a stage's batches: those in its settings; without them all of ``folder`` and no samples.

    ``with_samples`` adds every sample whose resources would have other names than those of the stage's batches.
    """
    names = [path.stem for path in batch_paths(folder)] if settings.batches is None else list(settings.batches)
    if with_samples:
        taken = {resource_names(name) for name in names}
        names += [path.stem for path in sample_paths(folder) if resource_names(path.stem) not in taken]
    return names


def batches_of(
    settings: Settings, jobs: list[NamedJob], folder: Path = FOLDER, *, with_samples: bool = False
) -> list[NamedBatch]:
    """The batches of a stage: those in its settings; without them all of ``folder`` and no samples.

    Parameters
    ----------
    jobs
        The stage's jobs, which the batches may name.
    with_samples
        Whether the samples are added, as far as they are valid beside the stage's own jobs and batches.

    Raises
    ------
    BadConfiguration
        Naming the file, the item and the key. A batch's file takes precedence over a sample of the same name.
    """
    paths = {path.stem: path for path in (*sample_paths(folder), *batch_paths(folder))}
    names = names_of(settings, folder)
    for name in names:
        if name not in paths:
            raise BadConfiguration(
                f'infra/settings/{settings.stage}.toml: batches: unknown batch "{name}"{nearest(name, paths)}. '
                f"Name a batch of infra/batches or a sample: {', '.join(sorted(paths))}."
            )
    check_names([*(job.file for job in jobs), *(_file(paths[name], folder) for name in names)])
    batches = [_read(paths[name], folder, jobs, settings) for name in names]
    check_numbers([*jobs, *batches])
    return [*batches, *(_samples(settings, jobs, batches, folder) if with_samples else ())]


def _samples(settings: Settings, jobs: list[NamedJob], batches: list[NamedBatch], folder: Path) -> Iterator[NamedBatch]:
    """Those that the stage could deploy too: one may name a job that it does not have, or that loads another table."""
    taken = {resource_names(each.name) for each in (*jobs, *batches)}
    for path in sample_paths(folder):
        if resource_names(path.stem) not in taken:
            with contextlib.suppress(BadConfiguration):
                yield _read(path, folder, jobs, settings)


def _file(path: Path, folder: Path) -> str:
    return f"infra/batches/{path.relative_to(folder).as_posix()}"


def _read(path: Path, folder: Path, jobs: list[NamedJob], settings: Settings) -> NamedBatch:
    file = _file(path, folder)
    given, text = read_file(path, file, NamedBatch.what)
    lines = item_lines(text)
    content = _valid(given, file, jobs, lines)
    try:
        batch = NamedBatch(path.stem, content, file, None if lines is None else tuple(lines))
        check_batch(batch, jobs, settings, places_on(lines))
    except BadConfiguration as problem:
        raise BadConfiguration(f"{file}: {problem}") from None
    return batch


def _valid(given: Any, file: str, jobs: list[NamedJob], lines: list[int] | None) -> dict[str, Any]:
    """The content with its defaults. Raises BadConfiguration: a wrong key hides no wrong items."""
    try:
        return SCHEMA.check(given)
    except SchemaError as problem:
        problems = Problems(file)
        problems.add(str(problem))
    content = given if isinstance(given, dict) else {}
    own = {key: value for key, value in content.items() if key in KEYS}
    for key in sorted(content.keys() - own.keys()):
        try:
            SCHEMA.check({key: content[key]})
        except SchemaError as problem:
            problems.add(str(problem))
    try:
        if "items" in own:
            shipped = {job.name: job.shipped for job in jobs}
            batch_of(own, file, jobs=shipped, places=places_on(lines), problems=problems)
        problems.raise_if_any()
    except InvalidRequest as problem:
        raise BadConfiguration(str(problem)) from None
    return {}
