"""A run or a batch that has been started before, as ``datamart rerun`` needs it: of a stage, or of this computer."""

import json
from dataclasses import dataclass
from typing import Any

from functions.names import is_batch
from functions.requests.event_shapes import without_added
from functions.runs.executions import input_in
from functions.runs.history import HistoryRecord
from local.aws.aws_errors import in_plain_words
from local.aws.found_execution import FoundExecution
from local.aws.stack import HISTORY
from local.errors import CannotGoOn
from local.history.files import Files
from local.history.running_here import RunningHere
from local.history.table import Table

LOADED = ("yes", "no", "unknown")


@dataclass(frozen=True)
class Earlier:
    """What is to be repeated.

    Parameters
    ----------
    described
        What DescribeExecution answers of it.
    record
        Of the history; None while it runs, and of an earlier release.
    server
        Of this computer: where it ran, as :class:`local.history.details.Details` has it.
    """

    described: dict[str, Any]
    record: HistoryRecord | None
    server: str | None = None

    @property
    def id(self) -> str:
        """The name of the execution."""
        return str(self.described["name"])

    @property
    def execution(self) -> str:
        """Its ARN."""
        return str(self.described["executionArn"])

    @property
    def is_batch(self) -> bool:
        """Whether it is a batch."""
        return is_batch(self.execution)

    @property
    def is_running(self) -> bool:
        """Whether it has not ended."""
        return bool(self.described["status"] == "RUNNING")

    @property
    def loaded(self) -> str:
        """Whether its table is loaded: ``yes``, ``no`` or ``unknown``."""
        if self.record is not None:
            return self.record.loaded
        output, cause = self.described.get("output"), str(self.described.get("cause") or "")
        said = json.loads(output).get("loaded") if output else cause.removeprefix("Loaded: ").partition(".")[0]
        return said if said in LOADED else "unknown"

    @property
    def table(self) -> str:
        """What it loads and how, in words."""
        return table_of(self.record)

    @property
    def again(self) -> dict[str, Any]:
        """The input that repeats it: what was stored, for the same time. Raises CannotGoOn where there is none."""
        given = without_added(input_in(self.described))
        if not isinstance(given, dict) or "refusal" in given:
            raise CannotGoOn(
                f"{self.id}: what it was started with is not a request, and would fail again. Correct it where it "
                "came from."
            )
        if ("job" in given or "batch" in given) and "asOf" not in given:
            return given | {"asOf": self._as_of}
        return given

    @property
    def _as_of(self) -> str:
        """The time that its placeholders were filled in for: that of its start, if nothing said otherwise."""
        if self.record is not None and self.record.as_of is not None:
            return self.record.as_of
        started = self.described["startDate"]
        return started if isinstance(started, str) else str(started.isoformat())


def table_of(record: HistoryRecord | None) -> str:
    """What a run loads and how, in words; None for one that the history does not know."""
    table, append = (None, None) if record is None else (record.table, record.append)
    how = {
        True: "adds rows to it, which are there twice if they are there already",
        False: "replaces what is in it",
        None: "replaces what is in it, or adds rows that may be there already",
    }[append]
    return f"its table {table or '(the history does not know which)'}; a run {how}"


def of_stage(found: FoundExecution) -> Earlier:
    """That of a stage, with its record where the stage keeps a history. Raises CannotGoOn if AWS refuses."""
    record = None
    if HISTORY in found.stack.outputs and found.described["status"] != "RUNNING":
        with in_plain_words():
            record = Table(found.stack.history_table, ()).find(found.arn)
    return Earlier(found.described, record)


def of_this_computer(run: str, files: Files) -> Earlier | None:
    """That of an ID or ARN in the history of this computer; None if it has none.

    Raises CannotGoOn where only the record is left, or where the files may not be read.
    """
    record = files.find(run)
    if record is None:
        if (running := RunningHere(files).running(run)) is not None:
            raise CannotGoOn(
                f"{running.id} still runs in another terminal. Wait for its end (datamart watch {running.id}), or stop "
                "it there first."
            )
        return None
    details = files.details_of(record.id)
    described, why = details.described, details.why_gone or "its details are damaged"
    is_whole = all(isinstance(described.get(key), str) for key in ("name", "executionArn", "status", "startDate"))
    if not is_whole or described["executionArn"] != record.execution or not isinstance(described.get("input"), str):
        raise CannotGoOn(
            f"{record.id}: what it was started with is not kept any more: {why}. Run its file again: datamart run FILE."
        )
    return Earlier(described, record, details.server)
