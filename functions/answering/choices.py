"""Where the elements and objects come from that may answer a prompt."""

from dataclasses import dataclass
from typing import Any, Protocol

from functions.answering.prompt import Prompt, address_of
from functions.library import (
    Client,
    DatamartFailed,
    NotFound,
    PermissionDenied,
    PromptAnswerRejected,
)

Choice = dict[str, Any]
"""An element {id, name} or an object {id, name, type}."""

PAGE = 200
"""The most that the API gives at once (contract 7.1)."""

OFFERS = ("ELEMENTS", "OBJECTS", "LEVEL")
"""Types of prompts whose choices can be listed."""


class NotListed(Exception):
    """The choices of this prompt cannot be read; the text says why."""


class ListedLater(NotListed):
    """Not here and now: whoever sends the answers looks the names up then."""


class Choices(Protocol):
    """What may answer a prompt, a page at a time."""

    def page(self, prompt: Prompt, pattern: str = "", offset: int = 0) -> list[Choice]:
        """At most PAGE choices that match ``pattern``. Raises NotListed."""


@dataclass(frozen=True)
class OfServer:
    """The choices that the server offers for an instance's prompts, under the answers given so far."""

    library: Client
    project_id: str
    datamart_id: str
    instance_id: str

    def page(self, prompt: Prompt, pattern: str = "", offset: int = 0) -> list[Choice]:
        """One call. Raises NotListed where the server does not list them, LibraryError where it cannot be asked."""
        search = self.library.search_elements if prompt["type"] == "ELEMENTS" else self.library.search_objects
        where = (self.project_id, self.datamart_id, self.instance_id)
        try:
            # Cut, because for level prompts a server may give a thousand whatever is asked for.
            return search(*where, address_of(prompt)[1], pattern, offset, PAGE)[:PAGE]
        except (PermissionDenied, NotFound, PromptAnswerRejected, DatamartFailed) as error:
            raise NotListed(str(error)) from None


class Unknown:
    """No choices are known: names are left to the server."""

    def page(self, prompt: Prompt, pattern: str = "", offset: int = 0) -> list[Choice]:
        """Raises NotListed."""
        raise NotListed("there is no instance whose prompts could be asked for their choices")
