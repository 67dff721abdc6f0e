"""Choices of prompts as the server lists them, and objects that it finds by name (API.md 4.2, 7.1)."""

from dataclasses import dataclass

from functions.errors import DatamartFailed, NotFound, PermissionDenied, PromptAnswerRejected, ServerUnavailable
from functions.microstrategy import Client
from functions.microstrategy.object_names import path_of
from functions.prompts.choices import PAGE, Choice, NotListed
from functions.prompts.prompt import Prompt, address_of, titled
from functions.prompts.types import type_of

REFUSALS = (PermissionDenied, NotFound, PromptAnswerRejected, DatamartFailed)
"""Errors by which the server refuses to list something; any other error means that it could not be asked."""


@dataclass(frozen=True)
class ServerChoices:
    """The choices that the server offers for an instance's prompts, under the answers given so far."""

    library: Client
    project_id: str
    datamart_id: str
    instance_id: str

    def page(self, prompt: Prompt, pattern: str = "", offset: int = 0) -> list[Choice]:
        """One page, by one call, of a prompt whose choices can be listed.

        Raises
        ------
        NotListed
            The server refuses to list them.
        LibraryError
            The server could not be asked. If the call took too long (``timed_out``), the text names the prompt.
        """
        listings = {"elements": self.library.search_elements, "objects": self.library.search_objects}
        search = listings[type_of(prompt).listing or "objects"]
        where = (self.project_id, self.datamart_id, self.instance_id)
        try:
            # Cut, because for level prompts a server may return a thousand, whatever the limit.
            return search(*where, address_of(prompt)[1], pattern, offset, PAGE)[:PAGE]
        except REFUSALS as error:
            raise NotListed(str(error)) from None
        except ServerUnavailable as error:
            if error.timed_out:
                error.explain(f"it was asked for {titled(prompt)}")
            raise

    def named(self, kind: str, name: str) -> list[Choice]:
        """One search. Raises NotListed if the account may not search, LibraryError."""
        return search_by_name(self.library, self.project_id, kind, name)


def search_by_name(library: Client, project_id: str, kind: str, name: str) -> list[Choice]:
    """Objects of a kind in the whole project (API.md 4.2); needs no instance. Raises NotListed, LibraryError."""
    try:
        found = library.find_objects(project_id, name, kind)
    except REFUSALS as error:
        raise NotListed(str(error)) from None
    return [{"id": one.get("id"), "name": one.get("name"), "path": path_of(one)} for one in found]
