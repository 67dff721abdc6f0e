"""Values of a log line by the type that a report needs: a line may hold anything under any key. Pure."""

import math
from typing import Any


def dict_of(value: Any) -> dict[str, Any]:
    """The value if it is an object, else an empty one."""
    return value if isinstance(value, dict) else {}


def dicts_of(value: Any) -> list[dict[str, Any]]:
    """The objects of a list; none of anything else."""
    return [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []


def number_of(value: Any) -> float:
    """The value if it is a finite number, else 0."""
    is_number = isinstance(value, float) or (type(value) is int and abs(value) < 10**15)
    return value if is_number and math.isfinite(value) else 0


def text_of(value: Any) -> str | None:
    """The value if it is a text, else None."""
    return value if isinstance(value, str) else None


def whole_of(value: Any) -> int | None:
    """The value if it is a whole number, else None."""
    return value if type(value) is int else None
