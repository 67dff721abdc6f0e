"""The simulator's prompt types: every module of this folder is one, and its record has the type's name."""

from importlib import import_module
from pkgutil import iter_modules

from local.simulator.catalogue import Prompt
from local.simulator.prompts.prompt_type import PromptType

TYPES: dict[str, PromptType] = {
    name: getattr(import_module(f"{__name__}.{name.lower()}"), name)
    for name in (module.name.upper() for module in iter_modules(__path__))
}
"""By the name of the type."""


def type_of(prompt: Prompt) -> PromptType:
    """The prompt's type."""
    return TYPES[prompt.type]
