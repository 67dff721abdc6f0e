"""A prompt as the server describes it, with names for what the descriptions leave open (contract 7.2)."""

from typing import Any

from functions.run.address import ADDRESSED_BY

Prompt = dict[str, Any]
"""The server's own description."""

Given = dict[str, Any]
"""An answer of the request: one of key, id or name; perhaps its type; ``answers`` or ``useDefault``."""

EMPTY: tuple[Any, ...] = (None, "", [], {})
"""Answers that are none."""


class Misfit(Exception):
    """An answer that is none to this prompt; the text says why and follows the prompt's title."""


def address_of(prompt: Prompt) -> tuple[str, str]:
    """How an answer names the prompt: its key, because that alone is unique, else its id, else its name."""
    field = next(field for field in ADDRESSED_BY if prompt.get(field))
    return field, str(prompt[field])


def name_of(prompt: Prompt) -> str:
    """What people call it."""
    return str(prompt.get("name") or prompt.get("title") or prompt.get("key") or prompt.get("id"))


def titled(prompt: Prompt) -> str:
    """For a message: the title that the server shows, and the name where that is another."""
    title, name = str(prompt.get("title") or name_of(prompt)), name_of(prompt)
    return f'the prompt "{title}"' + (f' (named "{name}")' if name != title else "")


def has_default(prompt: Prompt) -> bool:
    """Whether ``useDefault`` is an answer."""
    return prompt.get("defaultAnswer") not in EMPTY


def is_required(prompt: Prompt) -> bool:
    """Whether it may not be closed without an answer."""
    return bool(prompt.get("required", False))
