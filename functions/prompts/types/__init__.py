"""The registry of prompt types: what an answer to each looks like, and how it is described (API.md 7.2, 7.3).

The names come from ``request.schema.json``. Each has a module here: ``LEVEL`` is defined in ``level.py``.
"""

from importlib import import_module
from typing import Any

from functions.prompts.choices import Choices
from functions.prompts.prompt import InvalidAnswer, Prompt
from functions.prompts.types.prompt_type import PromptType
from functions.requests.prompt_types import PROMPT_TYPES

TYPES: dict[str, PromptType] = {
    name: getattr(import_module(f"{__name__}.{name.lower()}"), name) for name in PROMPT_TYPES
}
"""The types that can be answered, by name."""


def can_be_answered(prompt: Prompt) -> bool:
    """Whether an answer can be sent to prompts of this type. A default answer can be taken for any type."""
    return prompt["type"] in TYPES


def type_of(prompt: Prompt) -> PromptType:
    """The prompt's type; for an unknown one (UNSUPPORTED, say) a record that converts no answer."""
    return TYPES.get(prompt["type"], _UNKNOWN)


def _refused(prompt: Prompt, given: Any, choices: Choices) -> Any:
    raise InvalidAnswer(f'is of type {prompt["type"]}, which cannot be answered; use "useDefault": true if it has one')


_UNKNOWN = PromptType("UNKNOWN", _refused, hint=lambda prompt: f"Prompts of type {prompt['type']} cannot be answered")
