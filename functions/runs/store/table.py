"""The run table's operations in plain Python values, and how an update is put into DynamoDB's expressions."""

import os
import time
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from typing import Any

from functions.aws_clients import new_client
from functions.runs.store.attribute_values import from_attribute, to_attribute
from functions.runs.store.item_format import Item
from functions.runs.store.packing import packed, unpacked

DAYS_KEPT = 90
"""Days after its deadline that a run's item is kept: as long as Step Functions remembers the execution's name."""


SECONDS_A_DAY = 86_400

MOST_WRITTEN, MOST_READ = 25, 100
"""Items of one BatchWriteItem and of one BatchGetItem."""


def expiry(last_needed: float) -> int:
    """When DynamoDB may forget an item (TTL) that is needed until ``last_needed`` (seconds since the epoch)."""
    return int(last_needed) + DAYS_KEPT * SECONDS_A_DAY


class ConditionFailed(Exception):
    """The item is not in the state that the write was conditional on.

    ``item`` is the item as it is; None where there is none.
    """

    def __init__(self, condition: str, item: Item | None = None) -> None:
        super().__init__(condition)
        self.item = item


class RunTable:
    """The table's few operations, in plain Python values (numbers come back as int or float).

    ``client`` is the one of DynamoDB to use, if one is there already.
    """

    def __init__(self, name: str, client: Any = None) -> None:
        self._name = name
        self._client = new_client("dynamodb") if client is None else client

    def create(self, item: Item) -> Item:
        """Write a new item, or give the one back that is there already (a retried first step)."""
        try:
            self._client.put_item(
                TableName=self._name,
                Item=_to_dynamodb(item),
                ConditionExpression="attribute_not_exists(executionArn)",
                ReturnValuesOnConditionCheckFailure="ALL_OLD",
            )
        except self._client.exceptions.ConditionalCheckFailedException as refused:
            return _from_dynamodb(refused.response["Item"])
        return item

    def put_all(self, items: Iterable[Item]) -> None:
        """Write items whole, whatever was there; what DynamoDB did not take of a request is sent again."""
        waiting = [{"PutRequest": {"Item": _to_dynamodb(item)}} for item in items]
        refused = 0
        while waiting:
            now, waiting = waiting[:MOST_WRITTEN], waiting[MOST_WRITTEN:]
            answer = self._client.batch_write_item(RequestItems={self._name: now})
            left = answer.get("UnprocessedItems", {}).get(self._name, [])
            refused = _pause(refused, len(left) == len(now))
            waiting = left + waiting

    def load_all(self, keys: Sequence[str]) -> dict[str, Item]:
        """The items that there are (consistent reads), by their keys."""
        waiting, found, refused = list(keys), {}, 0
        while waiting:
            now, waiting = waiting[:MOST_READ], waiting[MOST_READ:]
            wanted = {"Keys": [_to_dynamodb({"executionArn": key}) for key in now], "ConsistentRead": True}
            answer = self._client.batch_get_item(RequestItems={self._name: wanted})
            for item in map(_from_dynamodb, answer["Responses"].get(self._name, [])):
                found[item["executionArn"]] = item
            left = answer.get("UnprocessedKeys", {}).get(self._name, {}).get("Keys", [])
            refused = _pause(refused, len(left) == len(now))
            waiting = [_from_dynamodb(key)["executionArn"] for key in left] + waiting
        return found

    def load(self, execution_arn: str) -> Item | None:
        """The item as it is now (a consistent read), or None."""
        answer = self._client.get_item(
            TableName=self._name, Key=_to_dynamodb({"executionArn": execution_arn}), ConsistentRead=True
        )
        return _from_dynamodb(answer["Item"]) if "Item" in answer else None

    def every(self, fields: tuple[str, ...]) -> Iterator[Item]:
        """Every item there is, page by page, with no more of it than the ``fields``."""
        names = {f"#{field}": field for field in fields}
        pages = self._client.get_paginator("scan").paginate(
            TableName=self._name, ProjectionExpression=", ".join(names), ExpressionAttributeNames=names
        )
        for page in pages:
            yield from map(_from_dynamodb, page["Items"])

    def change(
        self,
        execution_arn: str,
        put: Item | None = None,
        add: dict[str, int] | None = None,
        remove: tuple[str, ...] = (),
        condition: str = "attribute_exists(executionArn)",
        condition_values: Item | None = None,
        returned: bool = True,
    ) -> Item:
        """Change the item at dotted paths (``attempts.1.job``) and return it as it then is.

        ``condition`` names paths as ``{attempts.1.job}`` and values as ``:name`` from ``condition_values``. Nothing of
        a large item need come back that nobody reads: {} where it is not to be ``returned``.

        Raises
        ------
        ConditionFailed
            The condition does not hold; nothing was written.
        """
        names = _Names()
        values: Item = dict(condition_values or {})
        stored_at = {path: packed(path, value) for path, value in (put or {}).items()}
        clauses = [
            _clause("SET", [f"{names.alias(path)} = {_bind(values, stored)}" for path, stored in stored_at.items()]),
            _clause("ADD", [f"{names.alias(path)} {_bind(values, count)}" for path, count in (add or {}).items()]),
            _clause("REMOVE", [names.alias(path) for path in remove]),
        ]
        arguments: Item = {
            "TableName": self._name,
            "Key": _to_dynamodb({"executionArn": execution_arn}),
            "UpdateExpression": " ".join(filter(None, clauses)),
            "ConditionExpression": names.fill(condition),
            "ExpressionAttributeNames": names.aliases,
            "ReturnValues": "ALL_NEW" if returned else "NONE",
            "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
        }
        if values:
            arguments["ExpressionAttributeValues"] = {f":{key}": to_attribute(v) for key, v in values.items()}
        try:
            answer = self._client.update_item(**arguments)
        except self._client.exceptions.ConditionalCheckFailedException as refused:
            found = refused.response.get("Item")
            raise ConditionFailed(condition, found and _from_dynamodb(found)) from None
        return _from_dynamodb(answer.get("Attributes", {}))


