"""Reads what this computer keeps of an execution: the history of ``datamart run``."""

from functions.runs.history import HistoryRecord
from functions.text import quoted
from local.errors import CannotGoOn
from local.history.files import Files
from local.history.running_here import RunningHere
from local.report.assemble import Kept
from local.report.source import items_of


class ThisComputer:
    """The history that ``datamart run`` keeps."""

    is_deployed = False

    def __init__(self, files: Files | None = None) -> None:
        self._files = Files() if files is None else files

    def find(self, run: str) -> HistoryRecord:
        """As :meth:`Source.find`."""
        if (found := self._files.find(run)) is not None:
            return found
        if (running := RunningHere(self._files).running(run)) is not None:
            raise CannotGoOn(f"{running.id} still runs in another terminal: datamart watch {running.id} shows its end.")
        raise CannotGoOn(
            f"unknown run {quoted(run, 80)}: the history in {self._files.folder} does not have it. Give the id that "
            "datamart runs prints; a deployed run needs --stage, too."
        )

    def items(self, batch: HistoryRecord) -> list[HistoryRecord]:
        """As :meth:`Source.items`."""
        return items_of(self._files, batch)

    def kept(self, record: HistoryRecord) -> Kept:
        """As :meth:`Source.kept`; of several executions of one name the newest has the details."""
        found = self._files.details_of(record.id)
        why, items, after, server = found.why_gone, found.items, found.after, found.server
        return Kept(found.described, found.events, found.log, why_gone=why, items=items, after=after, server=server)

    def notes(self) -> tuple[str, ...]:
        """As :meth:`Source.notes`."""
        return self._files.notes()
