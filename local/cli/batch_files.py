"""Reads a batch for the commands: from a file of any kind that may hold one, or a named batch of a stage."""

import re
from pathlib import Path
from typing import Any

from functions.errors import InvalidRequest
from functions.requests.batches.batch import Batch, batch_of
from functions.requests.batches.batch_bytes import content_from_bytes
from functions.requests.batches.membership import KEY
from functions.requests.batches.part import part_of
from functions.requests.named_jobs import Job
from functions.similar_names import nearest
from infra.batches.batch_files import SCHEMA, batch_paths, batches_of, sample_paths
from infra.batches.named_batch import KEYS
from infra.jobs.job_files import jobs_of
from infra.settings.settings import BadConfiguration, Settings, settings_of
from local.cli.input_files import starts_batch
from local.errors import CannotGoOn
from local.synth import STAGE

NAME = re.compile(r"[A-Za-z][A-Za-z0-9_-]*")
"""What is taken for the name of a batch; anything else is a path."""


def batch_names() -> set[str]:
    """The names of all files of batches and of their samples, whatever stage deploys them, and valid or not."""
    return {path.stem for path in (*batch_paths(), *sample_paths())}


def check_input(content: Any, data: bytes, file: Path) -> None:
    """Check the batch in the file of an execution's input, as far as that does not depend on when it starts.

    Parameters
    ----------
    content
        The input, which may be that of something else.
    data
        The bytes that it was read from.

    Raises
    ------
    CannotGoOn
        Naming the file, each wrong item and its line.
    """
    if not (starts_batch(content) and isinstance(content.get(KEY), dict)):
        return
    BatchFiles(_settings()).read_bytes(data, str(file))


def most_at_once(content: Any) -> int | None:
    """``maxConcurrency`` of the batch that an execution's input gives or names; None where there is none.

    Raises CannotGoOn where it is named and the files of batches cannot be read.
    """
    batch = content.get(KEY) if starts_batch(content) else None
    if isinstance(batch, str):
        batch = BatchFiles(_settings()).written(batch)
    most = batch.get("maxConcurrency") if isinstance(batch, dict) else None
    return int(most) if isinstance(most, (int, float)) else None


def _settings() -> Settings:
    """Of the stage that the emulator has. Raises CannotGoOn."""
    try:
        return settings_of(STAGE)
    except BadConfiguration as problem:
        raise CannotGoOn(str(problem)) from None


class BatchFiles:
    """The batches that a command may name: those of a stage, the samples, and any file.

    Parameters
    ----------
    settings
        Of the stage.

    Raises
    ------
    CannotGoOn
        For a file of a job or batch that is invalid.
    """

    def __init__(self, settings: Settings) -> None:
        self._stage = settings.stage
        try:
            jobs = jobs_of(settings, with_samples=True)
            self._batches = {each.name: each for each in batches_of(settings, jobs, with_samples=True)}
        except BadConfiguration as problem:
            raise CannotGoOn(str(problem)) from None
        self.jobs: dict[str, Job] = {job.name: job.shipped for job in jobs}

    def written(self, name: str) -> dict[str, Any]:
        """A named batch as its file has it, without what starts it; {} where there is none of that name."""
        return self._batches[name].batch if name in self._batches else {}

    def read(self, file_or_name: str) -> Batch:
        """A file holds a batch as JSON or CSV, alone or as ``{"batch": …}``; that of a named batch has triggers, too.

        Raises CannotGoOn.
        """
        if NAME.fullmatch(file_or_name):
            return self._named(file_or_name)
        return self.read_bytes(_bytes_of(file_or_name), file_or_name)

    def read_bytes(self, data: bytes, file: str) -> Batch:
        """The batch in the bytes of a file. Raises CannotGoOn, naming the file, the item and its line."""
        try:
            written = content_from_bytes(data, file)
            content = written.content
            only: Any = None
            if isinstance(content, dict) and "restartOf" in content:
                raise CannotGoOn(f'{file}: is a restart. Give the batch, and in "only" the items that are left.')
            if isinstance(content, dict) and "batch" in content:
                content, only = content["batch"], content.get("only")
            if isinstance(content, str):
                batch = self._named(content)
            else:
                batch = batch_of(_without_triggers(content), file, jobs=self.jobs, places=written.places)
            are_names = isinstance(only, list) and all(isinstance(name, str) for name in only)
            return part_of(batch, only, file) if are_names else batch  # anything else is refused when it starts
        except InvalidRequest as problem:
            raise CannotGoOn(str(problem)) from None

    def _named(self, name: str) -> Batch:
        if name not in self._batches:
            raise CannotGoOn(
                f'there is no batch "{name}"{nearest(name, self._batches)}. Batches of the stage {self._stage}: '
                f"{', '.join(self._batches) or 'none'}. Write a file as a path: ./{name}."
            )
        written = self.written(name)
        if "items" not in written:
            raise CannotGoOn(
                f"the batch {name} takes its items from an upload or a message (acceptRequests). Give the file that is "
                "uploaded."
            )
        return batch_of(written, f"the batch {name}", jobs=self.jobs)


def _bytes_of(file: str) -> bytes:
    try:
        return Path(file).read_bytes()
    except OSError as problem:
        raise CannotGoOn(f"{file}: is neither the name of a batch nor a file to read ({problem.strerror}).") from None


def _without_triggers(content: Any) -> Any:
    """The batch in what may be the file of a named batch."""
    if not isinstance(content, dict):
        return content
    return {key: value for key, value in content.items() if key in KEYS or key not in SCHEMA.rules["properties"]}
