"""Pauses and resumes the queues of a stage's connections: those that are deployed, and by the time of AWS."""

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from functions import clock
from functions.lifecycle.hand_over import serve
from functions.runs.queue import Pause
from functions.runs.queue_moves import LONGEST_PAUSE, paused, resumed
from functions.runs.slots import open_queue
from functions.runs.store.queues import load_queue
from functions.runs.store.table import RunTable
from functions.similar_names import nearest
from functions.telemetry import logger
from local.aws.aws_errors import in_plain_words
from local.aws.stack import Deployed, deployed_with, stack_of
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
    """The queues of a stage. Every method raises CannotGoOn if the call to AWS fails.

    This computer's clock may be minutes wrong before AWS refuses its calls; the functions read another one.
    """

    def __init__(self, stage: str) -> None:
        with in_plain_words():
            stack = stack_of(stage)
            self._table = RunTable(stack.run_table)
            self._deployed = deployed_with(stack)

    def pauses(self) -> list[Paused]:
        """The pauses that go on, by connection."""
        found = []
        with in_plain_words(), clock.ahead(self._deployed.ahead):
            for connection in self._deployed.connections:
                queue, now = load_queue(self._table, connection), clock.now()
                pauses = queue.pauses if queue else ()
                found += [Paused(connection, each.job, each) for each in pauses if each.is_on(now)]
        return found

    def named(self, name: str) -> Paused:
        """The connection or the job that a person names. Raises CannotGoOn."""
        return named(name, self._deployed)

    def pause(self, what: Paused, until: float | None = None) -> None:
        """Let nobody go until then, or as long as a pause lasts at most.

        Raises CannotGoOn for a time that a pause cannot end at.
        """
        try:
            with in_plain_words(), _unlogged(), clock.ahead(self._deployed.ahead):
                now = clock.now()
                end = now + LONGEST_PAUSE if until is None else until
                queue = open_queue(self._table, what.connection, self._deployed.connections[what.connection])
                serve(self._table, what.connection, queue, lambda queue: paused(queue, what.job, now, end))
        except ValueError as problem:
            raise CannotGoOn(f"--until: {problem}.") from None

    def resume(self, what: Paused) -> None:
        """End the pause; the free slots go to those who wait."""
        with in_plain_words(), _unlogged(), clock.ahead(self._deployed.ahead):
            now, queue = clock.now(), load_queue(self._table, what.connection)
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


def named(name: str, deployed: Deployed) -> Paused:
    """The connection or the job that a person names, by itself or as ``connection/NAME`` or ``job/NAME``.

    Raises CannotGoOn for a name that does not exist, with the closest match, and for one that both have.
    """
    jobs = [Paused(connection, job) for job, connection in sorted(deployed.jobs.items())]
    known = [*map(Paused, deployed.connections), *jobs]
    kind, _, rest = name.rpartition("/")
    found = [each for each in known if (each.job or each.connection) == rest and kind in ("", _kind(each))]
    if len(found) > 1:
        raise CannotGoOn(f'"{name}" is a connection and a job. Use {CONNECTION}/{name} or {JOB}/{name}.')
    if not found:
        names = [each.job or each.connection for each in known]
        raise CannotGoOn(
            f'unknown connection or job "{name}"{nearest(rest, names)}. Deployed are the connections '
            f"{', '.join(deployed.connections)}, and the jobs {', '.join(str(each.job) for each in jobs) or '(none)'}."
        )
    return found[0]


def _kind(what: Paused) -> str:
    return CONNECTION if what.job is None else JOB
