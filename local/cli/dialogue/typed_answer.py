"""From a typed line to an answer, by the type of the prompt; whether it is a right one is judged elsewhere."""

from collections.abc import Callable
from typing import Any

from functions.prompts.describe import Question
from functions.prompts.prompt import Given, address_of, has_default, is_required
from local.cli.dialogue.invalid_input import NotUnderstood
from local.cli.dialogue.selections import picked
from local.cli.dialogue.strict_json import from_json

NOTHING = "[]"
"""Leaves an optional prompt open that has a default, which an empty line would take; a reply says it like this, too."""


def answer_from(question: Question, line: str) -> Given:
    """The answer that ``line`` gives; an empty one takes the default, or leaves it open. Raises NotUnderstood."""
    field, address = address_of(question)
    return {field: address} | _said(question, line)


def _said(question: Question, line: str) -> Given:
    typed = line.strip()
    if not typed and has_default(question):
        return {"useDefault": True}
    if not typed or (typed == NOTHING and not is_required(question)):
        return {"answers": []}
    return {"answers": READERS.get(question["type"], _as_typed)(question, line)}


def _as_typed(question: Question, line: str) -> Any:
    return line


def _level(question: Question, line: str) -> list[Any]:
    """Of a unit that was picked only the id: whatever else it has would be sent as a property of the level."""
    return [{"id": one["id"]} if isinstance(one, dict) and "id" in one else one for one in picked(question, line)]


def _json(question: Question, line: str) -> Any:
    try:
        return from_json(line)
    except (ValueError, RecursionError) as problem:
        raise NotUnderstood(f"that is not JSON ({problem})") from None


READERS: dict[str, Callable[[Question, str], Any]] = {
    "VALUE": _as_typed,
    "ELEMENTS": picked,
    "OBJECTS": picked,
    "LEVEL": _level,
    "EXPRESSION": _json,
}
"""By the type of the prompt."""
