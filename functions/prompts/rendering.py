"""One prompt in words, for a table, a terminal or a message: what it takes, between which limits, what there is."""

from typing import Any

from functions.prompts.choices import OFFERS
from functions.prompts.describe import Question
from functions.prompts.prompt import has_default, is_required, most
from functions.prompts.types.value import kind_of
from functions.requests.validation import shown

FEW = 5
"""Choices, or parts of a default answer, that fit into a table."""


def taken(question: Question) -> str:
    """``VALUE, NUMERIC, required, at least 0``: all that an answer must keep to."""
    need = "required" if is_required(question) else "optional"
    return ", ".join(filter(None, (type_of(question), need, limits(question))))


def type_of(question: Question) -> str:
    """``VALUE, NUMERIC``."""
    data_type = kind_of(question) or question.get("dataType")
    return f"{question['type']}, {data_type}" if data_type is not None else str(question["type"])


def limits(question: Question) -> str:
    """What an answer must keep to, as the server will check it (API.md 7.2, 7.4)."""
    kind, lowest, highest = kind_of(question), question.get("min"), question.get("max")
    if kind not in MEASURED and most(question) is None:
        highest = None
    if (picks := most(question, "maxElementsPerSelection")) is not None:
        return f"at most {picks} elements"
    unit = " characters" if kind == "TEXT" else ""
    if lowest is not None and highest is not None:
        return f"just {lowest}{unit}" if lowest == highest else f"{lowest} to {highest}{unit}"
    above, below = MEASURED.get(kind or "", ("at least", "at most"))
    bounds = [f"{word} {limit}{unit}" for word, limit in ((above, lowest), (below, highest)) if limit is not None]
    return bounds[0] if bounds else ""


MEASURED = {"NUMERIC": ("at least", "at most"), "DATE": ("from", "until"), "TIMESTAMP": ("from", "until")}
"""Words for the limits of what is measured; of all else it is counted, and a limit of 0 or -1 is none."""


def default(question: Question, few: int | None = FEW) -> str:
    """The default answer, for people: of a list the first ``few``, or all of it."""
    return _default(question["defaultAnswer"], few) if has_default(question) else ""


def choices(question: Question, few: int | None = FEW) -> str:
    """The first ``few``, or all that are known, and … where there are more."""
    if question["type"] not in OFFERS:
        return ""
    if "choices" not in question:
        return "not listed"
    return _first(question["choices"], few, question["more"]) or "none"


def _default(answer: Any, few: int | None) -> str:
    if isinstance(answer, list):
        return _first(answer, few)
    if isinstance(answer, dict):
        if isinstance(answer.get("units"), list):
            return _default(answer["units"], few)
        return str(answer.get("content") or answer.get("name") or shown(answer))
    return str(answer)


def _first(listed: list[Any], few: int | None, more: bool = False) -> str:
    kept = [_named(one) for one in listed[:few]]
    return ", ".join([*kept, *(["…"] if more or len(listed) > len(kept) else [])])


def _named(choice: Any) -> str:
    return str(choice.get("name") or choice.get("id") or shown(choice)) if isinstance(choice, dict) else str(choice)