def _pause(refused: int, nothing_was_taken: bool) -> int:
    """Wait where DynamoDB has taken nothing of a request; returns how often in a row. Raises TimeoutError at last."""
    if not nothing_was_taken:
        return 0
    if refused == 8:
        raise TimeoutError("DynamoDB has taken nothing of a request, eight times in a row: it throttles the run table.")
    time.sleep(0.05 * 2**refused)
    return refused + 1


@cache
def run_table() -> RunTable:
    """The table that this function was deployed with (environment variable ``RUN_TABLE``)."""
    return RunTable(os.environ["RUN_TABLE"])


class _Names:
    """Aliases for path elements: many plain words are reserved in DynamoDB's expressions."""

    def __init__(self) -> None:
        self.aliases: dict[str, str] = {}

    def alias(self, path: str) -> str:
        parts = []
        for part in path.split("."):
            alias = f"#n{part}" if part.isdigit() else f"#{part}"
            self.aliases[alias] = part
            parts.append(alias)
        return ".".join(parts)

    def fill(self, condition: str) -> str:
        pieces = condition.split("{")
        rest = (piece.split("}", 1) for piece in pieces[1:])
        return pieces[0] + "".join(self.alias(path) + tail for path, tail in rest)


def _clause(word: str, parts: list[str]) -> str:
    return f"{word} {', '.join(parts)}" if parts else ""


def _bind(values: Item, value: Any) -> str:
    key = f"v{len(values)}"
    values[key] = value
    return f":{key}"


def _to_dynamodb(item: Item) -> dict[str, Any]:
    return {key: to_attribute(packed(key, value)) for key, value in item.items()}


def _from_dynamodb(item: dict[str, Any]) -> Item:
    return {key: unpacked(key, from_attribute(value)) for key, value in item.items()}
