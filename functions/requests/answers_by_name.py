"""Recognises prompt answers that are written by name, ``{"Country": ["USA"]}``, for the error message.

It is how most people write them at first. A request has one form, the list, so that jobs, uploads and histories read
alike and so that two prompts of one name can be told apart; the message has the list to paste.
"""

from typing import Any

from functions.requests.hidden_answers import answers_are_shown
from functions.requests.prompt_answers import ADDRESSED_BY, UNFILLED
from functions.text import as_json

LONGEST_SAMPLE = 600
"""Characters of a list to paste; a longer one is cut after its first entry."""

EXAMPLE = [{"name": "Elements of Country", "answers": ["USA"]}]
"""Where the first entry is too long, too."""


def in_other_form(request: Any, known: frozenset[str]) -> str | None:
    """What is wrong with ``prompts`` of a request and the list to paste in its place; None for any other value.

    Parameters
    ----------
    request
        Unchecked.
    known
        The keys of an entry.
    """
    prompts = request.get("prompts") if isinstance(request, dict) else None
    if isinstance(prompts, dict) and prompts:
        is_entry = any(key in prompts for key in ADDRESSED_BY) and set(prompts) <= known
        entries = [prompts] if is_entry else [_entry(name, value) for name, value in prompts.items()]
        return f"prompts: must be a list […], not an object. Write: {_sample(entries)}"
    if isinstance(prompts, list):
        for index, prompt in enumerate(prompts):
            if isinstance(prompt, dict) and len(prompt) == 1 and not set(prompt) & known:
                entries = [_entry(*one) for one in prompt.items()]
                return f"prompts[{index}]: an entry names its prompt. Write: {_sample(entries)}"
    return None


def _entry(name: str, answers: Any) -> dict[str, Any]:
    # A stage that hides answers recognises them by this key, which the text that was written does not have.
    return {"name": name, "answers": answers if answers_are_shown() else UNFILLED}


def _sample(entries: list[dict[str, Any]]) -> str:
    for shown in (entries, entries[:1], EXAMPLE):
        try:
            text = as_json(shown)
        except (RecursionError, ValueError):
            continue
        if len(text) <= LONGEST_SAMPLE:
            return text if len(shown) == len(entries) else f"{text[:-1]}, …]"
    return as_json(EXAMPLE)
