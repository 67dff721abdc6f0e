"""From a typed line to an answer, as the prompt's type is typed; ``functions.prompts`` checks whether it fits."""

from collections.abc import Callable
from typing import Any

from functions.prompts.describe import Question
from functions.prompts.prompt import Given, address_of, has_default, is_required
from functions.prompts.types import type_of
from local.cli.dialogue.selections import InvalidInput, picked
from local.cli.dialogue.strict_json import from_json

NO_ANSWER = "[]"
"""What to type to leave an optional prompt open that has a default answer; a request and a reply say it like this."""


def answer_from(question: Question, line: str) -> Given:
    """The answer in a typed line; an empty line takes the default, or leaves the prompt open. Raises InvalidInput."""
    field, address = address_of(question)
    return {field: address} | _answers(question, line)


def _answers(question: Question, line: str) -> Given:
    typed = line.strip()
    if not typed and has_default(question):
        return {"useDefault": True}
    if not typed or (typed == NO_ANSWER and not is_required(question)):
        return {"answers": []}
    return {"answers": _READERS[type_of(question).typed_as](question, line)}


def _text(question: Question, line: str) -> str:
    return line


def _choices(question: Question, line: str) -> list[Any]:
    return [type_of(question).picked(one) for one in picked(question, line)]


def _json(question: Question, line: str) -> Any:
    try:
        return from_json(line)
    except ValueError as problem:
        raise InvalidInput(f"that is not JSON: {problem}") from None


_READERS: dict[str, Callable[[Question, str], Any]] = {"text": _text, "choices": _choices, "json": _json}
"""By ``PromptType.typed_as``."""
