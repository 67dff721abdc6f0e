"""Telling of something once, although the event that it follows from is delivered at least once.

Before something is sent it is claimed, afterwards marked as told. Whoever finds a claim without the mark comes back
later: the other may still be at it. If that one died, its claim is free after some time, and it is told again rather
than never.
"""

from collections.abc import Callable
from typing import Any, Protocol

from functions import clock
from functions.notifications.run_end import End
from functions.runs.run_table import ConditionFailed, Item

CLAIM_SECONDS = 300
"""Longer than end_run may take."""


class NotificationInProgress(Exception):
    """Another invocation is telling of it; look again later."""


class Told(Protocol):
    """An item of the run table with the maps ``claimed`` and ``told``."""

    item: Item

    def change(self, **arguments: Any) -> None:
        """Change the item as ``RunTable.change`` does."""

    def reload(self) -> None:
        """Read the item again."""


def notify_once(what: str, end: End, send: Callable[[End], None]) -> bool:
    """Send by ``send`` unless that was done; False if it was.

    ``what`` names the marks in the run's item: ``event`` or ``notice``. Raises NotificationInProgress,
    or what ``send`` raises.
    """
    return once(end.run, what, lambda: send(end))


def once(record: Told, what: str, send: Callable[[], None], claim_seconds: float = CLAIM_SECONDS) -> bool:
    """Send by ``send`` unless that was done; False if it was.

    Parameters
    ----------
    what
        The name of the marks in the item's maps.
    claim_seconds
        After how long a claim without its mark is that of an invocation that died.

    Raises
    ------
    NotificationInProgress
        Another invocation has claimed it. Else what ``send`` raises, after its claim was given back.
    """
    if not _claim(record, what, claim_seconds):
        return False
    try:
        send()
    except Exception:
        record.change(remove=(f"claimed.{what}",))
        raise
    record.change(put={f"told.{what}": clock.now()})
    return True


def _claim(record: Told, what: str, claim_seconds: float) -> bool:
    claimed, told = f"claimed.{what}", f"told.{what}"
    try:
        record.change(
            put={claimed: clock.now()},
            condition=f"attribute_not_exists({{{told}}}) AND (attribute_not_exists({{{claimed}}})"
            f" OR {{{claimed}}} < :stale)",
            condition_values={"stale": clock.now() - claim_seconds},
        )
    except ConditionFailed:
        record.reload()
        if what in record.item["told"]:
            return False
        raise NotificationInProgress(f"another invocation is telling by {what}") from None
    return True
