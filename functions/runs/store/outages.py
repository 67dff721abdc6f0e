"""The failures of a connection's outage: an item each, with those that people were not yet notified of.

::

    executionArn: outage/<connection>, window, openedBy, due, gathered {"<digest>": {run, at, datamart, job, loaded,
    error, reason, durations {words: text}, batch {status, items, loads, commands}}}, outageSince, before, sentAt,
    sent {"<digest>": at}, claimed {…}, told {…}, expiresAt (TTL)

``openedBy`` and ``due`` are missing while nothing is gathered. Every write is conditional on the window that this
invocation knows: what was meant for one window never changes the next.
"""

from hashlib import sha256
from typing import Any

from functions import clock
from functions.limits import END_REPEATED_FOR
from functions.runs.notification import Notification
from functions.runs.outage import FailedBatch, GatheredFailure, Outage, Window
from functions.runs.store.item_format import Item
from functions.runs.store.record import NotifiedRecord
from functions.runs.store.table import RunTable, expiry

PREFIX = "outage/"

MOST_REMEMBERED = 2_000
"""Failures that were sent and that the item still names: with 40 bytes each they are far from an item's limit."""


class OutageRecord(NotifiedRecord, Outage):
    """An outage, kept current by every write of this invocation."""

    def __init__(self, table: RunTable, item: Item) -> None:
        super().__init__(table, item["executionArn"])
        self.know(item)

    def know(self, item: Item) -> None:
        """Take the item as it is now."""
        self.number = int(item["window"])
        self.window = Window(item["openedBy"], item["due"]) if "due" in item else None
        failures = {digest: _failure(stored) for digest, stored in item["gathered"].items()}
        self.failures = dict(sorted(failures.items(), key=lambda each: each[1].at))
        self.since, self.before, self.sent_at = item["outageSince"], int(item["before"]), item["sentAt"]
        self.sent = item["sent"]
        self.claimed, self.notified = item["claimed"], item["told"]

    @property
    def identity(self) -> str:
        """What a notification is about: each window has one of its own."""
        return f"{self.key}/{self.number}"

    def write(self, **change: Any) -> None:
        """Change the window that this invocation knows. Raises ConditionFailed if that is over."""
        condition = change.pop("condition", "attribute_exists({executionArn})")
        values = (change.pop("condition_values", None) or {}) | {"window": self.number}
        super().write(condition=f"{{window}} = :window AND ({condition})", condition_values=values, **change)


def digest_of(execution_arn: str) -> str:
    """By what a failure is known in the item."""
    return sha256(execution_arn.encode()).hexdigest()[:16]


def find_outage(table: RunTable, connection: str) -> OutageRecord | None:
    """The item of a connection; None if it has had no outage for long."""
    item = table.load(PREFIX + connection)
    return None if item is None else OutageRecord(table, item)


def begin_outage(table: RunTable, connection: str) -> OutageRecord:
    """The item of a connection; it is made with its first failure."""
    found = find_outage(table, connection)
    if found is not None:
        return found
    new: Item = {"window": 1, "gathered": {}, "outageSince": 0, "before": 0, "sentAt": 0, "sent": {}}
    rest = {"executionArn": PREFIX + connection, "claimed": {}, "told": {}, "expiresAt": expiry(clock.now())}
    return OutageRecord(table, table.create(new | rest))


def gather(record: OutageRecord, failure: GatheredFailure) -> bool:
    """Register a failure, once; False while people are being notified, or if another invocation was faster.

    The first failure of a window opens it.
    """
    digest, now = digest_of(failure.run), clock.now()
    if digest in record.failures or digest in record.sent:
        return True
    put: Item = {f"gathered.{digest}": _stored(failure), "expiresAt": expiry(now)}
    if record.window is None:
        put |= {"openedBy": failure.run, "due": record.due_at(now)}
        put |= {} if record.goes_on(now) else {"outageSince": now, "before": 0}
        opens = "attribute_not_exists({due})"
    else:
        opens = "attribute_exists({due})"
    return record.write_if(f"{opens} AND attribute_not_exists({{claimed.{Notification.NOTICE}}})", put=put)


def _stored(failure: GatheredFailure) -> Item:
    """What the item has of a failure; nothing of what it does not say."""
    stored = failure._asdict() | ({"batch": failure.batch._asdict()} if failure.batch else {})
    return {name: value for name, value in stored.items() if value is not None or name == "job"}


def _failure(stored: Item) -> GatheredFailure:
    batch = stored.get("batch")
    return GatheredFailure(**stored | ({"batch": FailedBatch(**batch)} if batch else {}))


def close_window(record: OutageRecord) -> bool:
    """People were notified of the window: the next failure opens another one. False if that was done before."""
    now = clock.now()
    sent = {digest: at for digest, at in record.sent.items() if at > now - END_REPEATED_FOR}
    sent |= dict.fromkeys(record.failures, now)
    return record.write_if(
        f"attribute_exists({{told.{Notification.NOTICE}}})",
        put={
            "window": record.number + 1,
            "gathered": {},
            "before": record.before + len(record.failures),
            "sentAt": now,
            "sent": dict(list(sent.items())[-MOST_REMEMBERED:]),
            "claimed": {},
            "told": {},
        },
        remove=("openedBy", "due"),
    )
