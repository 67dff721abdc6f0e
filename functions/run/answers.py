"""Which answer goes to which open prompt (contract 7).

A planned answer is ``{"send": what the REST API takes, "name", "how"}``, ``how`` being answers, default or closed.
"""

import difflib
import json
from collections.abc import Iterable
from typing import Any

from functions.library import PromptAnswerRejected
from functions.run.errors import PromptsUnanswered

Prompt = dict[str, Any]

ADDRESSED_BY = ("key", "id", "name")
"""The order in which the server itself looks a prompt up (contract 7.3)."""


def plan(prompts: list[Prompt], given: list[Prompt], unanswered: str) -> list[dict[str, Any]]:
    """One answer for every open prompt.

    Parameters
    ----------
    prompts
        The open prompts as the server describes them.
    given
        The request's answers.
    unanswered
        What to do with a prompt that none of them names: ``default``, ``close`` or ``fail``.

    Raises
    ------
    PromptsUnanswered
        At least one prompt remains without an answer; the text holds the missing ones ready to paste.
    PromptAnswerRejected
        An answer's type is not the prompt's.
    """
    planned = [_answer(prompt, given, unanswered) for prompt in prompts]
    missing = [prompt for prompt, answer in zip(prompts, planned, strict=True) if answer is None]
    if missing:
        raise PromptsUnanswered(_missing(missing, given))
    return [answer for answer in planned if answer is not None]


def _answer(prompt: Prompt, given: list[Prompt], unanswered: str) -> dict[str, Any] | None:
    match = _match(prompt, given)
    if match is not None:
        _check_type(prompt, match)
        if match.get("useDefault"):
            return _send(prompt, "default", useDefault=True)
        return _send(prompt, "answers", answers=match["answers"])
    if unanswered == "default" and prompt.get("defaultAnswer") not in (None, "", [], {}):
        return _send(prompt, "default", useDefault=True)
    if unanswered != "fail" and not prompt.get("required", False):
        return _send(prompt, "closed", answers=[] if prompt["type"] != "VALUE" else "")
    return None


def _match(prompt: Prompt, given: list[Prompt]) -> Prompt | None:
    for field in ADDRESSED_BY:
        for answer in given:
            named_by = next(key for key in ADDRESSED_BY if key in answer)
            if named_by == field and _same(field, prompt.get(field), answer[field]):
                return answer
    return None


def _same(field: str, prompts: Any, answers: str) -> bool:
    """Names are compared as they are; the digits of keys and ids in either case."""
    return bool(prompts == answers) or (field != "name" and str(prompts).upper() == answers.upper())


def _check_type(prompt: Prompt, answer: Prompt) -> None:
    if answer.get("type", prompt["type"]) != prompt["type"]:
        raise PromptAnswerRejected(
            f'the prompt "{_title(prompt)}" is of type {prompt["type"]}, '
            f"and the request answers it as {answer['type']}",
            step="get_prompts",
        )


def _send(prompt: Prompt, how: str, **answer: Any) -> dict[str, Any]:
    address = next(field for field in ADDRESSED_BY if prompt.get(field))
    return {"send": {address: prompt[address], "type": prompt["type"], **answer}, "name": _title(prompt), "how": how}


def _title(prompt: Prompt) -> str:
    return str(prompt.get("name") or prompt.get("title") or prompt.get("key"))


def _missing(missing: list[Prompt], given: list[Prompt]) -> str:
    names = ", ".join(f'"{_title(prompt)}"{_nearest(prompt, given)}' for prompt in missing[:20])
    skeleton = [{"name": _title(prompt), "type": prompt["type"], "answers": "…"} for prompt in missing[:20]]
    return (
        f"{len(missing)} open prompt(s) without an answer: {names}. "
        f"Put into the request: {json.dumps({'prompts': skeleton}, ensure_ascii=False)}"
    )


def _nearest(prompt: Prompt, given: Iterable[Prompt]) -> str:
    names = [answer["name"] for answer in given if "name" in answer]
    near = difflib.get_close_matches(_title(prompt), names, 1)
    return f' (the request answers "{near[0]}", which is no prompt that is open)' if near else ""
