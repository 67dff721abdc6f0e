"""Reads the history that the emulator's functions write."""

from functions.runs.history import HistoryRecord
from functions.runs.store.history import from_item
from local.emulator.clients import client


def find_record(table: str, execution_arn: str) -> HistoryRecord | None:
    """The record of an execution; None where there is none."""
    found = client("dynamodb").get_item(TableName=table, Key={"executionArn": {"S": execution_arn}})
    return from_item(found["Item"]) if "Item" in found else None
