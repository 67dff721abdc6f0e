"""What still runs on this computer, in any terminal: a file for each run that ``datamart run`` has started.

::

    history/running/<id>.json      its record so far; the process that runs it holds the file's lock
    history/running/<id>.steps     its events and its log so far, of a run that its terminal shows step by step

A file that nobody has locked is of a process that was killed: it counts for nothing, and who finds it removes it. Of a
batch there is one file, and none of its items.
"""

import contextlib
import fcntl
import heapq
import json
import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from functions.runs.history import HistoryRecord
from local.history import private_files
from local.history.details import json_of
from local.history.files import Files
from local.history.history import RUNNING, Selection
from local.history.record_line import record_in

FOLDER, STEPS = "running", ".steps"


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

    def so_far(self, run: str) -> tuple[list[dict[str, Any]], list[str]]:
        """The events and the log lines of what runs, by its name, as far as its terminal has shown them."""
        try:
            found = json.loads((self._folder / f"{run}{STEPS}").read_text("utf-8", "replace"))
        except (OSError, ValueError):
            return [], []
        return found["events"], found["log"]

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
        self._logs: dict[str, list[str]] = {}
        self._events: dict[str, int] = {}

    def begin(self, record: HistoryRecord) -> None:
        """Say that it runs. Raises OSError."""
        private_files.make_folder(self._folder, self._files.folder.parent)
        beside = self._folder / f".{record.id}.new"
        file = private_files.touch(beside)
        self._open[record.id] = file
        fcntl.flock(file, fcntl.LOCK_EX)  # before others can see the file
        os.write(file, json_of(record.as_json()).encode("utf-8", "replace"))
        beside.replace(self._path(record.id))

    def show(self, run: str, events: Sequence[dict[str, Any]], new_lines: Sequence[str]) -> None:
        """Let others see how far a run is: all its events, and the lines that its log has more. Raises OSError."""
        log = self._logs.setdefault(run, [])
        log += new_lines
        if run in self._open and (new_lines or len(events) > self._events.get(run, 0)):
            self._events[run] = len(events)
            private_files.write(self._folder / f"{run}{STEPS}", json_of({"events": events, "log": log}))

    def end(self, run: str) -> None:
        """It has ended, and the history has it."""
        file = self._open.pop(run, None)
        if file is not None:
            _remove(self._path(run))
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
        _remove(path)
        return None
    finally:
        os.close(file)


def _remove(path: Path) -> None:
    """Remove the file of a run, and that of its steps."""
    for each in (path, path.with_suffix(STEPS)):
        each.unlink(missing_ok=True)
