"""The last run of each datamart that has ended, in the history of a stage or of this computer."""

from collections.abc import Callable, Sequence

from functions.runs.history import HistoryRecord
from local.aws.aws_errors import in_plain_words
from local.aws.stack import stack_of
from local.history.files import Files
from local.history.history import Selection
from local.history.table import Table

LastRun = Callable[[str], HistoryRecord | None]
"""From a datamart's ID to its last run; None where there is none. Raises CannotGoOn if AWS refuses."""


def last_runs(stage: str | None) -> tuple[LastRun, Sequence[str]]:
    """Those of a stage, one query for each datamart; of this computer if it is None. And notes of the history.

    Raises CannotGoOn where there is no such stack, or it keeps no history.
    """
    if stage is None:
        newest: dict[str, HistoryRecord] = {}
        files = Files()
        for record in files.records(Selection()):
            if record.datamart_id is not None:
                newest.setdefault(record.datamart_id, record)
        return newest.get, files.notes()
    with in_plain_words():
        table = Table(stack_of(stage).history_table, ())

    def last_run(datamart_id: str) -> HistoryRecord | None:
        with in_plain_words():
            return next(table.records(Selection(datamart=datamart_id, limit=1)), None)

    return last_run, ()
