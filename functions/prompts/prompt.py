"""A prompt as the server describes it, with names for what the descriptions leave open (API.md 7.2)."""

from decimal import Decimal, InvalidOperation
from typing import Any

from functions.requests.prompt_address import ADDRESSED_BY
from functions.text import quoted

Prompt = dict[str, Any]
"""The server's own description."""

Given = dict[str, Any]
"""An answer of the request: one of key, id or name; perhaps its type; ``answers`` or ``useDefault``."""

EMPTY: tuple[Any, ...] = (None, "", [], {})
"""Answers that are none."""

TYPES = ("VALUE", "ELEMENTS", "OBJECTS", "EXPRESSION", "LEVEL")
"""Types that can be answered."""

LONGEST_TITLE = 200
"""Characters of a title or a name in a message."""

LONGEST_NUMBER = 500
"""Characters of a number; the largest that a server can hold has 309 digits before its decimal point."""


class Misfit(Exception):
    """An answer that is none to this prompt; the text says why and follows the prompt's title."""


def address_of(prompt: Prompt) -> tuple[str, str]:
    """How an answer names the prompt: its key, because that alone is unique, else its id, else its name.

    An empty key where the server gives none of the three.
    """
    field = next((field for field in ADDRESSED_BY if prompt.get(field)), ADDRESSED_BY[0])
    return field, str(prompt.get(field) or "")


def name_of(prompt: Prompt) -> str:
    """What people call it."""
    return str(prompt.get("name") or prompt.get("title") or address_of(prompt)[1] or "without a name")


def names_of(prompt: Prompt) -> list[str]:
    """The title that the server shows, and the name where that is another."""
    return list(dict.fromkeys((str(prompt.get("title") or name_of(prompt)), name_of(prompt))))


def titled(prompt: Prompt) -> str:
    """For a message: the title that the server shows, and the name where that is another."""
    title, *name = names_of(prompt)
    return f"the prompt {quoted(title, LONGEST_TITLE)}" + "".join(
        f" (named {quoted(other, LONGEST_TITLE)})" for other in name
    )


def has_default(prompt: Prompt) -> bool:
    """Whether ``useDefault`` is an answer."""
    return prompt.get("defaultAnswer") not in EMPTY


def is_required(prompt: Prompt) -> bool:
    """Whether it may not be closed without an answer."""
    return bool(prompt.get("required", False))


def decimal(given: Any) -> Decimal | None:
    """The number, also one that is written as a text; None for all else, and for what is longer than LONGEST_NUMBER."""
    try:
        written = str(given)
        number = Decimal(written if len(written) <= LONGEST_NUMBER else "NaN")
    except (InvalidOperation, ValueError):  # Python writes no whole number of more than 4,300 digits
        return None
    return number if number.is_finite() else None


def least(prompt: Prompt) -> Decimal | None:
    """The limit from below of a number, a length or a count."""
    return decimal(prompt.get("min"))


def most(prompt: Prompt, field: str = "max") -> Decimal | None:
    """The limit from above of a length or a count; what is not positive (-1 in the samples) is no limit."""
    limit = decimal(prompt.get(field))
    return limit if limit is not None and limit > 0 else None
