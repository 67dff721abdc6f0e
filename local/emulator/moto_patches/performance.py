"""What moto works out anew for every call, worked out once or more directly; what it answers stays the same.

A run makes about sixty calls, most of them to DynamoDB. ``tests/unit/emulator/test_moto_shortcuts.py`` holds each
shortcut against what it stands for.
"""

import copy
import pickle
from functools import cache, lru_cache
from typing import Any

from moto.core import responses
from moto.dynamodb.models.dynamo_type import DDBType, DynamoType
from moto.dynamodb.parsing.ast_nodes import DepthFirstTraverser, Node
from moto.dynamodb.parsing.expressions import UpdateExpressionParser

_SETS = (DDBType.STRING_SET, DDBType.NUMBER_SET, DDBType.BINARY_SET)

# Read here, so that a name that an upgrade of moto changes fails at once.
method_names = responses.method_names_from_class
make = UpdateExpressionParser.make
deepcopy = DynamoType.__deepcopy__
to_regular_json = DynamoType.to_regular_json
nodes_to_be_processed = DepthFirstTraverser.nodes_to_be_processed


def install() -> None:
    """Take the shortcuts in this process."""
    responses.method_names_from_class = cache(method_names)
    UpdateExpressionParser.make = staticmethod(lru_cache(maxsize=1000)(make))  # its users copy what they change
    DynamoType.__deepcopy__ = _copied
    DynamoType.to_regular_json = _regular_json
    DepthFirstTraverser.nodes_to_be_processed = _nodes_to_be_processed
    Node.__deepcopy__ = _pickled


def _copied(value: Any, memo: Any = None) -> Any:
    """A copy of a value of DynamoDB, without a memo of what was copied: there are no cycles in it."""
    new = DynamoType.__new__(DynamoType)
    kind, inner = value.type, value.value
    if kind == DDBType.MAP:
        inner = {key: _copied(item) if type(item) is DynamoType else copy.copy(item) for key, item in inner.items()}
    elif kind == DDBType.LIST:
        inner = [_copied(item) if type(item) is DynamoType else copy.copy(item) for item in inner]
    elif kind in _SETS:
        inner = list(inner)
    new.type, new.value = kind, inner
    return new


def _regular_json(value: Any) -> Any:
    """The value as JSON; moto copies at every level all that is below it."""
    kind, inner = value.type, value.value
    if kind == DDBType.MAP:
        return {kind: {key: _regular_json(item) for key, item in inner.items()}}
    if kind == DDBType.LIST:
        return {kind: [_regular_json(item) for item in inner]}
    return to_regular_json(value)


def _nodes_to_be_processed(self: Any) -> Any:
    """The kinds of nodes that a traverser looks at, which moto asks for at every node."""
    kinds = self.__dict__.get("_kinds")
    if kinds is None:
        kinds = self._kinds = nodes_to_be_processed(self)
    return kinds


def _pickled(node: Any, memo: Any) -> Any:
    """A copy of a parsed expression."""
    return pickle.loads(pickle.dumps(node))  # noqa: S301 - our own
