"""Reads what this computer keeps of an execution: the history of ``datamart run``."""

import json

from functions.runs.history import HistoryRecord
from local.errors import CannotGoOn
from local.history.files import EXECUTION, LOG, MOST_DETAILS, Files
from local.report.assemble import Kept
from local.report.source import items_of

FEW_KEPT = f"this computer keeps the details of the last {MOST_DETAILS} executions"


class ThisComputer:
    """The history that ``datamart run`` keeps."""

    is_deployed = False

    def __init__(self, files: Files | None = None) -> None:
        self._files = Files() if files is None else files

    def find(self, run: str) -> HistoryRecord:
        """As :meth:`Source.find`."""
        if (found := self._files.find(run)) is not None:
            return found
        raise CannotGoOn(
            f'unknown run "{run}": the history in {self._files.folder} does not have it. Give the id that '
            "datamart runs prints; a deployed run needs --stage, too."
        )

    def items(self, batch: HistoryRecord) -> list[HistoryRecord]:
        """As :meth:`Source.items`."""
        return items_of(self._files, batch)

    def kept(self, record: HistoryRecord) -> Kept:
        """As :meth:`Source.kept`; of several executions of one name the newest has the details."""
        folder = self._files.details(record.id)
        try:
            found = json.loads((folder / EXECUTION).read_text("utf-8"))
            described, events = found["execution"], found["events"]
        except (OSError, ValueError, KeyError, TypeError):
            return Kept({}, [], [], why_gone=FEW_KEPT)
        try:
            log = (folder / LOG).read_text("utf-8", "replace").splitlines()
        except OSError:
            log = []
        return Kept(described, events, log)
