"""Makes moto faster: caches what moto computes for every call. Its responses stay the same.

A run makes about sixty calls, most of them to DynamoDB. A test compares the result
of each shortcut with that of moto.
"""

import copy
import pickle
import string
from functools import cache, lru_cache
from typing import Any
from urllib.parse import urlsplit

import jsonpath_ng.ext
from botocore import useragent
from jsonata.jsonata import Jsonata
from jsonata.utils import Utils
from moto.core import responses
from moto.core.responses_custom_registry import CustomRegistry
from moto.core.serialize import AttributePickerContext, JSONSerializer, XFormedAttributePicker
from moto.dynamodb.models.dynamo_type import DDBType, DynamoType
from moto.dynamodb.parsing.ast_nodes import DepthFirstTraverser, Expression, Node, UpdateExpressionFunction
from moto.dynamodb.parsing.expressions import UpdateExpressionParser
from moto.moto_api._internal.moto_random import MotoRandom
from moto.stepfunctions.parser.asl.component.common.path import result_path
from moto.stepfunctions.parser.asl.component.state.exec.state_task import lambda_eval_utils
from moto.stepfunctions.parser.asl.eval import states
from moto.stepfunctions.parser.asl.utils import json_path
from werkzeug.routing import Rule

from local.emulator.moto_patches.botocore_calls import is_plain

FOR = {"moto": "5.2.5", "jsonata-python": "0.7.1", "botocore": "1.44.5", "werkzeug": "3.1.9"}
"""The version of each package that this was written for."""

_SCALARS = {DDBType.STRING, DDBType.NUMBER, DDBType.BOOLEAN, DDBType.NULL}
"""Kinds of values that JSON holds as they are."""

# Read here, so that a name that an upgrade of moto changes fails at once.
method_names = responses.method_names_from_class
underscored = responses.camelcase_to_underscores
make = UpdateExpressionParser.make
to_regular_json = DynamoType.to_regular_json
nodes_to_be_processed = DepthFirstTraverser.nodes_to_be_processed
traverse = DepthFirstTraverser.traverse_node_recursively
find_clauses = Node.find_clauses
json_path_of, plain_path_of = json_path.parse, result_path.parse
lookup = Jsonata.Frame.lookup
sanitized = useragent.sanitize_user_agent_string_component
boto_client_for = lambda_eval_utils.boto_client_for
find_response = CustomRegistry.find
random_string = MotoRandom.get_random_string
compile_builder = Rule._compile_builder


def install() -> None:
    """Take the shortcuts in this process."""
    responses.method_names_from_class = cache(method_names)
    responses.camelcase_to_underscores = cache(underscored)
    UpdateExpressionParser.make = staticmethod(lru_cache(maxsize=1000)(make))  # its users copy what they change
    DynamoType.to_regular_json = _regular_json
    DepthFirstTraverser.nodes_to_be_processed = _nodes_to_be_processed
    DepthFirstTraverser.traverse_node_recursively = _traverse
    Node.find_clauses = _find_clauses
    Node.__deepcopy__ = _pickled
    lambda_eval_utils.boto_client_for = _cached_client
    JSONSerializer._serialize_type_structure = _serialize
    result_path.parse = lru_cache(maxsize=1000)(plain_path_of)
    json_path.parse = vars(jsonpath_ng.ext)["parse"] = lru_cache(maxsize=1000)(json_path_of)
    Jsonata.Frame.lookup = _lookup
    CustomRegistry.find = _find_response
    MotoRandom.get_random_string = _random_string
    Rule._compile_builder = _compile_builder_late  # type: ignore[method-assign]  # werkzeug alone has types
    states.copy = _Copies()
    useragent.sanitize_user_agent_string_component = lru_cache(maxsize=1000)(sanitized)


def _regular_json(value: Any) -> Any:
    """The value as JSON; moto copies at every level all that is below it."""
    kind, inner = value.type, value.value
    if kind in _SCALARS:
        return {kind: inner}
    if kind == DDBType.MAP:
        return {
            kind: {
                key: {item.type: item.value} if item.type in _SCALARS else _regular_json(item)
                for key, item in inner.items()
            }
        }
    if kind == DDBType.LIST:
        return {kind: [_regular_json(item) for item in inner]}
    return to_regular_json(value)


def _nodes_to_be_processed(self: Any) -> Any:
    """The kinds of nodes that a traverser looks at, which moto asks for at every node."""
    kinds = self.__dict__.get("_kinds")
    if kinds is None:
        kinds = self._kinds = nodes_to_be_processed(self)
    return kinds


