"""The history of a stage: the table that its functions write, read by the index that fits and never by a scan."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import boto3

from functions import clock
from functions.names import execution_arn
from functions.object_ids import is_id
from functions.runs.history import HistoryRecord
from functions.runs.store.history import SORTED_BY, datamart_key, from_item
from local.history.history import Selection

DAYS_BACK = 30
"""Days that are looked at, one after another, where nothing says since when."""

MOST_DAYS_BACK = 3_650
"""Days that are looked at, whatever is asked for: the longest `historyDays`, after which no record is left."""

END_OF_TIME = 2.5e11
"""Seconds since the epoch: no run starts later."""

PAGE = 100
"""Items of a page where records are asked for that not every item is one of."""


class Table:
    """The history in a table of DynamoDB.

    Parameters
    ----------
    name
        The table's.
    machines
        ARNs of the state machines of runs and of batches, whose executions have records.
    client
        That of DynamoDB; by default that of the credentials.
    """

    def __init__(self, name: str, machines: tuple[str, ...], client: Any = None) -> None:
        self._name = name
        self._machines = machines
        self._client = boto3.client("dynamodb") if client is None else client

    def records(self, selection: Selection) -> Iterator[HistoryRecord]:
        """As :meth:`local.history.history.History.records`."""
        count = 0
        for index, key, value in _partitions(selection):
            for record in self._query(index, key, value, selection):
                if selection.has(record):
                    count += 1
                    yield record
                if selection.limit is not None and count >= selection.limit:
                    return

    def find(self, run: str) -> HistoryRecord | None:
        """As :meth:`local.history.history.History.find`."""
        arns = [run] if run.startswith("arn:") else [execution_arn(machine, run) for machine in self._machines]
        for arn in arns:
            found = self._client.get_item(TableName=self._name, Key={"executionArn": {"S": arn}})
            if "Item" in found:
                return from_item(found["Item"])
        return None

    def notes(self) -> tuple[str, ...]:
        """As :meth:`local.history.history.History.notes`: every item of the table is a record."""
        return ()

    def _query(self, index: str, key: str, value: str, selection: Selection) -> Iterator[HistoryRecord]:
        """Records of one value of an index's key, newest first, no more pages of it than are asked for."""
        condition, names, values = "#key = :value", {"#key": key}, {":value": {"S": value}}
        if selection.since is not None or selection.until is not None:
            first, last = selection.since or 0.0, END_OF_TIME if selection.until is None else selection.until
            condition += " AND #sorted BETWEEN :since AND :until"
            names |= {"#sorted": SORTED_BY}
            values |= {":since": {"S": clock.timestamp(first)}, ":until": {"S": clock.timestamp(last)}}
        pages = self._client.get_paginator("query").paginate(
            TableName=self._name,
            IndexName=index,
            KeyConditionExpression=condition,
            ExpressionAttributeNames=names,
            ExpressionAttributeValues=values,
            ScanIndexForward=False,
            Limit=PAGE if selection.limit is None or selection.status else min(PAGE, selection.limit),
        )
        for page in pages:
            yield from map(from_item, page["Items"])


def _partitions(selection: Selection) -> Iterator[tuple[str, str, str]]:
    """Where the records are that are wanted: index, its key, and each value of it, newest first."""
    if selection.datamart is not None:
        if is_id(selection.datamart):
            yield "byDatamartId", "datamartId", selection.datamart.upper()
        else:
            yield "byDatamart", "datamartKey", datamart_key(selection.datamart)
    elif selection.batch is not None:
        yield "byBatch", "batch", selection.batch
    elif selection.job is not None:
        yield "byJob", "job", selection.job
    else:
        now = datetime.fromtimestamp(clock.now(), UTC)
        since = now - timedelta(days=DAYS_BACK)
        if selection.since is not None:
            since = max(datetime.fromtimestamp(selection.since, UTC), now - timedelta(days=MOST_DAYS_BACK))
        # A run that has just begun may be of tomorrow by the clock of this computer.
        for days in range(-1, (now.date() - since.date()).days + 1):
            yield "byDay", "day", (now.date() - timedelta(days=days)).isoformat()
