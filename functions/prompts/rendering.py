"""One prompt in words, for a table, a terminal or a message: type, limits, default and choices."""

from typing import Any

from functions.prompts.describe import Question
from functions.prompts.prompt import has_default, is_required
from functions.prompts.types import type_of
from functions.text import shown

FEW = 5
"""Choices, or parts of a default answer, that fit into a table."""


def requirements(question: Question) -> str:
    """``VALUE, NUMERIC, required, at least 0``: all that an answer must comply with."""
    need = "required" if is_required(question) else "optional"
    return ", ".join(filter(None, (type_in_words(question), need, limits(question))))


def type_in_words(question: Question) -> str:
    """``VALUE, NUMERIC``; a data type that is unknown as the server wrote it."""
    data_type = type_of(question).data_type(question) or question.get("dataType")
    return f"{question['type']}, {data_type}" if data_type is not None else str(question["type"])


def limits(question: Question) -> str:
    """What an answer must comply with, as the server will check it (API.md 7.2, 7.4); empty without limits."""
    return type_of(question).limits(question)


def default(question: Question, few: int | None = FEW) -> str:
    """The default answer, for people: of a list the first ``few`` entries, or all of them for None."""
    if not has_default(question):
        return ""
    entries = type_of(question).default_entries(question["defaultAnswer"])
    return _first(entries, few) if isinstance(entries, list) else _name(entries)


def choices(question: Question, few: int | None = FEW) -> str:
    """The first ``few`` choices, or all that are known for None, and … if there are more."""
    if type_of(question).listing is None:
        return ""
    if "choices" not in question:
        return "not listed"
    return _first(question["choices"], few, question["more"]) or "none"


def _first(listed: list[Any], few: int | None, more: bool = False) -> str:
    kept = [_name(one) for one in listed[:few]]
    return ", ".join([*kept, *(["…"] if more or len(listed) > len(kept) else [])])


def _name(choice: Any) -> str:
    return str(choice.get("name") or choice.get("id") or shown(choice)) if isinstance(choice, dict) else str(choice)
