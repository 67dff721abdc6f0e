"""The history of this computer: what ``datamart run`` keeps below ``.datamart/`` in the current directory.

::

    history/records.jsonl                    a record a line, oldest first
    history/runs/<id>/execution.json         of the last 500: what Step Functions says of the execution
    history/runs/<id>/log.jsonl              what its functions logged

``DATAMART_HOME`` names another folder than ``.datamart``. Several commands may write at once: each holds the lock of
``history/lock`` meanwhile. The same event, run twice, is two executions of one name: the newest has the details.
"""

import contextlib
import fcntl
import json
import os
import shutil
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from functions import clock
from functions.runs.history import HistoryRecord
from local.history.history import Selection
from local.history.log_of_runs import LogOfRuns

if TYPE_CHECKING:  # the emulator takes seconds to import
    from local.emulator.ended import Ended

HOME = "DATAMART_HOME"
"""The variable that names the folder."""

MOST_DETAILS = 500
"""Executions whose details are kept: the newest."""

RECORDS, RUNS, EXECUTION, LOG = "records.jsonl", "runs", "execution.json", "log.jsonl"


def home() -> Path:
    """The folder of what is kept on this computer."""
    return Path(os.environ.get(HOME) or ".datamart")


class Files:
    """The history below a folder, which need not exist."""

    def __init__(self, folder: Path | None = None) -> None:
        self.folder = (home() if folder is None else folder) / "history"
        self._log = LogOfRuns()

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
        return next((each for each in reversed(list(self._all())) if run in (each.id, each.execution)), None)

    def details(self, run_id: str) -> Path:
        """The folder with the details of an execution, whether it exists or not."""
        return self.folder / RUNS / run_id

    def _all(self) -> Iterator[HistoryRecord]:
        """A line that is cut or of another release is passed over."""
        for line in self._lines():
            with contextlib.suppress(ValueError, TypeError):
                yield HistoryRecord.from_json(json.loads(line))

    def _lines(self) -> list[str]:
        try:
            return (self.folder / RECORDS).read_text("utf-8", "replace").splitlines()
        except FileNotFoundError:
            return []

    # -- writing ------------------------------------------------------------------------------------------------------

    def keep(self, ended: "Ended") -> None:
        """Keep an execution that has ended: its record, if there is one, and its details."""
        execution = ended.described["name"]
        folder = self.details(execution)
        folder.mkdir(parents=True, exist_ok=True)
        _write(folder / EXECUTION, {"execution": ended.described, "events": ended.events})
        lines = self._log.take(ended.log, ended.described["executionArn"])
        (folder / LOG).write_text("".join(f"{line}\n" for line in lines), "utf-8", "replace")
        if ended.record is not None:
            with self._locked():
                _append(self.folder / RECORDS, json.dumps(ended.record.as_json(), ensure_ascii=False))

    def forget(self, days: int) -> None:
        """Drop the records of what ended more than so many days ago, and the details of all but the newest."""
        if not self.folder.is_dir():
            return
        oldest = clock.timestamp(clock.now() - 86_400 * days)
        with self._locked():
            lines = self._lines()
            kept = [line for line in lines if not _ended_before(line, oldest)]
            if len(kept) < len(lines):
                beside = self.folder / f"{RECORDS}.new"
                beside.write_text("".join(f"{line}\n" for line in kept), "utf-8")
                beside.replace(self.folder / RECORDS)
            folders = sorted((self.folder / RUNS).glob("*"), key=lambda each: each.stat().st_mtime)
            for folder in folders[:-MOST_DETAILS]:
                shutil.rmtree(folder, ignore_errors=True)

    @contextlib.contextmanager
    def _locked(self) -> Iterator[None]:
        with (self.folder / "lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield


def _append(path: Path, line: str) -> None:
    file = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    try:
        os.write(file, f"{line}\n".encode("utf-8", "replace"))
    finally:
        os.close(file)


def _write(path: Path, content: Any) -> None:
    text = json.dumps(content, ensure_ascii=False, default=_plain)
    path.write_text(text, "utf-8", "replace")


def _plain(value: Any) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)


def _ended_before(line: str, moment: str) -> bool:
    try:
        return str(json.loads(line)["finishedAt"]) < moment
    except (ValueError, TypeError, KeyError):
        return False
