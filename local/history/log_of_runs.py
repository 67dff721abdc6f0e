"""The log of the emulator's functions, read as it grows and handed out by execution.

Every function of every run writes into one file. Read from its beginning at each end, a batch of a thousand items
would read a gigabyte.
"""

import json
import threading
from pathlib import Path

from local.history.details import lines_in


class LogOfRuns:
    """Hands out the lines of an execution once; lines of executions that go on are kept until then."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._log = Path()
        self._offset = 0
        self._lines: dict[str, list[str]] = {}

    def take(self, log: Path, execution_arn: str) -> list[str]:
        """The lines of an execution since the last call for it, without their line breaks.

        ``log`` is the file; another one than before is read from its beginning.
        """
        with self._lock:
            if log != self._log:
                self._log, self._offset = log, 0
                self._lines.clear()
            self._read()
            return self._lines.pop(execution_arn, [])

    def _read(self) -> None:
        """Whole lines only: a function may be writing the last one."""
        with self._log.open("rb") as file:
            file.seek(self._offset)
            whole, end, _ = file.read().rpartition(b"\n")
        self._offset += len(whole) + len(end)
        for line in lines_in(whole.decode("utf-8", "replace")):
            if (execution := _execution_of(line)) is not None:
                self._lines.setdefault(execution, []).append(line)


def _execution_of(line: str) -> str | None:
    if '"correlation_id"' not in line:
        return None
    try:
        found = json.loads(line)
    except (ValueError, RecursionError):
        return None
    execution = found.get("correlation_id") if isinstance(found, dict) else None
    return execution if isinstance(execution, str) else None
