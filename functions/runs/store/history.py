"""The history: a table of its own with a record of each run and batch that has ended (environment ``HISTORY_TABLE``).

A record's item has the fields of :class:`functions.runs.history.HistoryRecord` by their public names, those that are
known, and what it is found by::

    executionArn: the key (``execution`` of the record)
    day: UTC date of the start, datamartKey: the datamart's name, folded; expiresAt (TTL)

Each index has the whole record, and ``startedAt`` as its sort key: ``byDay``, ``byJob``, ``byBatch``, ``byDatamart``
(by datamartKey), ``byDatamartId``. A record that lacks the key of an index is not in it. The record of a batch has its
name as ``job``, too: no job has the name of a batch.
"""

import contextlib
import os
from functools import cache
from typing import Any

from functions.aws_clients import new_client
from functions.runs.history import HistoryRecord
from functions.runs.store.attribute_values import from_attribute, to_attribute
from functions.runs.store.item_format import Item
from functions.runs.store.table import SECONDS_A_DAY
from functions.similar_names import folded

INDEXES = {
    "byDay": "day",
    "byJob": "job",
    "byBatch": "batch",
    "byDatamart": "datamartKey",
    "byDatamartId": "datamartId",
}
"""The key of each index."""

SORTED_BY = "startedAt"
"""The sort key of every index."""


def write_record(record: HistoryRecord, ended_at: float) -> None:
    """Write a record unless it was written before: what a repeated end would say of it changes nothing.

    It expires some days (environment ``HISTORY_DAYS``) after ``ended_at``, in seconds since the epoch.
    """
    expires = int(ended_at) + int(os.environ["HISTORY_DAYS"]) * SECONDS_A_DAY
    item = to_item(record) | {"expiresAt": expires}
    with contextlib.suppress(_client().exceptions.ConditionalCheckFailedException):
        _client().put_item(
            TableName=os.environ["HISTORY_TABLE"],
            Item={key: to_attribute(value) for key, value in item.items()},
            ConditionExpression="attribute_not_exists(executionArn)",
        )


def to_item(record: HistoryRecord) -> Item:
    """The item of a record, without the time at which it expires."""
    known = {key: value for key, value in record.as_json().items() if value is not None}
    found_by = {
        "executionArn": known.pop("execution"),
        "day": record.started_at[:10],
        "job": record.batch if record.kind == "batch" else record.job,
        "datamartKey": None if record.datamart is None else datamart_key(record.datamart),
    }
    return known | {key: value for key, value in found_by.items() if value}


def datamart_key(name: str) -> str:
    """What ``byDatamart`` finds a datamart by: its name, however it is capitalised and spaced."""
    return folded(name)


def from_item(item: dict[str, Any]) -> HistoryRecord:
    """The record of an item as DynamoDB's API has it (attribute values)."""
    found = {key: from_attribute(value) for key, value in item.items()}
    if found["kind"] == "batch":
        found.pop("job", None)
    return HistoryRecord.from_json(found | {"execution": found["executionArn"]})


@cache
def _client() -> Any:
    return new_client("dynamodb")
