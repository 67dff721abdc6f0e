"""Records the prompts whose choices the server did not list."""

from functions.prompts.choices import Choice, Choices, ListedLater, NotListed
from functions.prompts.prompt import Prompt, address_of


class Watched:
    """The same choices; choices that are not listed now may be listed when the datamart runs.

    The prompts of an instance that is not executed may not be open yet, so a refusal proves nothing about a run.

    Parameters
    ----------
    choices
        Their source.

    Attributes
    ----------
    refused
        By the prompt's address: the prompt, and why its choices are not listed.
    """

    def __init__(self, choices: Choices) -> None:
        self._choices = choices
        self.refused: dict[str, tuple[Prompt, str]] = {}

    def page(self, prompt: Prompt, pattern: str = "", offset: int = 0) -> list[Choice]:
        """One page; a refused prompt is not requested again. Raises ListedLater, LibraryError."""
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
