"""A prompt as the server describes it: how it is addressed and called, its default, whether it is required."""

from typing import Any

from functions.requests.prompt_answers import ADDRESSED_BY
from functions.text import quoted

Prompt = dict[str, Any]
"""The server's own description."""

Given = dict[str, Any]
"""An answer of the request: key, id or name; ``type`` if given; ``answers`` or ``useDefault``."""

EMPTY: tuple[Any, ...] = (None, "", [], {})
"""Answers that leave a prompt without one."""

LONGEST_TITLE = 200
"""Characters of a title or a name in a message."""


class InvalidAnswer(Exception):
    """The answer does not fit the prompt; the text says what the prompt takes, and follows the prompt's title."""


def address_of(prompt: Prompt) -> tuple[str, str]:
    """The field and value that address the prompt: its key, which alone is unique, else its ID, else its name.

    The key and an empty text if the server gives none of the three.
    """
    field = next((field for field in ADDRESSED_BY if prompt.get(field)), ADDRESSED_BY[0])
    return field, str(prompt.get(field) or "")


def name_of(prompt: Prompt) -> str:
    """What people call it."""
    return str(prompt.get("name") or prompt.get("title") or address_of(prompt)[1] or "without a name")


def names_of(prompt: Prompt) -> list[str]:
    """The title that the server shows, and the name if it differs."""
    return list(dict.fromkeys((str(prompt.get("title") or name_of(prompt)), name_of(prompt))))


def titled(prompt: Prompt) -> str:
    """``the prompt "City?" (named "City")``: for a message; the name only if it differs from the title."""
    title, *name = names_of(prompt)
    return f"the prompt {quoted(title, LONGEST_TITLE)}" + "".join(
        f" (named {quoted(other, LONGEST_TITLE)})" for other in name
    )


def has_default(prompt: Prompt) -> bool:
    """Whether the prompt has a default answer."""
    return prompt.get("defaultAnswer") not in EMPTY


def is_required(prompt: Prompt) -> bool:
    """Whether the prompt must have an answer."""
    return bool(prompt.get("required", False))
