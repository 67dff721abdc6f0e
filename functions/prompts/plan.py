"""The plan of an answer round: an answer for every open prompt, missing answers and problems (API.md 7)."""

from dataclasses import dataclass, field
from typing import Any

from functions.prompts.choices import Choices
from functions.prompts.matching import answer_for, misspelling_of, nearest_prompt, unmatched
from functions.prompts.prompt import (
    EMPTY,
    Given,
    InvalidAnswer,
    Prompt,
    address_of,
    has_default,
    is_required,
    name_of,
    titled,
)
from functions.prompts.types import type_of
from functions.requests.placeholders import hint
from functions.requests.prompt_answers import named_by
from functions.text import shown

Answer = dict[str, Any]
"""``send``: what the REST API takes; ``name``; ``how``: answers, default or closed; ``given``: the position of the
request's answer, or None."""


@dataclass
class Plan:
    """``answers`` to send, the prompts whose answer is ``missing``, and ``problems`` in words."""

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
    """Plan one answer for every open prompt.

    Parameters
    ----------
    prompts
        The open prompts as the server describes them.
    given
        The request's answers.
    unanswered
        What to do with a prompt that the request does not answer: ``default``, ``close``, ``fail`` or ``ask``.
    choices
        What the prompts offer.
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
                _check_misspelling(prompt, idle)
        except InvalidAnswer as problem:
            made.problems.append(f"{titled(prompt)} {problem}")
        else:
            if answer is None:
                made.missing.append(prompt)
            else:
                made.answers.append(answer)
    return made


def unmatched_in_words(given: list[Given], prompts: list[Prompt]) -> list[str]:
    """A sentence for each answer that matches none of ``prompts``."""
    return [
        f"no prompt has the {named_by(given[index])[0]} {shown(named_by(given[index])[1])}"
        + nearest_prompt(given[index], prompts)
        + _hint(named_by(given[index])[1])
        for index in unmatched(given, prompts)
    ]


def _hint(value: Any) -> str:
    """In brackets, that a placeholder in ``value`` was not filled in; empty without one."""
    return f" ({found})" if (found := hint(value)) else ""


def _answer(
    prompt: Prompt, prompts: list[Prompt], given: list[Given], unanswered: str, choices: Choices
) -> Answer | None:
    if not address_of(prompt)[1]:
        raise InvalidAnswer("has neither key, ID nor name, so no answer can be sent to it")
    position = answer_for(prompt, given, prompts)
    if position is not None:
        try:
            return _given_answer(prompt, given[position], choices) | {"given": position}
        except InvalidAnswer as problem:
            raise InvalidAnswer(f"{problem}{_hint(given[position].get('answers'))}") from None
    if unanswered == "default" and has_default(prompt):
        return _send(prompt, "default", useDefault=True)
    if unanswered in ("default", "close") and not is_required(prompt):
        return _closed(prompt)
    return None


def _given_answer(prompt: Prompt, answer: Given, choices: Choices) -> Answer:
    if answer.get("type", prompt["type"]) != prompt["type"]:
        raise InvalidAnswer(
            f"is of type {prompt['type']}, but the request answers it as {answer['type']}; correct the type or omit it"
        )
    if answer.get("useDefault"):
        if not has_default(prompt):
            raise InvalidAnswer('has no default answer; give "answers" instead of "useDefault"')
        return _send(prompt, "default", useDefault=True)
    if answer["answers"] in EMPTY:
        if is_required(prompt):
            raise InvalidAnswer("is required; the answer must not be empty")
        return _closed(prompt)
    return _send(prompt, "answers", answers=type_of(prompt).convert(prompt, answer["answers"], choices))


def _check_misspelling(prompt: Prompt, idle: list[Given]) -> None:
    """Reject a typing error in a name: it must not leave the prompt with its default or without an answer."""
    misspelled = misspelling_of(prompt, idle)
    if misspelled is not None:
        raise InvalidAnswer(
            f"has no answer, but the request answers {shown(misspelled)}: correct that name, or answer this prompt "
            'as well ("useDefault": true, or "answers": [] to leave it open)'
        )


def _closed(prompt: Prompt) -> Answer:
    return _send(prompt, "closed", answers=type_of(prompt).closed)


def _send(prompt: Prompt, how: str, **answer: Any) -> Answer:
    name, address = address_of(prompt)
    return {
        "send": {name: address, "type": prompt["type"], **answer},
        "name": name_of(prompt),
        "how": how,
        "given": None,
    }
