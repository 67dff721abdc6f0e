"""Strict JSON: rejects NaN and Infinity, which Python accepts."""

import json
import math
from typing import Any


def from_json(text: str | bytes) -> Any:
    """The value. Raises ValueError, also for numbers too large for a double and for values nested too deeply."""
    try:
        return json.loads(text, parse_constant=_no_number, parse_float=_finite, parse_int=_whole)
    except RecursionError:
        raise ValueError("it is nested too deeply") from None


def _finite(written: str) -> float:
    number = float(written)
    return number if math.isfinite(number) else _no_number(written)


def _whole(written: str) -> int:
    try:
        return int(written)
    except ValueError:  # Python reads integers of at most 4,300 digits
        return int(_no_number(written))


def _no_number(word: str) -> Any:
    raise ValueError(f"{word[:20]} is not a JSON number")
