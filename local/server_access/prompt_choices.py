"""Reads the choices of a datamart's prompts without executing it (API.md 5, note a; API.md 7.1)."""

import contextlib
from collections.abc import Callable
from typing import Self

from functions.errors import LibraryError, SessionLost
from functions.microstrategy import Client
from functions.prompts.choices import Choice, NotListed
from functions.prompts.prompt import Prompt
from functions.prompts.server_choices import ServerChoices, search_by_name
from local import signals
from local.server_access.fatal_errors import is_fatal


class NewInstance:
    """Choices from an instance: created for the first request, never executed, deleted at the end.

    A context manager, and ``Choices`` as ``plan`` and ``questions`` take them. A refusal of the instance
    or of the list is NotListed; LibraryError is raised only if no further call can succeed.

    Parameters
    ----------
    client
        In a session, which is to be logged out after the end.
    project_id, datamart_id
        Of the datamart.
    on_note
        Called with a sentence if the instance is left behind.
    """

    def __init__(self, client: Client, project_id: str, datamart_id: str, on_note: Callable[[str], None]) -> None:
        self._client = client
        self._where = (project_id, datamart_id)
        self._on_note = on_note
        self._id: str | None = None
        self._refusal: str | None = None
        self._registered = contextlib.ExitStack()

    def page(self, prompt: Prompt, pattern: str = "", offset: int = 0) -> list[Choice]:
        """One call, and before the first one that of the instance. Raises NotListed, LibraryError."""
        try:
            return ServerChoices(self._client, *self._where, self._made()).page(prompt, pattern, offset)
        except LibraryError as error:
            if is_fatal(error):
                raise
            raise NotListed(str(error)) from None

    def named(self, kind: str, name: str) -> list[Choice]:
        """One search, for which no instance is made. Raises NotListed, LibraryError."""
        return search_by_name(self._client, self._where[0], kind, name)

    def _made(self) -> str:
        if self._refusal is not None:
            raise NotListed(self._refusal)
        if self._id is None:
            try:
                with signals.deferred():
                    self._id = self._client.create_instance(*self._where)
            except LibraryError as error:
                self._refusal = f"no instance can be created to list them: {error}"
                if is_fatal(error):
                    raise
                raise NotListed(self._refusal) from None
        return self._id

    def __enter__(self) -> Self:
        self._registered.enter_context(signals.may_leave(lambda: [f"instance {self._id}"] if self._id else []))
        return self

    def __exit__(self, *exception: object) -> None:
        with self._registered:
            if self._id is not None:
                with signals.deferred():
                    self._delete(self._id)

    def _delete(self, instance_id: str) -> None:
        problem: LibraryError | None = None
        for _ in range(2):  # gone already counts as deleted (API.md 8.5)
            try:
                self._client.delete_instance(*self._where, instance_id)
            except SessionLost:
                return  # and the instance with it
            except LibraryError as error:
                problem = error
            else:
                return
        self._on_note(f"The instance could not be deleted; it ends with the session. {problem}.")
