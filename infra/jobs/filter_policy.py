"""The grammar of SNS filter policies: operators, operands, and SNS's limits.

SNS developer guide: "Subscription filter policies" and "Filter policy constraints". It rejects what
SNS would refuse only at deployment, or would interpret in another way than it looks.
"""

import ipaddress
import json
import re
from collections.abc import Callable, Iterator
from typing import Any

from functions.similar_names import nearest
from functions.text import quoted
from infra.settings.settings import BadConfiguration

ATTRIBUTES, BODY = "MessageAttributes", "MessageBody"
"""Values of ``filterScope``: what a policy looks at. The first is the default."""

MOST_KEYS = 5
MOST_COMBINATIONS = 150
MOST_BYTES = 256 * 1024
LARGEST_NUMBER = 10**9

OR = "$or"

Policy = dict[str, Any]


def check_filter(where: str, policy: Policy, scope: str) -> None:
    """Check an SNS filter policy.

    Parameters
    ----------
    where
        What an error begins with: the key, such as ``triggers[0].sns.filter``.
    policy
        The policy, as JSON has it.
    scope
        MessageAttributes or MessageBody.

    Raises BadConfiguration.
    """
    if not policy:
        raise BadConfiguration(f"{where}: is empty. Leave it out to accept every message.")
    if len(policy) > MOST_KEYS:
        raise BadConfiguration(f"{where}: has too many entries: {len(policy)}, and {MOST_KEYS} are allowed by SNS.")
    size = len(json.dumps(policy, ensure_ascii=False).encode())
    if size > MOST_BYTES:
        raise BadConfiguration(f"{where}: has {size} bytes, and SNS allows {MOST_BYTES}; name fewer values.")
    combinations = _level(where, policy, scope, depth=1, combinations=1)
    if combinations > MOST_COMBINATIONS:
        raise BadConfiguration(
            f"{where}: has {combinations} combinations of values, and SNS allows {MOST_COMBINATIONS} (the numbers of "
            "values of all keys multiplied, each times the depth of its key); name fewer values or use prefix."
        )


def _level(where: str, policy: Policy, scope: str, *, depth: int, combinations: int) -> int:
    """Check one level of a policy; the combinations that it comes to, counted as SNS does."""
    for key, rules in policy.items():
        at = f"{where}.{key}"
        if key == OR:
            branches = _alternatives(at, rules)
            counted = (_level(f"{at}[{n}]", one, scope, depth=depth, combinations=combinations) for n, one in branches)
            combinations = sum(counted)
        elif isinstance(rules, dict):
            _check_nested(at, rules, scope)
            combinations = _level(at, rules, scope, depth=depth + 1, combinations=combinations)
        else:
            _check_rules(at, key, rules, scope)
            combinations *= len(rules) * depth
    return combinations


def _alternatives(where: str, rules: Any) -> Iterator[tuple[int, Policy]]:
    # Anything else SNS takes for an ordinary key that happens to be called $or.
    if not isinstance(rules, list) or len(rules) < 2 or not all(isinstance(one, dict) and one for one in rules):
        raise BadConfiguration(f'{where}: must be a list of two or more objects: [{{"a": ["x"]}}, {{"b": ["y"]}}].')
    for number, one in enumerate(rules):
        if reserved := sorted(set(one) & set(_OPERATORS)):
            raise BadConfiguration(
                f"{where}[{number}].{reserved[0]}: is an operator, which SNS does not allow as a key within "
                f"{OR}. Use the name of an attribute or field."
            )
        yield number, one


def _check_nested(where: str, rules: Policy, scope: str) -> None:
    if set(rules) & set(_OPERATORS):
        raise BadConfiguration(f"{where}: must be a list; an operator goes into it: [{json.dumps(rules)}].")
    if scope != BODY:
        raise BadConfiguration(
            f"{where}: must be a list of values: attributes have no fields. For a filter on the message "
            f'itself add "filterScope": "{BODY}" beside the filter.'
        )
    if not rules:
        raise BadConfiguration(f"{where}: is empty.")


_ATTRIBUTE = re.compile(r"[A-Za-z0-9_.-]{1,256}")


def _check_rules(where: str, key: str, rules: Any, scope: str) -> None:
    if not isinstance(rules, list):
        raise BadConfiguration(f"{where}: must be a list of values, not {_shown(rules)}.")
    if not rules:
        raise BadConfiguration(f"{where}: is empty.")
    if scope == ATTRIBUTES and not _ATTRIBUTE.fullmatch(key):
        raise BadConfiguration(f"{where}: invalid attribute name: use letters, digits, _, - and periods.")
    for number, rule in enumerate(rules):
        at = f"{where}[{number}]"
        if isinstance(rule, dict):
            _check_operator(at, rule)
        elif isinstance(rule, list):
            raise BadConfiguration(f"{at}: must be a string, a number, true, false, null or an operator, not a list.")
        elif _is_number(rule):
            _check_size(at, rule)


