"""Evaluates SNS filter policies on messages: SNS's part between a topic and a subscription.

moto's own evaluation knows neither ``$or`` nor ``cidr``, and ``equals-ignore-case`` only for values in small letters.
The grammar is checked at synth (infra/jobs/filter_policy.py); the meaning is that of the SNS developer guide,
"Subscription filter policies".
"""

import ipaddress
import json
import operator
from collections.abc import Callable, Iterator
from typing import Any

Policy = dict[str, Any]
Message = dict[str, Any]
"""An SNS message in the shape in which a Lambda function is given it."""

Look = Callable[[tuple[str, ...]], list[Any]]
"""From a path of keys to the values that a message has there: several in an array, none where it has nothing."""


def takes(policy: Policy, scope: str, message: Message) -> bool:
    """Whether a subscription with this filter policy is given a message.

    Parameters
    ----------
    scope
        MessageAttributes or MessageBody. A body that is not a JSON object is never taken.
    """
    if scope == "MessageBody":
        try:
            body = json.loads(message["Message"])
        except ValueError:
            return False
        return isinstance(body, dict) and _matches(policy, lambda path: list(_leaves(body, path)), ())
    attributes = message.get("MessageAttributes") or {}
    return _matches(policy, lambda path: _attribute(attributes.get(path[0])), ())


def _matches(policy: Policy, look: Look, at: tuple[str, ...]) -> bool:
    for key, rules in policy.items():
        path = (*at, key)
        if key == "$or":
            taken = any(_matches(one, look, at) for one in rules)
        elif isinstance(rules, dict):
            taken = _matches(rules, look, path)
        else:
            taken = any(_fits(rule, look(path)) for rule in rules)
        if not taken:
            return False
    return True


def _leaves(value: Any, path: tuple[str, ...]) -> Iterator[Any]:
    """The strings, numbers, booleans and nulls below a path; arrays on the way are looked through."""
    if isinstance(value, list):
        for one in value:
            yield from _leaves(one, path)
    elif path and isinstance(value, dict):
        if path[0] in value:
            yield from _leaves(value[path[0]], path[1:])
    elif not path and not isinstance(value, dict):
        yield value


def _attribute(attribute: dict[str, str] | None) -> list[Any]:
    """The values of a message attribute; SNS compares none of type Binary."""
    kind, value = (attribute["Type"], attribute["Value"]) if attribute else ("Binary", "")
    if kind == "String":
        return [value]
    try:
        parsed = json.loads(value) if kind in ("Number", "String.Array") else []
    except ValueError:
        return []
    return parsed if isinstance(parsed, list) else [parsed]


# -- rules ------------------------------------------------------------------------------------------------------------


def _fits(rule: Any, values: list[Any]) -> bool:
    if not isinstance(rule, dict):
        return any(_same(rule, value) for value in values)
    (name, operand), *_ = rule.items()
    if name == "exists":
        return bool(values) is operand
    if name == "anything-but":
        return bool(values) and not any(_excluded(operand, value) for value in values)
    return any(_OPERATORS[name](operand, value) for value in values)


def _same(wanted: Any, value: Any) -> bool:
    if _is_number(wanted) and _is_number(value):
        return bool(wanted == value)
    return type(wanted) is type(value) and wanted == value


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _excluded(operand: Any, value: Any) -> bool:
    if isinstance(operand, dict):
        return _prefix(operand["prefix"], value)
    return any(_same(one, value) for one in (operand if isinstance(operand, list) else [operand]))


def _prefix(operand: str, value: Any) -> bool:
    return isinstance(value, str) and value.startswith(operand)


def _suffix(operand: str, value: Any) -> bool:
    return isinstance(value, str) and value.endswith(operand)


def _ignoring_case(operand: str, value: Any) -> bool:
    return isinstance(value, str) and value.casefold() == operand.casefold()


_COMPARISONS: dict[str, Callable[[float, float], bool]] = {
    "=": operator.eq,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


def _numeric(operand: list[Any], value: Any) -> bool:
    pairs = zip(operand[::2], operand[1::2], strict=True)
    return _is_number(value) and all(_COMPARISONS[name](value, bound) for name, bound in pairs)


def _cidr(operand: str, value: Any) -> bool:
    try:
        return isinstance(value, str) and ipaddress.ip_address(value) in ipaddress.ip_network(operand)
    except ValueError:
        return False


_OPERATORS: dict[str, Callable[[Any, Any], bool]] = {
    "prefix": _prefix,
    "suffix": _suffix,
    "equals-ignore-case": _ignoring_case,
    "numeric": _numeric,
    "cidr": _cidr,
}
"""Operators that one of several values has to fit."""
