"""The choices that a prompt offers: what every source of them provides (API.md 7.1)."""

from typing import Any, Protocol

from functions.prompts.prompt import Prompt

Choice = dict[str, Any]
"""An element {id, name} or an object {id, name, type}."""

PAGE = 200
"""Choices in a page: the most that the API returns at once (API.md 7.1)."""


class NotListed(Exception):
    """The choices of this prompt cannot be read; the text says why."""


class ListedLater(NotListed):
    """The choices cannot be read here; names are looked up when the answers are sent."""


class Choices(Protocol):
    """What may answer a prompt, a page at a time."""

    def page(self, prompt: Prompt, pattern: str = "", offset: int = 0) -> list[Choice]:
        """At most PAGE choices that match ``pattern``. Raises NotListed."""

    def named(self, kind: str, name: str) -> list[Choice]:
        """The project's objects of the kind ``attribute`` or ``metric`` that may have that ``name``.

        {id, name, path}: the path is that of the folder. Raises NotListed.
        """


class NoChoices:
    """No choices can be read: the server looks up the names."""

    def page(self, prompt: Prompt, pattern: str = "", offset: int = 0) -> list[Choice]:
        """Raises NotListed."""
        raise NotListed("no instance was created whose prompts list their choices")

    def named(self, kind: str, name: str) -> list[Choice]:
        """Raises NotListed."""
        raise NotListed("no server was asked")
