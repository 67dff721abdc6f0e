"""A body as JSON, in values that everything behind can take: Step Functions, DynamoDB, a log, a message.

Python's own reading takes and gives more than JSON has: NaN, halves of surrogate pairs, a depth at which every later
look at the value is a RecursionError.
"""

import json
import math
import re
from typing import Any

DEEPEST = 100
"""Levels of a body; the deepest of API.md 7.3, the tree of an expression in a prompt, has some twenty."""

MAX_VALUES = 400_000
"""Values of a body. Each takes up to 150 bytes for 2 bytes of text (tests/unit/microstrategy/test_memory.py)."""

_TEXT = re.compile(rb'"(?:[^"\\]|\\.)*+"?', re.DOTALL)
"""A JSON text; one that does not end reaches to the end of the body, so that no quote in it is looked at again."""


def count_values(content: bytes) -> int:
    """How many values a JSON text holds at most, found without decoding it."""
    count = _count(content)
    return count if count <= MAX_VALUES else _count(_TEXT.sub(b"", content))  # texts may hold commas and brackets


def _count(content: bytes) -> int:
    return sum(content.count(mark) for mark in (b",", b":", b"[", b"{"))


def decoded(content: bytes) -> Any:
    """The value, or None if the text is empty or not JSON."""
    try:
        text = content.decode("utf-8-sig")
        found = json.loads(text, parse_constant=lambda name: None, parse_float=_finite)
    except (ValueError, RecursionError):
        return None
    if text.count("[") + text.count("{") > DEEPEST and _is_deeper(found, DEEPEST):
        return None
    return json.loads(_in_utf_8(found)) if "\\u" in text else found


def _finite(written: str) -> float | None:
    number = float(written)
    return number if math.isfinite(number) else None


def _is_deeper(value: Any, levels: int) -> bool:
    """Level by level: a recursion would end where it is to be kept from."""
    layer = [value] if isinstance(value, (dict, list)) else []
    for _ in range(levels):
        layer = [
            inner
            for one in layer
            for inner in (one.values() if isinstance(one, dict) else one)
            if isinstance(inner, (dict, list))
        ]
        if not layer:
            return False
    return True


def _in_utf_8(value: Any) -> bytes:
    """Half of a surrogate pair, which only an escape can write, becomes a question mark."""
    return json.dumps(value, ensure_ascii=False).encode("utf-8", "replace")
