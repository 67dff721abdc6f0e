"""Counts what the functions of a run ask AWS: calls by function and operation, refused conditions, sizes of items."""

import contextlib
import threading
from collections.abc import Iterator
from decimal import Decimal
from math import ceil
from typing import Any, NamedTuple

import botocore.client
import pytest

from functions.runs.store import batches
from functions.runs.store.history import INDEXES
from local.emulator import Emulator

READS = frozenset({"GetItem", "BatchGetItem", "Scan"})
WRITES = frozenset({"PutItem", "UpdateItem", "BatchWriteItem"})

WRITE_UNIT, READ_UNIT = 1024, 4096
"""Bytes of an item that one unit of DynamoDB writes, and reads consistently."""


class AwsCall(NamedTuple):
    """One call of a function to AWS; of BatchGetItem and BatchWriteItem, one for each item: so DynamoDB counts them.

    Parameters
    ----------
    module
        The function's module.
    operation
        As the service calls it: ``UpdateItem``.
    key
        The item that it is about; empty for other services.
    size
        Bytes of the item after the call, or 0.
    refused
        Whether the condition of the write did not hold.
    """

    module: str
    operation: str
    key: str
    size: int
    refused: bool


class AwsCalls(list[AwsCall]):
    """The calls, in their order, without those to the history; ``invocations`` are the modules of the functions.

    ``history_units`` are the units that the writes to the history take, those of its indexes among them.
    """

    def __init__(self) -> None:
        super().__init__()
        self.invocations: list[str] = []
        self.history_units = 0

    def to_history(self, item: dict[str, Any]) -> None:
        """Count the write of a record: to the table, and to each index that it is in."""
        indexes = sum(key in item for key in INDEXES.values())
        self.history_units += (1 + indexes) * max(1, ceil(size_of(item) / WRITE_UNIT))

    @property
    def reads(self) -> int:
        """Reads of the run table."""
        return sum(call.operation in READS for call in self)

    @property
    def writes(self) -> int:
        """Writes to the run table, whether their condition held or not."""
        return sum(call.operation in WRITES for call in self)

    @property
    def refused(self) -> list[AwsCall]:
        """Writes whose condition did not hold."""
        return [call for call in self if call.refused]

    @property
    def write_units(self) -> int:
        """Units that the writes take: by the larger of the item before and after."""
        units, size = 0, dict[str, int]()
        for call in self:
            if call.operation in WRITES:
                units += max(1, ceil(max(call.size, size.get(call.key, 0)) / WRITE_UNIT))
            if not call.refused:
                size[call.key] = call.size
        return units

    @property
    def read_units(self) -> int:
        """Units that the reads take."""
        return sum(max(1, ceil(call.size / READ_UNIT)) for call in self if call.operation in READS)


@contextlib.contextmanager
def counted(emulator: Emulator) -> Iterator[AwsCalls]:
    """The calls of all functions of an emulator until the end of the block."""
    calls, here = AwsCalls(), threading.local()
    call, around = botocore.client.BaseClient._make_api_call, emulator.runtime.around

    @contextlib.contextmanager
    def within(module: str, event: Any) -> Iterator[None]:
        here.module = module
        calls.invocations.append(module)
        try:
            with around(module, event):
                yield
        finally:
            here.module = None

    def called(client: Any, operation: str, params: dict[str, Any]) -> Any:
        module = getattr(here, "module", None)
        if module is None:
            return call(client, operation, params)
        if params.get("TableName") == emulator.deployed.history_table:
            calls.to_history(params["Item"])
            return call(client, operation, params)
        found: dict[str, Any] = {}
        refused = False
        try:
            found = call(client, operation, params)
        except client.exceptions.ClientError as error:
            refused = error.response["Error"]["Code"] == "ConditionalCheckFailedException"
            raise
        finally:
            for key, item in _items(params, found):
                calls.append(AwsCall(module, operation, key, size_of(item), refused))
        return found

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(emulator.runtime, "around", within)
        patch.setattr(botocore.client.BaseClient, "_make_api_call", called)
        yield calls


@contextlib.contextmanager
def without_plans() -> Iterator[None]:
    """In the block functions read the plan of their batch each time, as one in a new process does."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(batches, "_plan", batches._plan.__wrapped__)
        yield


def _items(params: dict[str, Any], found: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """The items that a call is about, each with its key; one without either for other services."""
    for requests in params.get("RequestItems", {}).values():
        if isinstance(requests, list):
            items = [request["PutRequest"]["Item"] for request in requests]
            yield from ((item["executionArn"]["S"], item) for item in items)
        else:
            of_table = [item for items in found.get("Responses", {}).values() for item in items]
            items = {item["executionArn"]["S"]: item for item in of_table}
            yield from ((key["executionArn"]["S"], items.get(key["executionArn"]["S"], {})) for key in requests["Keys"])
    if "RequestItems" not in params:
        item = found.get("Attributes") or found.get("Item") or params.get("Item") or {}
        key = (params.get("Key") or params.get("Item") or {}).get("executionArn", {"S": ""})
        yield key["S"], item


def size_of(item: dict[str, Any]) -> int:
    """Bytes of an item, whose attributes are as DynamoDB's API has them, as DynamoDB counts them."""
    return sum(len(name.encode()) + _size(value) for name, value in item.items())


def _size(attribute: dict[str, Any]) -> int:
    ((kind, value),) = attribute.items()
    if kind == "M":
        return 3 + sum(1 + len(name.encode()) + _size(inner) for name, inner in value.items())
    if kind == "L":
        return 3 + sum(1 + _size(inner) for inner in value)
    if kind == "N":
        return 1 + ceil(len(Decimal(value).as_tuple().digits) / 2)
    return len(value.encode()) if kind == "S" else 1
