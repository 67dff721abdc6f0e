"""Reads what a person picks from a list: numbers, ranges of numbers, and names."""

import re
from typing import Any

from functions.prompts.describe import Question
from local.cli.dialogue.rendering import choices_shown


class InvalidInput(Exception):
    """A typed line cannot be read as an answer; the text says why and what to type."""


_PIECE = re.compile(r'\s*"(?:[^"]|"")*"\s*(?=,|$)|[^,]+')
_NUMBERS = re.compile(r"([0-9]{1,9})(?:\s*-\s*([0-9]{1,9}))?")


def picked(question: Question, line: str) -> list[Any]:
    """The entries of an answer: choices picked by number, and names or IDs as they were typed.

    ``1,3`` and ``2-4`` are numbers of the choices shown, anything else is a name. A name with a comma, or one that
    looks like a number, goes in quotes. If only one can be picked, the whole line is one name. Raises InvalidInput.
    """
    pieces = [line] if question.get("max") == 1 else _PIECE.findall(line)
    words = [piece.strip() for piece in pieces if piece.strip()]
    if not words:  # only commas: sent as an empty answer, they would leave the prompt open
        raise InvalidInput("that picks nothing; type at least one number or name")
    return [entry for word in words for entry in _entries(question, word)]


def _entries(question: Question, word: str) -> list[Any]:
    if len(word) > 2 and word[0] == word[-1] == '"':
        return [{"name": word[1:-1].replace('""', '"')}]
    numbers, listed = _NUMBERS.fullmatch(word), choices_shown(question)
    if not numbers or not listed:
        return [word]
    first, last = int(numbers[1]), int(numbers[2] or numbers[1])
    by_number = listed[first - 1 : last] if 1 <= first <= last <= len(listed) else []
    by_name = [choice for choice in question["choices"] if choice.get("name") == word]
    if by_name and by_number and by_name != by_number:
        raise InvalidInput(f'{word} is a number in the list and the name of another choice; for the name type "{word}"')
    if not by_name and not by_number:
        raise InvalidInput(f'the list has the numbers 1 to {len(listed)}, and no {word}; for a name type "{word}"')
    return by_number or [{"name": word}]
