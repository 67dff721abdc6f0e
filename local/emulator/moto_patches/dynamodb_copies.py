"""Makes an item's JSON once for an update or a read; moto makes it twice, and copies it. Its responses stay the same.

The queue of 200 runs is an item of thousands of values, which every write of it goes through.
"""

import copy
import threading
from typing import Any

from moto.dynamodb import models, responses
from moto.dynamodb.models.dynamo_type import DynamoType, Item, LimitedSizeDict

from local.emulator.moto_patches.botocore_calls import PLAIN, Plain, is_plain

FOR = {"moto": "5.2.5"}
"""The version of each package that this was written for."""

# Read here, so that a name that an upgrade of moto changes fails at once.
used = (responses.copy, models.copy)
to_dict = responses.dynamo_to_dict
update_item = responses.DynamoHandler.update_item
to_json = Item.to_json

_here = threading.local()


def install() -> None:
    """Take the shortcuts in this process."""
    responses.copy = _AsJson
    models.copy = _Copies()
    responses.dynamo_to_dict = _to_dict
    responses.DynamoHandler.update_item = _update_item
    Item.to_json = _to_json


def _update_item(self: Any) -> Any:
    """As moto does; it compares the item with what it was, also where the response does not depend on it."""
    _here.returns_old = self.body.get("ReturnValues", "NONE") not in ("NONE", "ALL_NEW")
    return update_item(self)


class _AsJson:
    """What moto's responses take for the copy of an item before the update: they only ask for its JSON."""

    def __init__(self, item: Item) -> None:
        self._json: dict[str, Any] = item.to_json() if _here.returns_old else {"Attributes": {}}

    def to_json(self) -> dict[str, Any]:
        return self._json

    @classmethod
    def deepcopy(cls, item: Item | None) -> Any:
        return None if item is None else cls(item)


class _Copies:
    """Copies no item: moto would only give it to the table's stream, which the stack has not."""

    def deepcopy(self, value: Any) -> Any:
        return value if isinstance(value, Item) else copy.deepcopy(value)


def _to_dict(value: Any) -> Any:
    """The value with DynamoDB's types as plain ones; most are plain already."""
    kind = type(value)
    if kind is dict or kind is LimitedSizeDict:
        return {name: inner if is_plain(inner) else _to_dict(inner) for name, inner in value.items()}
    if kind is list:
        return [_to_dict(inner) for inner in value]
    if kind is DynamoType and (found := _plain(value)) is not None:
        return found
    return value if kind is str or kind is bool else to_dict(value)


def _to_json(self: Any, root: str = "Attributes") -> dict[str, Any]:
    """The item's JSON; each value that is plain is known to be so from then on."""
    found = {name: _plain(value) for name, value in self.attrs.items()}
    return to_json(self, root) if None in found.values() else {root: found}


def _plain(value: DynamoType) -> Plain | None:
    """The value's JSON; None where it holds bytes, or a set."""
    try:
        return Plain(_json_of(value))
    except _NotPlain:
        return None


class _NotPlain(Exception):
    """A value that moto is to make JSON of."""


def _json_of(value: DynamoType) -> dict[str, Any]:
    kind, inner = value.type, value.value
    if kind == "M":
        return {
            kind: {
                name: {each.type: each.value} if type(each.value) is PLAIN.get(each.type) else _json_of(each)
                for name, each in inner.items()
            }
        }
    if kind == "L":
        return {kind: [_json_of(each) for each in inner]}
    if type(inner) is not PLAIN.get(kind):
        raise _NotPlain
    return {kind: inner}
