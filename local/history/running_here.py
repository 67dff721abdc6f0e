"""What still runs on this computer, in any terminal: a file for each run that ``datamart run`` has started.

::

    history/running/<id>.json      its record so far; the process that runs it holds the file's lock

A file that nobody has locked is of a process that was killed: it counts for nothing, and who finds it removes it. Of a
batch there is one file, and none of its items.
"""

import contextlib
import fcntl
import heapq
import json
import os
from collections.abc import Iterator
from pathlib import Path

from functions.runs.history import HistoryRecord
from local.history import private_files
from local.history.files import Files
from local.history.history import RUNNING, Selection
from local.history.record_line import record_in

FOLDER = "running"


class RunningHere:
    """The history of this computer, and before it what still runs: a :class:`local.history.history.History`."""

    def __init__(self, files: Files) -> None:
        self._files = files
        self._folder = files.folder / FOLDER

    def records(self, selection: Selection) -> Iterator[HistoryRecord]:
        """As :meth:`local.history.history.History.records`."""
        running = [record for record in self._running() if selection.has(record)]
        running.sort(key=lambda each: each.started_at, reverse=True)
        ended = iter(()) if set(selection.status) == {RUNNING} else self._files.records(selection)
        count, seen = 0, set[str]()
        for record in heapq.merge(running, ended, key=lambda each: each.started_at, reverse=True):
            if selection.limit is not None and count >= selection.limit:
                return
            if record.execution not in seen:  # it may have ended meanwhile
                seen.add(record.execution)
                count += 1
                yield record

    def find(self, run: str) -> HistoryRecord | None:
        """As :meth:`local.history.history.History.find`: the record, or that of what still runs."""
        return self._files.find(run) or self.running(run)

    def running(self, run: str) -> HistoryRecord | None:
        """The record of what still runs, by its name or its ARN; None where it does not run here."""
        return next((each for each in self._running() if run in (each.id, each.execution)), None)

    def notes(self) -> tuple[str, ...]:
        """As :meth:`local.history.history.History.notes`."""
        return self._files.notes()

    def _running(self) -> Iterator[HistoryRecord]:
        with contextlib.suppress(OSError):
            for path in sorted(self._folder.glob("*.json")):
                if (text := _locked_text(path)) is not None:
                    with contextlib.suppress(ValueError):
                        yield record_in(text)


class RunsOfThisProcess:
    """Says of the runs of this process that they run, until they have ended or the process has."""

    def __init__(self, files: Files) -> None:
        self._files = files
        self._folder = files.folder / FOLDER
        self._open: dict[str, int] = {}

    def begin(self, record: HistoryRecord) -> None:
        """Say that it runs. Raises OSError."""
        private_files.make_folder(self._folder, self._files.folder.parent)
        beside = self._folder / f".{record.id}.new"
        file = private_files.touch(beside)
        self._open[record.id] = file
        fcntl.flock(file, fcntl.LOCK_EX)  # before others can see the file
        os.write(file, json.dumps(record.as_json(), ensure_ascii=False).encode("utf-8", "replace"))
        beside.replace(self._path(record.id))

    def end(self, run: str) -> None:
        """It has ended, and the history has it."""
        file = self._open.pop(run, None)
        if file is not None:
            self._path(run).unlink(missing_ok=True)
            os.close(file)

    def close(self) -> None:
        """Nothing of this process runs any more."""
        for run in list(self._open):
            self.end(run)

    def _path(self, run: str) -> Path:
        return self._folder / f"{run}.json"


def _locked_text(path: Path) -> str | None:
    """What the file says while somebody holds its lock; None for one that is gone or left behind."""
    try:
        file = os.open(path, os.O_RDONLY)
    except FileNotFoundError:
        return None
    try:
        fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return os.read(file, os.fstat(file).st_size).decode("utf-8", "replace")
    else:
        path.unlink(missing_ok=True)
        return None
    finally:
        os.close(file)
