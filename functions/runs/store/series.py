"""Failures in a row, in the item of a job's or a batch's last load (:mod:`functions.runs.store.last_loads`).

Those of runs without a job are in the item of the datamart's durations (:mod:`functions.runs.store.durations`).

::

    inARow, failedSince, failedAt, failedBy     missing while the last run was loaded
    recovery {by, at, count, since}             from the load that ends a series until people were notified of it

They are in those items because each successful run writes them anyway: one without failures before it costs nothing
more.
"""

import contextlib
from typing import Any

from functions import clock
from functions.limits import END_REPEATED_FOR
from functions.runs.series import Series
from functions.runs.store.item_format import Item
from functions.runs.store.table import ConditionFailed, RunTable

NEVER = 0
"""``loadedAt`` of what was never loaded: functions of an earlier release read it wherever there is an item."""

_BEFORE = "(attribute_not_exists({loadedAt}) OR {loadedAt} < :at)"
"""A failure whose end is processed after a later load is not one of a series."""

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
    failure: Item = {"failedAt": at, "failedBy": execution_arn} | ({"expiresAt": expires_at} if expires_at else {})
    for record in (_count, _begin, _begin_unloaded, _count):  # the last where another run was faster with the first
        item = record(table, key, failure)
        if item.get("failedBy") == execution_arn:
            return _series(item)
        if item.get("loadedAt", NEVER) >= at:
            return None
    return None


def _count(table: RunTable, key: str, failure: Item) -> Item:
    """Count a failure of a series that has begun; returns the item as it then is, changed or not."""
    new = "attribute_exists({inARow}) AND {failedBy} <> :run"
    return _changed(table, key, new, {"run": failure["failedBy"]}, put=failure, add={"inARow": 1})


def _begin(table: RunTable, key: str, failure: Item) -> Item:
    """The same of the first failure after a load."""
    return _changed(table, key, "attribute_exists({loadedAt}) AND attribute_not_exists({inARow})", put=_first(failure))


def _begin_unloaded(table: RunTable, key: str, failure: Item) -> Item:
    """The same of the first failure of what was never loaded."""
    condition = "attribute_not_exists({loadedAt}) AND attribute_not_exists({inARow})"
    return _changed(table, key, condition, put=_first(failure) | {"loadedAt": NEVER})


def _first(failure: Item) -> Item:
    return failure | {"inARow": 1, "failedSince": failure["failedAt"]}


def _changed(table: RunTable, key: str, condition: str, values: Item | None = None, **change: Any) -> Item:
    values = {"at": change["put"]["failedAt"]} | (values or {})
    try:
        return table.change(key, condition=f"{_BEFORE} AND {condition}", condition_values=values, **change)
    except ConditionFailed as refused:
        return refused.item or {}


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
