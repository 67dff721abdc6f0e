"""Telling of an end once, although the end is delivered at least once.

Before something is sent it is claimed, afterwards marked as told. Whoever finds a claim without the mark comes back
later: the other may still be at it. If that one died, its claim is free after CLAIM_SECONDS, and the end is told again
rather than never.
"""

from collections.abc import Callable

from functions.run import clock
from functions.run.record import ConditionFailed
from functions.run.run import Run
from functions.telling.end import End

CLAIM_SECONDS = 300
"""Longer than end_run may take."""


class StillBeingTold(Exception):
    """Another invocation is telling of the end; look again later."""


def tell_once(what: str, end: End, send: Callable[[End], None]) -> bool:
    """Send by ``send`` unless that was done; False if it was.

    ``what`` names the marks in the run's item: ``event`` or ``notice``. Raises StillBeingTold, or what ``send`` raises.
    """
    run = end.run
    if not _claim(run, what):
        return False
    try:
        send(end)
    except Exception:
        run.change(remove=(f"claimed.{what}",))
        raise
    run.change(put={f"told.{what}": clock.now()})
    return True


def _claim(run: Run, what: str) -> bool:
    claimed, told = f"claimed.{what}", f"told.{what}"
    try:
        run.change(
            put={claimed: clock.now()},
            condition=f"attribute_not_exists({{{told}}}) AND (attribute_not_exists({{{claimed}}})"
            f" OR {{{claimed}}} < :stale)",
            condition_values={"stale": clock.now() - CLAIM_SECONDS},
        )
    except ConditionFailed:
        run.reload()
        if what in run.item["told"]:
            return False
        raise StillBeingTold(f"another invocation is telling of the end by {what}") from None
    return True
