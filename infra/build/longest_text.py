"""Estimates the greatest length of a value of a template after CloudFormation has resolved its references."""

import json
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

PSEUDO = {
    "AWS::AccountId": 12,
    "AWS::Partition": len("aws-us-gov"),
    "AWS::Region": len("ap-southeast-1"),
    "AWS::StackName": 36,
    "AWS::URLSuffix": len("amazonaws.com.cn"),
    "AWS::NoValue": 0,
}
"""Characters of pseudo parameters; a stack's name is DatamartRunner-<stage>."""

REFERENCE = 140
"""Characters of what a reference to a resource stands for: the ARN of a function or rule with a generated name."""


Lengths = Mapping[str, int]
"""Characters of what ``Ref`` of a resource stands for, by its logical id, where it is known to be shorter."""


def longest(value: Any, lengths: Lengths) -> Any:
    """``value`` with a text of the greatest likely length in place of each intrinsic function."""
    if isinstance(value, list):
        return [longest(each, lengths) for each in value]
    if not isinstance(value, dict):
        return value
    if len(value) == 1:
        (function, argument), *_ = value.items()
        if function in _FUNCTIONS:
            return _FUNCTIONS[function](argument, lengths)
    return {key: longest(each, lengths) for key, each in value.items()}


def characters(value: Any, lengths: Lengths = MappingProxyType({})) -> int:
    """Characters of a text, or of a document as JSON without blanks."""
    resolved = longest(value, lengths)
    return len(resolved if isinstance(resolved, str) else json.dumps(resolved, separators=(",", ":")))


def _reference(argument: Any, lengths: Lengths) -> str:
    name = str(argument)
    return "x" * PSEUDO.get(name, lengths.get(name, REFERENCE))


def _join(argument: list[Any], lengths: Lengths) -> str:
    separator, parts = argument
    return str(separator).join(str(longest(part, lengths)) for part in parts)


def _longer(argument: list[Any], lengths: Lengths) -> Any:
    return max((longest(each, lengths) for each in argument[1:]), key=lambda each: len(json.dumps(each)))


_FUNCTIONS: dict[str, Callable[[Any, Lengths], Any]] = {
    "Ref": _reference,
    "Fn::GetAtt": lambda argument, lengths: "x" * REFERENCE,
    "Fn::Join": _join,
    "Fn::If": _longer,
    "Fn::Select": lambda argument, lengths: "x" * REFERENCE,
    "Fn::Sub": lambda argument, lengths: str(argument) + "x" * REFERENCE,
}
