"""What each type of prompt defines: one record, made in the type's module."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Literal

from functions.prompts.choices import Choices
from functions.prompts.limits import count_in_words
from functions.prompts.prompt import Prompt


def _no_data_type(prompt: Prompt) -> str | None:
    return None


def _as_it_is(value: Any) -> Any:
    return value


@dataclass(frozen=True)
class PromptType:
    """One type of prompt.

    Functions that take a prompt also take a question (``describe.Question``), which has the same fields.

    Parameters
    ----------
    name
        As the API and the request write it: ``VALUE``. Also listed in ``request.schema.json``.
    convert
        From what a person wrote to what the API takes as ``answers`` (API.md 7.3). Raises InvalidAnswer, and
        LibraryError if the server cannot be asked for its choices.
    written_as
        What people may write as ``answers``, in Markdown: a cell of the documentation's table.
    sent_as
        What the API takes, in Markdown: the next cell.
    listing
        The list of the API that holds the choices (API.md 7.1); None if the choices cannot be listed.
    closed
        The answer that leaves an optional prompt without one.
    data_type
        The data type of the answer, in our words; None if the type has none or the server's is unknown.
    limits
        What an answer must comply with, in words; empty without limits.
    default_entries
        The part of a default answer to show: a list of entries, or one value.
    example
        An answer to paste if no choices are listed.
    typed_as
        How a terminal reads a typed line: as it is (``text``), as numbers and names of choices, or as JSON.
    hint
        What to type, for ``text`` and ``json``.
    picked
        What an answer takes of a choice that was picked by its number.
    """

    name: str
    convert: Callable[[Prompt, Any, Choices], Any]
    written_as: str = ""
    sent_as: str = ""
    listing: Literal["elements", "objects"] | None = None
    closed: Any = field(default_factory=list)
    data_type: Callable[[Prompt], str | None] = _no_data_type
    limits: Callable[[Prompt], str] = count_in_words
    default_entries: Callable[[Any], Any] = _as_it_is
    example: Any = "…"
    typed_as: Literal["text", "choices", "json"] = "text"
    hint: Callable[[Prompt], str] | None = None
    picked: Callable[[Any], Any] = _as_it_is
