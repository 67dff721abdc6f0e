"""Lets DynamoDB do one operation after the other, as AWS does for an item.

moto checks a condition and writes in steps, and copies and serializes items that another thread may be changing: of two
runs at once both could win a conditional write, or one fail with a RuntimeError.
"""

import threading
from typing import Any

from moto.dynamodb.responses import DynamoHandler

FOR = {"moto": "5.2.5"}
"""The version of each package that this was written for."""

_lock = threading.RLock()

# Read here, so that a name that an upgrade of moto changes fails at once.
call_action = DynamoHandler.call_action


def install() -> None:
    """Take one operation at a time in this process."""
    DynamoHandler.call_action = _call_action


def _call_action(self: Any) -> Any:
    with _lock:
        return call_action(self)
