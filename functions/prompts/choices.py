"""Where the elements and objects come from that may answer a prompt, or that an answer names."""

from dataclasses import dataclass
from typing import Any, Protocol

from functions.errors import DatamartFailed, NotFound, PermissionDenied, PromptAnswerRejected, ServerUnavailable
from functions.microstrategy import Client
from functions.microstrategy.object_names import path_of
from functions.prompts.prompt import Prompt, address_of, titled

Choice = dict[str, Any]
"""An element {id, name} or an object {id, name, type}."""

PAGE = 200
"""The most that the API gives at once (API.md 7.1)."""

OFFERS = ("ELEMENTS", "OBJECTS", "LEVEL")
"""Types of prompts whose choices can be listed."""


REFUSALS = (PermissionDenied, NotFound, PromptAnswerRejected, DatamartFailed)
"""With these the server says that it does not list something; any other error says that it could not be asked."""


class NotListed(Exception):
    """The choices of this prompt cannot be read; the text says why."""


class ListedLater(NotListed):
    """Not here and now: whoever sends the answers looks the names up then."""


class Choices(Protocol):
    """What may answer a prompt, a page at a time."""

    def page(self, prompt: Prompt, pattern: str = "", offset: int = 0) -> list[Choice]:
        """At most PAGE choices that match ``pattern``. Raises NotListed."""

    def named(self, kind: str, name: str) -> list[Choice]:
        """The project's objects of the kind ``attribute`` or ``metric`` that may have that ``name``.

        {id, name, path}: the path is that of the folder. Raises NotListed.
        """


@dataclass(frozen=True)
class OfServer:
    """The choices that the server offers for an instance's prompts, under the answers given so far."""

    library: Client
    project_id: str
    datamart_id: str
    instance_id: str

    def page(self, prompt: Prompt, pattern: str = "", offset: int = 0) -> list[Choice]:
        """One call. Raises NotListed where the server does not list them, LibraryError where it cannot be asked.

        The error of a call that took too long (``timed_out``) names the prompt.
        """
        search = self.library.search_elements if prompt["type"] == "ELEMENTS" else self.library.search_objects
        where = (self.project_id, self.datamart_id, self.instance_id)
        try:
            # Cut, because for level prompts a server may give a thousand whatever is asked for.
            return search(*where, address_of(prompt)[1], pattern, offset, PAGE)[:PAGE]
        except REFUSALS as error:
            raise NotListed(str(error)) from None
        except ServerUnavailable as error:
            if error.timed_out:
                error.explain(f"it was asked for {titled(prompt)}")
            raise

    def named(self, kind: str, name: str) -> list[Choice]:
        """One search. Raises NotListed where the account may not search, LibraryError."""
        return searched(self.library, self.project_id, kind, name)


def searched(library: Client, project_id: str, kind: str, name: str) -> list[Choice]:
    """What a search of the whole project finds (API.md 4.2): it needs no instance. Raises NotListed, LibraryError."""
    try:
        found = library.find_objects(project_id, name, kind)
    except REFUSALS as error:
        raise NotListed(str(error)) from None
    return [{"id": one.get("id"), "name": one.get("name"), "path": path_of(one)} for one in found]


class Unknown:
    """No choices are known: names are left to the server."""

    def page(self, prompt: Prompt, pattern: str = "", offset: int = 0) -> list[Choice]:
        """Raises NotListed."""
        raise NotListed("there is no instance whose prompts could be asked for their choices")

    def named(self, kind: str, name: str) -> list[Choice]:
        """Raises NotListed."""
        raise NotListed("there is no server that could be asked")
