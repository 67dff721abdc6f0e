"""What is answered to every open prompt, and what is missing (API.md 7)."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from functions.prompts.choices import Choices
from functions.prompts.matching import answer_for, nearest_prompt, slip_for, unmatched
from functions.prompts.prompt import (
    EMPTY,
    Given,
    Misfit,
    Prompt,
    address_of,
    has_default,
    is_required,
    name_of,
    titled,
)
from functions.prompts.types.expression import expression
from functions.prompts.types.level import level
from functions.prompts.types.selections import elements, objects
from functions.prompts.types.value import value
from functions.requests.placeholders import hint
from functions.requests.prompt_address import named_by
from functions.requests.validation import shown

Answer = dict[str, Any]
"""``send``: what the REST API takes; ``name``; ``how``: answers, default or closed; ``given``: which of the request's
answers it is, by position, or None."""


@dataclass
class Plan:
    """``answers`` for the prompts that have one, prompts that are ``missing`` one, and ``problems`` in words."""

    answers: list[Answer] = field(default_factory=list)
    missing: list[Prompt] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)


def plan(
    prompts: list[Prompt],
    given: list[Given],
    unanswered: str,
    choices: Choices,
    used: frozenset[int] = frozenset(),
) -> Plan:
    """One answer for every open prompt, as far as there is one.

    Parameters
    ----------
    prompts
        The open prompts as the server describes them.
    given
        The request's answers.
    unanswered
        What to do with a prompt that none of them names: ``default``, ``close``, ``fail`` or ``ask``.
    choices
        What may answer them.
    used
        Positions of the answers that earlier rounds have used.

    Raises
    ------
    LibraryError
        The server could not be asked for its choices.
    """
    made = Plan()
    idle = [given[index] for index in unmatched(given, prompts) if index not in used]
    for prompt in prompts:
        try:
            answer = _answer(prompt, prompts, given, unanswered, choices)
            if answer is not None and answer["given"] is None:
                _check_slip(prompt, idle)
        except Misfit as problem:
            made.problems.append(f"{titled(prompt)} {problem}")
        else:
            if answer is None:
                made.missing.append(prompt)
            else:
                made.answers.append(answer)
    return made


def strangers(given: list[Given], prompts: list[Prompt]) -> list[str]:
    """In words, the answers that are for none of ``prompts``."""
    return [
        f"{shown(named_by(given[index])[1])} is no prompt here{nearest_prompt(given[index], prompts)}"
        f"{_hint(named_by(given[index])[1])}"
        for index in unmatched(given, prompts)
    ]


def _hint(value: Any) -> str:
    """In brackets, that a placeholder in it was not filled in."""
    return f" ({found})" if (found := hint(value)) else ""


def _answer(
    prompt: Prompt, prompts: list[Prompt], given: list[Given], unanswered: str, choices: Choices
) -> Answer | None:
    if not address_of(prompt)[1]:
        raise Misfit("has neither key, id nor name, so that no answer can be sent to it")
    position = answer_for(prompt, given, prompts)
    if position is not None:
        try:
            return _given_answer(prompt, given[position], choices) | {"given": position}
        except Misfit as problem:
            raise Misfit(f"{problem}{_hint(given[position].get('answers'))}") from None
    if unanswered == "default" and has_default(prompt):
        return _send(prompt, "default", useDefault=True)
    if unanswered in ("default", "close") and not is_required(prompt):
        return _closed(prompt)
    return None


def _given_answer(prompt: Prompt, answer: Given, choices: Choices) -> Answer:
    if answer.get("type", prompt["type"]) != prompt["type"]:
        raise Misfit(f"is of type {prompt['type']}, and the request answers it as {answer['type']}")
    if answer.get("useDefault"):
        if not has_default(prompt):
            raise Misfit("has no default answer, and the request says useDefault")
        return _send(prompt, "default", useDefault=True)
    if answer["answers"] in EMPTY:
        if is_required(prompt):
            raise Misfit("is required and takes no empty answer")
        return _closed(prompt)
    shape = SHAPES.get(prompt["type"])
    if shape is None:
        raise Misfit(f"is of type {prompt['type']}, which cannot be answered; it may have a default (useDefault)")
    return _send(prompt, "answers", answers=shape(prompt, answer["answers"], choices))


SHAPES: dict[str, Callable[[Prompt, Any, Choices], Any]] = {
    "VALUE": lambda prompt, given, choices: value(prompt, given),
    "ELEMENTS": elements,
    "OBJECTS": objects,
    "EXPRESSION": expression,
    "LEVEL": level,
}
"""From what was given to what the API takes, by the prompt's type."""


def _check_slip(prompt: Prompt, idle: list[Given]) -> None:
    """A name that is nearly the prompt's must not leave it to its default or without an answer."""
    slip = slip_for(prompt, idle)
    if slip is not None:
        raise Misfit(
            f"has no answer of its own, but the request answers {shown(slip)}: correct that name, or answer this "
            'prompt as well ("useDefault": true, or "answers": [] to leave it open)'
        )


def _closed(prompt: Prompt) -> Answer:
    return _send(prompt, "closed", answers="" if prompt["type"] == "VALUE" else [])


def _send(prompt: Prompt, how: str, **answer: Any) -> Answer:
    name, address = address_of(prompt)
    return {
        "send": {name: address, "type": prompt["type"], **answer},
        "name": name_of(prompt),
        "how": how,
        "given": None,
    }
