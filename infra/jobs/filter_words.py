"""Puts a valid SNS filter policy into words: "region = DE and amount > 100"."""

import json
from typing import Any

from infra.jobs.filter_policy import OR, Policy


def policy_words(policy: Policy, path: str = "") -> str:
    """A valid policy in words; ``path`` is that of the object that it is about, with a point behind it."""
    parts = []
    for key, rules in policy.items():
        if key == OR:
            parts.append(f"({' or '.join(policy_words(one, path) for one in rules)})")
        elif isinstance(rules, dict):
            parts.append(policy_words(rules, f"{path}{key}."))
        else:
            parts.append(" or ".join(f"{path}{key} {_rule(rule)}" for rule in rules))
    return " and ".join(parts)


_PHRASES = {
    "prefix": "begins with {}",
    "suffix": "ends with {}",
    "equals-ignore-case": "= {} in any case",
    "cidr": "in {}",
}


def _rule(rule: Any) -> str:
    if not isinstance(rule, dict):
        return f"= {_value(rule)}"
    (operator, operand), *_ = rule.items()
    if operator == "exists":
        return "exists" if operand else "is missing"
    if operator == "anything-but":
        if isinstance(operand, dict):
            return f"begins with anything but {_value(operand['prefix'])}"
        values = operand if isinstance(operand, list) else [operand]
        return f"is not one of {', '.join(map(_value, values))}"
    if operator == "numeric":
        return " and ".join(f"{name} {bound}" for name, bound in zip(operand[::2], operand[1::2], strict=True))
    return _PHRASES[operator].format(_value(operand))


def _value(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)
