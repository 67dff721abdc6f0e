"""What is kept of an execution that has ended: a record in the history, and a line of the log."""

from functions import clock
from functions.runs.history import HistoryRecord
from functions.runs.store.history import write_record
from functions.telemetry import logger


def keep(record: HistoryRecord, ended_at: float | None) -> None:
    """Write the record, unless an earlier delivery of the end has; ``ended_at`` in seconds since the epoch.

    Raises what AWS answers: call it again later.
    """
    write_record(record, ended_at or clock.now())


def log_end(record: HistoryRecord) -> None:
    """Write the line, which queries and the dashboard count.

    It is called where the end event is sent, before that is marked as sent: like the event the line may come twice
    after a crash, and is never lost.
    """
    logger.info("run ended", extra={key: value for key, value in record.as_json().items() if value is not None})
