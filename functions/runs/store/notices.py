"""Notifications that are about more than one run: of the failures of one message's runs, and of late loads.

Both have an item of their own, their keys ``message/<job>/<message id>`` and ``late/<time in UTC>``::

    executionArn: the key, claimed {notice}, told {notice}, expiresAt (TTL)
    of a message: run: ARN of the first that ended, runs, since, failures, elsewhere,
                  ends {"<digits>": {} or {run, text}}

Of the runs of a connection, or of a batch, that take longer than usual an item counts those of an hour,
``longer/<connection, or ARN of the batch's execution>/<hour in UTC>``::

    executionArn: the key, count, expiresAt (TTL)
"""

from functions import clock
from functions.runs.message import MessageRuns, RunFailure
from functions.runs.notification import Notification
from functions.runs.store.item_format import Item
from functions.runs.store.record import NotifiedRecord
from functions.runs.store.table import ConditionFailed, RunTable, expiry

MESSAGE_PREFIX = "message/"


class MessageRecord(NotifiedRecord, MessageRuns):
    """The runs of one message, kept current by every write of this invocation."""

    def __init__(self, table: RunTable, item: Item) -> None:
        super().__init__(table, item["executionArn"])
        self.know(item)

    def know(self, item: Item) -> None:
        """Take the item as it is now."""
        ends = {digits: RunFailure(end["run"], end["text"]) if end else None for digits, end in item["ends"].items()}
        self.run, self.runs, self.since = item["run"], int(item["runs"]), item["since"]
        self.failures, self.elsewhere, self.ends = int(item["failures"]), int(item.get("elsewhere", 0)), ends
        self.claimed, self.notified = item["claimed"], item["told"]


def message_key(job_name: str | None, message_id: str) -> str:
    """The key of a message's item."""
    return f"{MESSAGE_PREFIX}{job_name}/{message_id}"


def begin_message(table: RunTable, key: str, run: str, runs: int) -> MessageRecord:
    """The item of a message that started ``runs`` runs; it is made with the end of the first, ``run``."""
    item = table.load(key)
    if item is None:
        now = clock.now()
        new = {"runs": runs, "failures": 0, "ends": {}, "run": run, "since": now, "expiresAt": expiry(now)}
        try:
            item = table.change(
                key, put=new | {"claimed": {}, "told": {}}, condition="attribute_not_exists({executionArn})"
            )
        except ConditionFailed as refused:
            item = refused.item or {}
    return MessageRecord(table, item)


def find_message(table: RunTable, key: str) -> MessageRecord | None:
    """The item of a message; None if it does not exist."""
    item = table.load(key)
    return None if item is None else MessageRecord(table, item)


def record_end(record: MessageRecord, digits: str, failure: RunFailure | None, *, elsewhere: bool = False) -> bool:
    """Register the end of one of the runs, once; False if it was, or if people are being notified without it.

    ``digits`` are those at the end of the execution's name. ``elsewhere``: it failed, and another notification has it.
    """
    path, claimed = f"ends.{digits}", f"claimed.{Notification.NOTICE}"
    return record.write_if(
        f"attribute_not_exists({{{path}}}) AND attribute_not_exists({{{claimed}}})",
        put={path: {"run": failure.run, "text": failure.text} if failure else {}},
        add={"failures": int(failure is not None), "elsewhere": int(elsewhere)},
    )


class LateNoticeRecord(NotifiedRecord):
    """The notice for one time at which loads are expected."""

    def __init__(self, table: RunTable, item: Item) -> None:
        super().__init__(table, item["executionArn"])
        self.know(item)

    def know(self, item: Item) -> None:
        """Take the item as it is now."""
        self.claimed, self.notified = item["claimed"], item["told"]


def begin_late_notice(table: RunTable, at: float) -> LateNoticeRecord:
    """The item of the notice for a time; it is made by the first that asks for it."""
    key = f"late/{clock.timestamp(at)}"
    item = {"executionArn": key, "claimed": {}, "told": {}, "expiresAt": expiry(clock.now())}
    return LateNoticeRecord(table, table.create(item))


def count_longer(table: RunTable, among: str | None) -> int:
    """Count a run that takes longer than usual ``among`` those of a connection, or of a batch (its ARN).

    Returns how many there are in this hour, with this one.
    """
    now = clock.now()
    item = table.change(
        f"longer/{among}/{clock.timestamp(now - now % 3_600)}",
        put={"expiresAt": expiry(now)},
        add={"count": 1},
        condition="attribute_not_exists({claimed})",  # always: the first makes the item
    )
    return int(item["count"])
