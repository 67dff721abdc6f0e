"""Messages whose failures were not notified, because the end of one of their runs never came."""

from functions import clock
from functions.lifecycle.failures_in_a_row import record_end_of_message
from functions.limits import END_REPEATED_FOR
from functions.notifications.message_failures import notify_of_failures
from functions.notifications.sweep_notice import Thing
from functions.runs.message import MessageRuns
from functions.runs.notification import Notification
from functions.runs.store.notices import find_message
from functions.runs.store.runs import find_run
from functions.runs.store.table import run_table


def is_suspect(message: MessageRuns) -> bool:
    """Whether people have to be notified of what is there.

    No end comes any more by then, but that of a run that takes longer: it has a notification of its own.
    """
    is_old = clock.now() > message.since + END_REPEATED_FOR
    chat_is_due = Notification.NOTICE.chat_is_due(message.claimed, message.notified)
    return bool(message.failures and (not message.notice_sent or chat_is_due) and is_old)


def notify(key: str) -> list[Thing]:
    """Notify of the failures that are there."""
    record = find_message(run_table(), key)
    if record is None or not is_suspect(record):
        return []
    run = find_run(run_table(), record.run)
    if not notify_of_failures(record, None if run is None else record_end_of_message(record, run)):
        return []
    what = (
        f"{len(record.failed)} failure(s) of one message had not been notified: the ends of {record.missing} run(s) of "
        "it are missing"
    )
    return [Thing(record.run, key.split("/")[1], what, "notified now")]
