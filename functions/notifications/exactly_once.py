"""Notifies of something once, although the event that it follows from is delivered at least once.

Before something is sent it is claimed, afterwards marked as sent. An invocation that finds a claim without the mark
comes back later: the other may still be at work. If that one died, its claim is free after some time, and the
notification is sent again rather than never.
"""

from collections.abc import Callable

from functions import clock
from functions.limits import CLAIM_SECONDS
from functions.runs.store.claims import claim, record_notified, release_claim
from functions.runs.store.record import NotifiedRecord


class NotificationInProgress(Exception):
    """Another invocation is sending the notification; look again later."""


def once(
    record: NotifiedRecord,
    what: str,
    send: Callable[[], None],
    claim_seconds: float = CLAIM_SECONDS,
    *,
    due_next: Callable[[], str | None] = lambda: None,
    was_due: bool = False,
) -> bool:
    """Send by ``send`` unless that was done; False if it was.

    Parameters
    ----------
    record
        What it is about.
    what
        The name of its marks in the item.
    claim_seconds
        After how long a claim without its mark is that of an invocation that died.
    due_next
        Returns what becomes due once it is sent: marked in the same write, so that no crash loses it.
    was_due
        Whether it became due in that way.

    Raises
    ------
    NotificationInProgress
        Another invocation has claimed it. Else what ``send`` raises, after its claim was given back.
    """
    if not claim(record, what, stale_before=clock.now() - claim_seconds):
        if what in record.notified:
            return False
        raise NotificationInProgress(f"another invocation is sending the {what}")
    try:
        send()
    except Exception:
        release_claim(record, what, was_due=was_due)
        raise
    record_notified(record, what, due_next())
    return True
