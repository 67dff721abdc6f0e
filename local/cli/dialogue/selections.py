"""What a person picks from a list: numbers, ranges of numbers, and names."""

import re
from typing import Any

from functions.prompts.describe import Question
from local.cli.dialogue.invalid_input import NotUnderstood
from local.cli.dialogue.rendering import choices_shown

_PIECE = re.compile(r'\s*"(?:[^"]|"")*"\s*(?=,|$)|[^,]+')
_NUMBERS = re.compile(r"([0-9]{1,9})(?:\s*-\s*([0-9]{1,9}))?")


def picked(question: Question, line: str) -> list[Any]:
    """The entries of an answer: choices that were picked by number, and names or ids as they were typed.

    ``1,3`` and ``2-4`` are numbers of the choices shown, anything else is a name. A name that holds a comma, or looks
    like a number, goes in quotes. Where only one is picked, all of the line is one name. Raises NotUnderstood.
    """
    pieces = [line] if question.get("max") == 1 else _PIECE.findall(line)
    words = [piece.strip() for piece in pieces if piece.strip()]
    if not words:  # nothing but commas: as an answer it would be that nothing is wanted
        raise NotUnderstood("that picks nothing")
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
        raise NotUnderstood(f"{word} is a number in the list and also a name there; give the name, in quotes")
    if not by_name and not by_number:
        raise NotUnderstood(f'there is no {word} in the list, which goes from 1 to {len(listed)}; a name is "{word}"')
    return by_number or [{"name": word}]
