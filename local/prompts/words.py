"""One prompt in the words of a table: what it takes, between which limits, and what there is to choose from."""

from typing import Any

from functions.answering.choices import OFFERS
from functions.answering.prompt import has_default, most, name_of
from functions.answering.question import Question
from functions.answering.values import kind_of
from functions.run.schema import shown

FEW = 5
"""Choices that are shown."""


def called(question: Question) -> list[str]:
    """The title, the name where that is another, and the instruction."""
    title, name = str(question.get("title") or name_of(question)), name_of(question)
    instruction = str(question.get("instruction", ""))
    return [title, *([f"named {name}"] if name != title else []), *([instruction] if instruction else [])]


def type_of(question: Question) -> str:
    """``VALUE, NUMERIC``."""
    data_type = kind_of(question) or question.get("dataType")
    return f"{question['type']}, {data_type}" if data_type is not None else str(question["type"])


def limits(question: Question) -> str:
    """What an answer must keep to, as the server will check it (contract 7.2, 7.4)."""
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


MEASURED = {"NUMERIC": ("at least", "at most"), "DATE": ("from", "until")}
"""Words for the limits of what is measured; of all else it is counted, and a limit of 0 or -1 is none."""


def default(question: Question) -> str:
    """The default answer, for people."""
    return _default(question["defaultAnswer"]) if has_default(question) else ""


def choices(question: Question) -> str:
    """The first few, and … where there are more."""
    if question["type"] not in OFFERS:
        return ""
    if "choices" not in question:
        return "not listed"
    names = [_named(choice) for choice in question["choices"]]
    more = question["more"] or len(names) > FEW
    return ", ".join([*names[:FEW], *(["…"] if more else [])]) or "none"


def _default(answer: Any) -> str:
    if isinstance(answer, list):
        few = [_named(one) for one in answer[:FEW]]
        return ", ".join([*few, *(["…"] if len(answer) > FEW else [])])
    if isinstance(answer, dict):
        if isinstance(answer.get("units"), list):
            return _default(answer["units"])
        return str(answer.get("content") or answer.get("name") or shown(answer))
    return str(answer)


def _named(choice: Any) -> str:
    return str(choice.get("name") or choice.get("id") or shown(choice)) if isinstance(choice, dict) else str(choice)
