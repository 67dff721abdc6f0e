"""Pauses and resumes the queues of a stage's connections."""

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from functions import clock
from functions.lifecycle.hand_over import serve
from functions.runs.queue import Pause
from functions.runs.queue_moves import paused, resumed
from functions.runs.slots import open_queue
from functions.runs.store.queues import load_queue
from functions.runs.store.table import RunTable
from functions.similar_names import nearest
from functions.telemetry import logger
from infra.jobs.job_files import FOLDER, jobs_of
from infra.settings.settings import BadConfiguration, Settings, settings_of
from local.aws.aws_errors import in_plain_words
from local.aws.stack import stack_of
from local.errors import CannotGoOn

CONNECTION, JOB = "connection", "job"
"""Kinds of what is paused; each may stand before a name, with a slash between them."""


@dataclass(frozen=True)
class Paused:
    """What is paused or may be: a connection, or a ``job`` of it; ``pause`` is None while it is not paused."""

    connection: str
    job: str | None = None
    pause: Pause | None = None

    @property
    def name(self) -> str:
        """In words."""
        return f'the connection "{self.connection}"' if self.job is None else f'the job "{self.job}"'

    def as_json(self) -> dict[str, Any]:
        """``{"connection", "job", "since", "until"}``; times in UTC, null while it is not paused."""
        since, until = (None, None) if self.pause is None else (self.pause.since, self.pause.until)
        times = {"since": since and clock.timestamp(since), "until": until and clock.timestamp(until)}
        return {"connection": self.connection, "job": self.job} | times


class Queues:
    """The queues of a stage. Every method raises CannotGoOn if the call to AWS fails."""

    def __init__(self, stage: str) -> None:
        self._settings = _settings_of(stage)
        with in_plain_words():
            self._table = RunTable(stack_of(stage).run_table)

    def pauses(self) -> list[Paused]:
        """The pauses that go on, by connection."""
        found, now = [], clock.now()
        for connection in self._settings.connections:
            with in_plain_words():
                queue = load_queue(self._table, connection)
            found += [Paused(connection, each.job, each) for each in (queue.pauses if queue else ()) if each.is_on(now)]
        return found

    def named(self, name: str) -> Paused:
        """The connection or the job that a person names. Raises CannotGoOn."""
        return named(name, self._settings)

    def pause(self, what: Paused, until: float) -> None:
        """Let nobody go until then. Raises CannotGoOn for a time that a pause cannot end at."""
        now = clock.now()
        try:
            with in_plain_words(), _unlogged():
                queue = open_queue(self._table, what.connection, self._settings.most_at_once[what.connection])
                serve(self._table, what.connection, queue, lambda queue: paused(queue, what.job, now, until))
        except ValueError as problem:
            raise CannotGoOn(f"--until: {problem}.") from None

    def resume(self, what: Paused) -> None:
        """End the pause; the free slots go to those who wait."""
        now = clock.now()
        with in_plain_words(), _unlogged():
            queue = load_queue(self._table, what.connection)
            if queue is not None:
                serve(self._table, what.connection, queue, lambda queue: resumed(queue, what.job, now))


@contextmanager
def _unlogged() -> Iterator[None]:
    """Keeps what the functions log in this thread off standard output, which has the command's own lines."""
    thread = threading.get_ident()

    def of_others(record: logging.LogRecord) -> bool:
        return record.thread != thread

    logger.addFilter(of_others)
    try:
        yield
    finally:
        logger.removeFilter(of_others)


def _settings_of(stage: str) -> Settings:
    try:
        return settings_of(stage)
    except BadConfiguration as problem:
        raise CannotGoOn(str(problem)) from None


def named(name: str, settings: Settings, folder: Path = FOLDER) -> Paused:
    """The connection or the job that a person names, by itself or as ``connection/NAME`` or ``job/NAME``.

    Raises CannotGoOn for a name that does not exist, with the closest match, and for one that both have.
    """
    try:
        jobs = [
            Paused(each.content["request"].get("connection", "default"), each.name)
            for each in jobs_of(settings, folder)
        ]
    except BadConfiguration as problem:
        raise CannotGoOn(str(problem)) from None
    known = [*map(Paused, settings.connections), *jobs]
    kind, _, rest = name.rpartition("/")
    found = [each for each in known if (each.job or each.connection) == rest and kind in ("", _kind(each))]
    if len(found) > 1:
        raise CannotGoOn(f'"{name}" is a connection and a job. Use {CONNECTION}/{name} or {JOB}/{name}.')
    if not found:
        names = [each.job or each.connection for each in known]
        raise CannotGoOn(
            f'unknown connection or job "{name}"{nearest(rest, names)}. Connections of the stage {settings.stage}: '
            f"{', '.join(settings.connections)}. Jobs: {', '.join(str(each.job) for each in jobs) or 'none'}."
        )
    return found[0]


def _kind(what: Paused) -> str:
    return CONNECTION if what.job is None else JOB
