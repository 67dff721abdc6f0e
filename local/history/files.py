"""The history of this computer: what ``datamart run`` keeps below ``.datamart/`` in the current directory.

::

    history/records.jsonl                    a record a line, oldest first
    history/runs/<id>/execution.json         of the last 500: what Step Functions says of the execution, and the server
    history/runs/<id>/log.jsonl              what its functions logged
    history/runs/<id>/page.html              the page of it (local/pages/kept_page.py)

``DATAMART_HOME`` names another folder than ``.datamart``. Several commands may write at once: each holds the lock of
``history/lock`` meanwhile. The same event, run twice, is two executions of one name: the newest has the details.
Only the owner may read the files, which have requests and answers.
"""

import contextlib
import fcntl
import json
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from functions import clock
from functions.runs.history import HistoryRecord
from local.errors import CannotGoOn
from local.history import details, private_files
from local.history.details import Details, json_of
from local.history.history import Selection
from local.history.home import HOME, home
from local.history.log_of_runs import LogOfRuns
from local.history.record_line import record_in

if TYPE_CHECKING:  # the emulator takes seconds to import
    from local.emulator.ended import Ended

RECORDS, RUNS = "records.jsonl", "runs"


class Files:
    """The history below a folder, which need not exist.

    What reads raises CannotGoOn where a file may not be read, and what writes OSError.
    """

    def __init__(self, folder: Path | None = None) -> None:
        self._home = home() if folder is None else folder
        self.folder = self._home / "history"
        self._log = LogOfRuns()
        self._passed_over: dict[tuple[str, Path], int] = {}

    # -- reading ------------------------------------------------------------------------------------------------------

    def records(self, selection: Selection) -> Iterator[HistoryRecord]:
        """As :meth:`local.history.history.History.records`."""
        count = 0
        for record in sorted(self._all(), key=lambda each: each.started_at, reverse=True):
            if selection.has(record):
                if selection.limit is not None and count >= selection.limit:
                    return
                count += 1
                yield record

    def find(self, run: str) -> HistoryRecord | None:
        """As :meth:`local.history.history.History.find`."""
        return next((each for each in reversed(self._all()) if run in (each.id, each.execution)), None)

    def notes(self) -> tuple[str, ...]:
        """As :meth:`local.history.history.History.notes`."""
        return tuple(
            f"datamart: passed over {count} damaged {what}{'' if count == 1 else 's'} of {path}."
            for (what, path), count in self._passed_over.items()
            if count
        )

    def details(self, run_id: str) -> Path:
        """The folder with the details of an execution, whether it exists or not."""
        return self.folder / RUNS / run_id

    def details_of(self, run_id: str) -> Details:
        """The details of an execution, empty where they are gone or damaged."""
        with self._read():
            found = details.details_in(self.details(run_id))
        self._passed_over["event", self.details(run_id) / details.EXECUTION] = found.passed_over
        return found

    def _all(self) -> list[HistoryRecord]:
        """A line that is cut or of another release is passed over."""
        found = list[HistoryRecord]()
        with self._read():
            lines = self._lines()
        for line in lines:
            with contextlib.suppress(ValueError):
                found.append(record_in(line))
        self._passed_over["line", self.folder / RECORDS] = len(lines) - len(found)
        return found

    def _lines(self) -> list[str]:
        """Raises OSError, but none where nothing was kept yet."""
        try:
            return details.lines_in((self.folder / RECORDS).read_bytes().decode("utf-8", "replace"))
        except FileNotFoundError:
            return []

    @contextlib.contextmanager
    def _read(self) -> Iterator[None]:
        try:
            yield
        except OSError as problem:
            raise CannotGoOn(
                f'the history in "{self.folder}" cannot be read: {problem.filename}: {problem.strerror}. Correct the '
                f"file or its mode, or name another folder in {HOME}."
            ) from None

    # -- writing ------------------------------------------------------------------------------------------------------

    def keep(self, ended: "Ended", server: str | None = None) -> None:
        """Keep an execution that has ended: its record, if there is one, and its details.

        ``server``: where it ran, as :class:`local.history.details.Details` has it.
        """
        execution = ended.described["name"]
        folder = self.details(execution)
        private_files.make_folder(folder, self._home)
        kept = {"execution": ended.described, "events": ended.events, "items": ended.items, "after": {**ended.after}}
        kept |= {} if server is None else {"server": server}
        private_files.write(folder / details.EXECUTION, json_of(kept))
        lines = self._log.take(ended.log, ended.described["executionArn"])
        private_files.write(folder / details.LOG, _text(lines))
        if ended.record is not None:
            with self._locked():
                private_files.append_line(self.folder / RECORDS, json_of(ended.record.as_json()))

    def forget(self, days: int) -> None:
        """Drop the records of what ended more than so many days ago, and the details of all but the newest.

        A line that no release can read goes, too.
        """
        if not self.folder.is_dir():
            return
        oldest = clock.timestamp(clock.now() - 86_400 * days)
        with self._locked():
            lines = self._lines()
            kept = [line for line in lines if _stays(line, oldest)]
            if len(kept) < len(lines):
                private_files.write(self.folder / RECORDS, _text(kept))
            folders = sorted((self.folder / RUNS).glob("*"), key=lambda each: each.stat().st_mtime)
            for folder in folders[: -details.MOST_DETAILS]:
                shutil.rmtree(folder, ignore_errors=True)

    @contextlib.contextmanager
    def _locked(self) -> Iterator[None]:
        lock = private_files.touch(self.folder / "lock")
        try:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield
        finally:
            os.close(lock)


def _text(lines: list[str]) -> str:
    return "".join(f"{line}\n" for line in lines)


def _stays(line: str, oldest: str) -> bool:
    """Whether the line is an object that says no end before that."""
    try:
        found = json.loads(line)
    except (ValueError, RecursionError):
        return False
    return isinstance(found, dict) and not str(found.get("finishedAt", oldest)) < oldest
