"""Marks by which people are notified of something once: it is claimed before it is sent, and marked afterwards.

A run, the runs of a message and the notice of late loads have them; stored as ``claimed {what: at}, told {what: at}``.
"""

from functions import clock
from functions.runs.notification import Notification
from functions.runs.store.record import NotifiedRecord


def claim(record: NotifiedRecord, what: Notification, stale_before: float) -> bool:
    """Claim it for this invocation, unless it was sent, or claimed since ``stale_before`` by another one."""
    claimed, told = f"claimed.{what}", f"told.{what}"
    return record.write_if(
        f"attribute_not_exists({{{told}}}) AND (attribute_not_exists({{{claimed}}}) OR {{{claimed}}} < :stale)",
        {"stale": stale_before},
        put={claimed: clock.now()},
    )


def release_claim(record: NotifiedRecord, what: Notification) -> None:
    """Nothing was sent: another invocation may claim it at once."""
    record.write(remove=(f"claimed.{what}",))


def record_notified(record: NotifiedRecord, what: Notification) -> None:
    """It was sent."""
    record.write(put={f"told.{what}": clock.now()})
