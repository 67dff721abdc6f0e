"""Remembers which prompts the server listed no choices of."""

from functions.prompts.choices import Choice, Choices, ListedLater, NotListed
from functions.prompts.prompt import Prompt, address_of


class Watched:
    """The same choices; those that are not listed here count as listed when the datamart runs.

    The prompts of an instance that nobody executes may not be open yet, so that a refusal says nothing of a run.

    Parameters
    ----------
    choices
        Where they come from.

    Attributes
    ----------
    refused
        By the prompt's address: the prompt, and why its choices are not listed.
    """

    def __init__(self, choices: Choices) -> None:
        self._choices = choices
        self.refused: dict[str, tuple[Prompt, str]] = {}

    def page(self, prompt: Prompt, pattern: str = "", offset: int = 0) -> list[Choice]:
        """One page; a prompt that was refused is not asked for again. Raises ListedLater, LibraryError."""
        address = address_of(prompt)[1]
        if address not in self.refused:
            try:
                return self._choices.page(prompt, pattern, offset)
            except NotListed as reason:
                self.refused[address] = (prompt, str(reason))
        raise ListedLater(self.refused[address][1])

    def named(self, kind: str, name: str) -> list[Choice]:
        """The same: a search needs no open prompt, so one that is refused here is refused in a run, too."""
        return self._choices.named(kind, name)
