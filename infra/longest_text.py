"""How long a value of a template becomes at most when CloudFormation has resolved what it refers to."""

import json
from collections.abc import Callable
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


def longest(value: Any) -> Any:
    """``value`` with a text of the greatest likely length in place of each intrinsic function."""
    if isinstance(value, list):
        return [longest(each) for each in value]
    if not isinstance(value, dict):
        return value
    if len(value) == 1:
        (function, argument), *_ = value.items()
        if function in _FUNCTIONS:
            return _FUNCTIONS[function](argument)
    return {key: longest(each) for key, each in value.items()}


def characters(value: Any) -> int:
    """Characters of a text, or of a document as JSON without blanks."""
    resolved = longest(value)
    return len(resolved if isinstance(resolved, str) else json.dumps(resolved, separators=(",", ":")))


def _reference(argument: Any) -> str:
    return "x" * PSEUDO.get(str(argument), REFERENCE)


def _join(argument: list[Any]) -> str:
    separator, parts = argument
    return str(separator).join(str(longest(part)) for part in parts)


def _longer(argument: list[Any]) -> Any:
    return max(map(longest, argument[1:]), key=lambda each: len(json.dumps(each)))


_FUNCTIONS: dict[str, Callable[[Any], Any]] = {
    "Ref": _reference,
    "Fn::GetAtt": lambda argument: "x" * REFERENCE,
    "Fn::Join": _join,
    "Fn::If": _longer,
    "Fn::Select": lambda argument: "x" * REFERENCE,
    "Fn::Sub": lambda argument: str(argument) + "x" * REFERENCE,
}