_is_a: Any = cache(issubclass)
"""Whether a class is one of others; moto asks it of abstract classes, which is slow, at every node."""


def _traverse(self: Any, node: Any, child_id: int = -1) -> Any:
    """The tree with those nodes processed that the traverser looks at."""
    if not _is_a(type(node), Node):
        return node
    parent = node.parent
    for number, child in enumerate(node.children or ()):
        self.pre_processing_of_child(node, number)
        _traverse(self, child, number)
    if _is_a(type(node), self.nodes_to_be_processed()):
        node = self.process(node)
        node.parent = parent
        if parent:
            parent.children[child_id] = node
    return node


def _find_clauses(self: Any, kinds: Any) -> list[Any]:
    """The clauses of these kinds below a node."""
    found: list[Any] = []
    for child in self.children or ():
        if type(child) in kinds:
            found.append(child)
        elif _is_a(type(child), (Expression, UpdateExpressionFunction)):
            found.extend(child.find_clauses(kinds))
    return found


def _lookup(frame: Any, name: str) -> Any:
    """A variable's value in the innermost frame that has it; every function of JSONata is one of the outermost."""
    while frame is not None:
        value = frame.bindings.get(name, Utils.NONE)
        if value is not Utils.NONE:
            return value
        frame = frame.parent
    return None


def _pickled(node: Any, memo: Any) -> Any:
    """A copy of a parsed expression."""
    return pickle.loads(pickle.dumps(node))  # noqa: S301 - our own


@cache
def _client(region: str, service: str) -> Any:
    return boto_client_for(region=region, service=service)


def _cached_client(region: str, service: str, state_credentials: Any = None) -> Any:
    """A client takes longer to make than a call."""
    return _client(region, service)


def _serialize(self: Any, serialized: Any, value: Any, shape: Any, key: str) -> None:
    """Write those members of a structure that are there; moto looks for each of the others under many names."""
    if key and shape.name == "AttributeValue" and is_plain(value):
        self._default_serialize(serialized, value, shape, key)
        return
    if type(value) is not dict or shape.is_document_type or self._value_picker.response_transformers:
        super(JSONSerializer, self)._serialize_type_structure(serialized, value, shape, key)
        return
    members = _members(shape)
    there = {member for name in value for member in members.get(name, ())}
    wrapper = self.MAP_TYPE() if key else serialized
    for member in filter(there.__contains__, shape.members):
        inner = shape.members[member]
        if value.get(member) is not None and inner.type_name not in ("list", "structure"):
            self._serialize(wrapper, value[member], inner, member)  # under the first name that moto would try
        else:
            self._serialize_structure_member(wrapper, value, inner, member)
    if key:
        self._default_serialize(serialized, wrapper, shape, key)


@cache
def _members(shape: Any) -> dict[str, list[str]]:
    """A structure's members by every name under which moto looks for them in a dictionary."""
    members: dict[str, list[str]] = {}
    for key, member in shape.members.items():
        member.parent = shape  # as moto does, whose names depend on it
        for name in XFormedAttributePicker().get_possible_keys(AttributePickerContext(obj={}, key=key, shape=member)):
            members.setdefault(name, []).append(key)
    return members


def _find_response(self: Any, request: Any) -> Any:
    """Moto compares each URL with those of all its services: none of them is on this machine."""
    return (None, []) if urlsplit(request.url).hostname == "127.0.0.1" else find_response(self, request)


def _random_string(self: Any, length: int = 20, include_digits: bool = True, lower_case: bool = False) -> str:
    """Letters and digits, as a request's ID has many."""
    found = "".join(self.choices(string.ascii_letters + string.digits * include_digits, k=length))
    return found.lower() if lower_case else found


def _compile_builder_late(self: Any, append_unknown: bool = True) -> Any:
    """What builds a rule's URL, compiled when it is asked for one: moto only compares URLs with its rules."""

    def build(rule: Any, *args: Any, **kwargs: Any) -> Any:
        return compile_builder(self, append_unknown).__get__(rule, None)(*args, **kwargs)

    return build


class _Copies:
    """Stands for the module ``copy`` where moto copies the data of a state: they are JSON."""

    def deepcopy(self, value: Any) -> Any:
        if type(value) is dict:
            return {key: self.deepcopy(item) for key, item in value.items()}
        if type(value) is list:
            return [self.deepcopy(item) for item in value]
        return value if type(value) in _UNCHANGING else copy.deepcopy(value)


_UNCHANGING = {str, int, float, bool, type(None)}
