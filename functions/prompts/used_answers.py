"""The answers of a round for logs and people: which prompt, how it was answered, and with what, unless hidden."""

import json
from collections.abc import Callable, Iterator
from typing import Any

from functions.prompts.plan import Answer
from functions.prompts.prompt import Prompt, address_of
from functions.prompts.types import type_of
from functions.requests.hidden_answers import answers_are_shown
from functions.requests.prompt_answers import named_by, values_in_words
from functions.text import one_line

MOST_VALUES = 20
"""Values that are listed of one answer."""

LONGEST_VALUE = 200
"""Characters of a value or a name."""

LARGEST = 20_000
"""Bytes of all answers of a round as a log line has them: JSON in ASCII."""

UsedAnswer = dict[str, Any]
"""``name`` and ``type`` of the prompt; ``how``: answers, default or closed; ``values``, and ``more``: how many further
ones there are. Without ``values`` where answers are hidden."""


def used_answers(answers: list[Answer], prompts: list[Prompt], redact: Callable[[str], str]) -> dict[str, Any]:
    """``answers``: each of a plan's as :data:`UsedAnswer`; and ``answersLeftOut``, how many more than LARGEST holds.

    Parameters
    ----------
    answers
        Of a plan (plan.py).
    prompts
        Those that they answer, as the server describes them.
    redact
        Removes secrets from a text.
    """
    known = {address_of(prompt)[1]: prompt for prompt in prompts}
    used, size = [], 0
    for answer in answers:
        one = _used(answer, known.get(named_by(answer["send"])[1], {}), redact)
        size += len(json.dumps(one)) + 2
        if size > LARGEST:
            break
        used.append(one)
    left_out = len(answers) - len(used)
    return {"answers": used} | ({"answersLeftOut": left_out} if left_out else {})


def _used(answer: Answer, prompt: Prompt, redact: Callable[[str], str]) -> UsedAnswer:
    about = {"name": _text(answer["name"], redact), "type": answer["send"]["type"], "how": answer["how"]}
    if not answers_are_shown():
        return about
    values = list(_values(answer, prompt))
    more = {"more": len(values) - MOST_VALUES} if len(values) > MOST_VALUES else {}
    return about | {"values": [_text(value, redact) for value in values[:MOST_VALUES]]} | more


def _values(answer: Answer, prompt: Prompt) -> Iterator[str]:
    if answer["how"] == "closed":
        return
    given = answer["send"].get("answers")
    if answer["how"] == "default":
        given = type_of(prompt).default_entries(prompt["defaultAnswer"]) if prompt else None
    yield from values_in_words(given)


def _text(text: str, redact: Callable[[str], str]) -> str:
    return one_line(redact(text), LONGEST_VALUE)
