"""The limits of a prompt: minimum and maximum as numbers, and in words (API.md 7.2, 7.4)."""

from decimal import Decimal, InvalidOperation
from typing import Any

from functions.prompts.prompt import Prompt

LONGEST_NUMBER = 500
"""Characters of a number; the largest that a server can hold has 309 digits before its decimal point."""


def decimal(given: Any) -> Decimal | None:
    """The number, also one written as text; None for anything else and for texts longer than LONGEST_NUMBER."""
    try:
        written = str(given)
        number = Decimal(written if len(written) <= LONGEST_NUMBER else "NaN")
    except (InvalidOperation, ValueError):  # Python writes no whole number of more than 4,300 digits
        return None
    return number if number.is_finite() else None


def least(prompt: Prompt) -> Decimal | None:
    """The lower limit of a number, a length or a count; None without one."""
    return decimal(prompt.get("min"))


def most(prompt: Prompt, field: str = "max") -> Decimal | None:
    """The upper limit of a length or a count; None without one, and for 0 and less (-1 in the samples)."""
    limit = decimal(prompt.get(field))
    return limit if limit is not None and limit > 0 else None


def count_in_words(prompt: Prompt, unit: str = "") -> str:
    """The limits of a length or a count: ``1 to 2``, ``at most 50 characters``; empty without limits."""
    return between(prompt.get("min"), prompt.get("max") if most(prompt) is not None else None, unit)


def between(lowest: Any, highest: Any, unit: str = "", words: tuple[str, str] = ("at least", "at most")) -> str:
    """Two limits in words, each as the server wrote it or None; ``words`` precede a limit that stands alone."""
    if lowest is not None and highest is not None:
        return f"exactly {lowest}{unit}" if lowest == highest else f"{lowest} to {highest}{unit}"
    bounds = [
        f"{word} {limit}{unit}" for word, limit in zip(words, (lowest, highest), strict=True) if limit is not None
    ]
    return bounds[0] if bounds else ""
