"""Marks by which people are notified of something once: it is claimed before it is sent, and marked afterwards.

A run, the runs of a message and the notice of late loads have them; stored as ``claimed {what: at}, told {what: at}``.
What becomes due once something else was sent has a claim at time 0, which anybody may take over.
"""

from functions import clock
from functions.runs.store.record import NotifiedRecord

_DUE = 0


def claim(record: NotifiedRecord, what: str, stale_before: float) -> bool:
    """Claim it for this invocation, unless it was sent, or claimed since ``stale_before`` by another one."""
    claimed, told = f"claimed.{what}", f"told.{what}"
    return record.write_if(
        f"attribute_not_exists({{{told}}}) AND (attribute_not_exists({{{claimed}}}) OR {{{claimed}}} < :stale)",
        {"stale": stale_before},
        put={claimed: clock.now()},
    )


def release_claim(record: NotifiedRecord, what: str, *, was_due: bool) -> None:
    """Nothing was sent: another invocation may claim it at once. What had become due stays due."""
    record.write(**({"put": {f"claimed.{what}": _DUE}} if was_due else {"remove": (f"claimed.{what}",)}))


def record_notified(record: NotifiedRecord, what: str, due: str | None = None) -> None:
    """It was sent, and with it became ``due`` what is sent after it."""
    record.write(put={f"told.{what}": clock.now()} | ({f"claimed.{due}": _DUE} if due else {}))
