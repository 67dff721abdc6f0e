"""Keeps the record of an execution that has ended: in the history, and as a line of the log. Idempotent."""

from functions import clock
from functions.runs.history import HistoryRecord
from functions.runs.store.history import write_record
from functions.telemetry import logger


def keep(record: HistoryRecord, ended_at: float | None) -> None:
    """Write the record, unless an earlier delivery of the end has; ``ended_at`` in seconds since the epoch.

    Raises what AWS answers: call it again later.
    """
    if write_record(record, ended_at or clock.now()):
        logger.info("run ended", extra={key: value for key, value in record.as_json().items() if value is not None})
