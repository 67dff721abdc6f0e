"""Failures in a row, in the item of a job's or a batch's last load (:mod:`functions.runs.store.last_loads`).

Those of runs without a job are in the item of the datamart's durations (:mod:`functions.runs.store.durations`).

::

    inARow, failedSince, failedAt, failedBy     missing while the last run was loaded; failedBy are the last runs
                                                of the series, newest first (of an earlier release the last run alone)
    recovery {by, at, count, since}             from the load that ends a series until people were notified of it

They are in those items because each successful run writes them anyway: one without failures before it costs nothing
more.
"""

import contextlib

from functions import clock
from functions.limits import END_REPEATED_FOR
from functions.runs.series import Series
from functions.runs.store.item_format import Item
from functions.runs.store.table import ConditionFailed, RunTable

NEVER = 0
"""``loadedAt`` of what was never loaded: functions of an earlier release read it wherever there is an item."""

_BEFORE = "(attribute_not_exists({loadedAt}) OR {loadedAt} < :at)"
"""A failure whose end is processed after a later load is not one of a series."""

MOST_RUNS = 20
"""Runs of a series that are known by name. An end is repeated for hours, so few runs can end in between."""

MOST_TRIES = 10
"""Attempts to count a failure in one invocation, while ends of other runs are counted."""

FIELDS = ("inARow", "failedSince", "failedAt", "failedBy")
"""Of a series that no load has ended."""


def is_in(item: Item) -> bool:
    """Whether an item has failures that people were not yet told to have ended."""
    return "inARow" in item or "recovery" in item


def record_failure(
    table: RunTable, key: str, execution_arn: str, at: float, expires_at: int | None = None
) -> Series | None:
    """Count a failure that ended at ``at``, once; returns the series with it, None if it is not one of a series.

    ``expires_at`` is when DynamoDB may forget the item, of one that expires.
    """
    for _ in range(MOST_TRIES):
        item = table.load(key) or {}
        if "inARow" in item and execution_arn in _runs(item):
            return _series(item)
        if item.get("loadedAt", NEVER) >= at:
            return None
        with contextlib.suppress(ConditionFailed):  # another end was counted, or a load; or this write was sent twice
            return _series(_count(table, key, item, execution_arn, at, expires_at))
    raise TimeoutError(f"the failures of {key} were changed {MOST_TRIES} times while one was counted: call it again.")


def _count(table: RunTable, key: str, item: Item, execution_arn: str, at: float, expires_at: int | None) -> Item:
    """Count a failure in the item as it was read; returns it as it then is. Raises ConditionFailed if it has changed.

    Ends may come in any order: the series lasts from the first failure to the last, whichever is counted first.
    """
    count = item.get("inARow")
    put: Item = {"inARow": (count or 0) + 1, "failedBy": [execution_arn, *_runs(item)][:MOST_RUNS]}
    put["failedSince"] = min(at, item["failedSince"]) if count else at
    put["failedAt"] = max(at, item["failedAt"]) if count else at
    put |= {"expiresAt": expires_at} if expires_at else {}
    put |= {} if "loadedAt" in item else {"loadedAt": NEVER}
    unchanged = "{inARow} = :count AND {failedBy} = :runs" if count else "attribute_not_exists({inARow})"
    values: Item = {"count": count, "runs": item["failedBy"]} if count else {}
    return table.change(key, put=put, condition=f"{_BEFORE} AND {unchanged}", condition_values=values | {"at": at})


def _runs(item: Item) -> list[str]:
    """The last runs of a series, newest first."""
    found = item.get("failedBy", [])
    return [found] if isinstance(found, str) else found


def begin_recovery(table: RunTable, key: str, execution_arn: str, at: float, item: Item) -> Series | None:
    """The series that a load at ``at`` ends, for the one run that notifies people of it; None if there is none.

    ``item`` is as it was just written. A run that was to notify people, and whose end is not delivered any more, is
    replaced by the next one.
    """
    now, begun = clock.now(), item.get("recovery")
    if begun is not None:
        if begun["by"] == execution_arn:
            return _recovered(begun)
        if begun["at"] > now - END_REPEATED_FOR:
            return None
        put = {"recovery": begun | {"by": execution_arn, "at": now}}
        return _claimed(table, key, put, "{recovery.by} = :other", {"other": begun["by"]})
    if "inARow" not in item or item["failedAt"] >= at:
        return None
    series = _series(item)
    put = {"recovery": {"count": series.count, "since": series.since, "by": execution_arn, "at": now}}
    condition = "attribute_not_exists({recovery}) AND {failedAt} < :at"
    return _claimed(table, key, put, condition, {"at": at}, remove=FIELDS)


def end_recovery(table: RunTable, key: str, execution_arn: str) -> None:
    """People were notified of it; an earlier delivery of the same end may have done this, too."""
    condition, values = "{recovery.by} = :run", {"run": execution_arn}
    with contextlib.suppress(ConditionFailed):
        table.change(key, remove=("recovery",), condition=condition, condition_values=values)


def _claimed(
    table: RunTable, key: str, put: Item, condition: str, values: Item, remove: tuple[str, ...] = ()
) -> Series | None:
    try:
        table.change(key, put=put, remove=remove, condition=condition, condition_values=values)
    except ConditionFailed as refused:
        found = (refused.item or {}).get("recovery") or {}
        if found.get("by") != put["recovery"]["by"]:  # boto3 may send a write twice whose response was lost
            return None
    return _recovered(put["recovery"])


def _series(item: Item) -> Series:
    return Series(int(item["inARow"]), item["failedSince"], item.get("loadedAt") or None)


def _recovered(stored: Item) -> Series:
    return Series(int(stored["count"]), stored["since"])
