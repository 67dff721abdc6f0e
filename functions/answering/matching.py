"""Which answer of the request is for which open prompt (contract 7.3)."""

import difflib
from collections.abc import Iterable
from typing import Any

from functions.answering.prompt import Given, Misfit, Prompt, address_of, name_of
from functions.run.address import named_by

LIKE = 0.75
"""How alike two names are, from 0 to 1, for one to be taken for a slip of the other."""


def answer_for(prompt: Prompt, given: list[Given], prompts: list[Prompt]) -> int | None:
    """The position of the answer for ``prompt`` among those ``given``, or None.

    Raises Misfit: it is answered twice, or its name is that of another open prompt, too.
    """
    found = [index for index, answer in enumerate(given) if _names(answer, prompt)]
    if len(found) > 1:
        ways = " and ".join(" ".join(named_by(given[index])) for index in found)
        raise Misfit(f"is answered {len(found)} times ({ways}); answer it once")
    if not found:
        return None
    field, value = named_by(given[found[0]])
    same = [other for other in prompts if _same(field, other.get(field), value)]
    if len(same) > 1:
        keys = ", ".join(address_of(other)[1] for other in same)
        raise Misfit(f'is one of {len(same)} with the {field} "{value}"; name it by its key: {keys}')
    return found[0]


def unmatched(given: list[Given], prompts: Iterable[Prompt]) -> list[int]:
    """Positions of the answers that are for none of the prompts."""
    known = list(prompts)
    return [index for index, answer in enumerate(given) if not any(_names(answer, prompt) for prompt in known)]


def slip_for(prompt: Prompt, given: Iterable[Given]) -> str | None:
    """The name in one of the answers that may well be meant for ``prompt``, but is not quite its name."""
    names = [answer["name"] for answer in given if named_by(answer)[0] == "name"]
    return next(iter(difflib.get_close_matches(name_of(prompt), names, 1, LIKE)), None)


def nearest_prompt(answer: Given, prompts: Iterable[Prompt]) -> str:
    """`` (did you mean …?)`` where one of the prompts is called something like what the answer names."""
    field, value = named_by(answer)
    known = [str(prompt.get(field)) for prompt in prompts if prompt.get(field)]
    near = difflib.get_close_matches(value, known, 1, 0.5)
    return f' (did you mean "{near[0]}"?)' if near else ""


def _names(answer: Given, prompt: Prompt) -> bool:
    field, value = named_by(answer)
    return _same(field, prompt.get(field), value)


def _same(field: str, prompts: Any, answers: str) -> bool:
    """Names are compared as they are; the digits of keys and ids in either case."""
    return bool(prompts == answers) or (field != "name" and str(prompts).upper() == answers.upper())
