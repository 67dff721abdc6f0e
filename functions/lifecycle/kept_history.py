"""Keeps the record of an execution that has ended: in the history, and as a line of the log. Idempotent."""

from botocore.exceptions import BotoCoreError, ClientError

from functions import clock
from functions.runs.history import HistoryRecord
from functions.runs.store.history import write_record
from functions.telemetry import logger


def keep(record: HistoryRecord, ended_at: float | None) -> None:
    """Write the record, unless an earlier delivery of the end has; ``ended_at`` in seconds since the epoch.

    Raises what AWS answers: call it again later.
    """
    try:
        is_new = write_record(record, ended_at or clock.now())
    except (ClientError, BotoCoreError) as error:
        if _may_be_written(error):  # then the next delivery finds it there, and writes no line
            _log(record)
        raise
    if is_new:
        _log(record)


def _may_be_written(error: Exception) -> bool:
    """Whether the answer was lost; what DynamoDB refuses it has not done."""
    return not isinstance(error, ClientError) or error.response["Error"]["Code"] == "InternalServerError"


def _log(record: HistoryRecord) -> None:
    logger.info("run ended", extra={key: value for key, value in record.as_json().items() if value is not None})