def _check_operator(where: str, rule: Policy) -> None:
    if len(rule) != 1:
        raise BadConfiguration(f"{where}: must be one operator, not {len(rule)}; write each as an object of its own.")
    (operator, operand), *_ = rule.items()
    if operator not in _OPERATORS:
        raise BadConfiguration(
            f"{where}.{operator}: unknown operator{nearest(operator, _OPERATORS)}. Operators of SNS: "
            f"{', '.join(_OPERATORS)}."
        )
    _OPERATORS[operator](f"{where}.{operator}", operand)


# -- operators --------------------------------------------------------------------------------------------------------


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _check_size(where: str, number: float) -> None:
    if not -LARGEST_NUMBER <= number <= LARGEST_NUMBER:
        raise BadConfiguration(f"{where}: {number} is beyond what SNS compares: -10^9 to 10^9.")


def _string(where: str, operand: Any) -> None:
    if not isinstance(operand, str) or not operand:
        raise BadConfiguration(f"{where}: must be a string, not {_shown(operand)}.")


def _exists(where: str, operand: Any) -> None:
    if not isinstance(operand, bool):
        raise BadConfiguration(f"{where}: must be true or false, not {_shown(operand)}.")


def _cidr(where: str, operand: Any) -> None:
    try:
        if not isinstance(operand, str) or "/" not in operand:
            raise ValueError
        ipaddress.ip_network(operand)
    except ValueError:
        raise BadConfiguration(f"{where}: must be a network such as 10.0.0.0/24, not {_shown(operand)}.") from None


def _anything_but(where: str, operand: Any) -> None:
    if isinstance(operand, dict):
        if set(operand) != {"prefix"}:
            raise BadConfiguration(
                f'{where}: must have values or one prefix: {{"prefix": "x"}}, not {_shown(operand)}.'
            )
        _string(f"{where}.prefix", operand["prefix"])
        return
    values = operand if isinstance(operand, list) else [operand]
    numbers = [value for value in values if _is_number(value)]
    if not values or len(numbers) + sum(isinstance(value, str) for value in values) < len(values):
        raise BadConfiguration(f"{where}: must be strings or numbers, not {_shown(operand)}.")
    if numbers and len(numbers) < len(values):
        raise BadConfiguration(f"{where}: must be all strings or all numbers, not {_shown(operand)}.")
    for number in numbers:
        _check_size(where, number)


_COMPARISONS = ("=", "<", "<=", ">", ">=")


def _numeric(where: str, operand: Any) -> None:
    example = '["=", 5], [">", 0] or [">=", 0, "<", 100]'
    pairs = list(zip(operand[::2], operand[1::2], strict=False)) if isinstance(operand, list) else []
    if not pairs or len(operand) % 2 or len(pairs) > 2:
        raise BadConfiguration(f"{where}: must be such as {example}, not {_shown(operand)}.")
    for comparison, number in pairs:
        if comparison not in _COMPARISONS:
            raise BadConfiguration(f"{where}: {_shown(comparison)} must be one of {', '.join(_COMPARISONS)}.")
        if not _is_number(number):
            raise BadConfiguration(f"{where}: {_shown(number)} after {comparison} must be a number, without quotes.")
        _check_size(where, number)
    if len(pairs) == 2:
        (lower, low), (upper, high) = pairs
        if lower not in (">", ">=") or upper not in ("<", "<="):
            raise BadConfiguration(f'{where}: a range is first ">" or ">=", then "<" or "<=", not {_shown(operand)}.')
        if low >= high:
            raise BadConfiguration(f"{where}: {low} must be less than {high}.")


_OPERATORS: dict[str, Callable[[str, Any], None]] = {
    "prefix": _string,
    "suffix": _string,
    "equals-ignore-case": _string,
    "anything-but": _anything_but,
    "numeric": _numeric,
    "exists": _exists,
    "cidr": _cidr,
}
"""SNS's operators and what checks the operand of each. EventBridge has more, wildcard among them; SNS refuses it."""


def _shown(value: Any) -> str:
    return quoted(value, 80) if isinstance(value, str) else quoted(json.dumps(value), 80)[1:-1]
