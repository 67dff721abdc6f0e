"""Keeps the values of answers out of texts, where the stage hides them (settings: ``showAnswers``)."""

import json
import os
import re
from collections.abc import Collection, Iterator
from typing import Any

HIDDEN = "(hidden)"

LONGEST_SHOWN = 60
"""Characters of a value that a text has at least where it cuts the value (functions/text.py, shown)."""


def answers_are_shown() -> bool:
    """Whether the stage shows the values of answers."""
    return os.environ.get("SHOW_ANSWERS") != "false"


def without_answers(text: str, given: Any) -> str:
    """``text`` with ``(hidden)`` for every value of an answer in ``given``, unless answers are shown.

    ``given`` is anything that holds answers under the key ``answers``: those of a request, of a plan, of a reply.
    """
    return text if answers_are_shown() else without_values(text, values_in(given))


def without_values(text: str, values: Collection[str]) -> str:
    """``text`` with ``(hidden)`` for every one of the values."""
    for value in sorted(values, key=len, reverse=True):
        if value[:LONGEST_SHOWN] in text:
            text = re.sub(_pattern(value), HIDDEN, text)
    return text


def values_in(given: Any) -> set[str]:
    """Every value of an answer in ``given``; of a long one as much as its place in a text is found by."""
    return {value[: LONGEST_SHOWN + 1] for value in _values(given)}


def _pattern(value: str) -> str:
    """Where the value stands alone; of a long one also where it was cut."""
    if len(value) > LONGEST_SHOWN:
        return rf'{re.escape(value[:LONGEST_SHOWN])}[^"]*'
    return rf"(?<!\w){re.escape(value)}(?!\w)"


def _values(given: Any, inside: bool = False) -> Iterator[str]:
    """Every text and number below a key ``answers``, as it is and as JSON has it."""
    if isinstance(given, dict):
        for key, value in given.items():
            yield from _values(value, inside or key == "answers")
    elif isinstance(given, list | tuple):
        for value in given:
            yield from _values(value, inside)
    elif inside and given not in (None, "", True, False):
        yield str(given)
        if isinstance(given, str):
            yield json.dumps(given, ensure_ascii=False)[1:-1]
