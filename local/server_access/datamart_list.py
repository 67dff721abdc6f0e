"""Lists the datamarts of a server with what each would write and ask, without executing anything (API.md 4, 5.1, 7)."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from functions.errors import LibraryError, NotFound
from functions.microstrategy import Client, Definition, Project
from functions.microstrategy.models import FoundObject
from functions.prompts.prompt import Prompt, is_required, names_of
from functions.runs.history import HistoryRecord
from functions.similar_names import similar
from functions.text import quoted
from local.server_access.fatal_errors import is_fatal

OnNote = Callable[[str], None]

OnProgress = Callable[[int, int], None]
"""Called before each datamart with how many were read, and how many there are."""

OF_THE_LAST_RUN = ("id", "status", "loaded", "startedAt")
"""What is shown of its record."""

MOST_NOTES = 5
"""Notes about datamarts that could not be read; they are often many, for one reason."""


MOST_NAMED = 3
"""Folders that are named in place of one that is not there."""


@dataclass(frozen=True)
class ListedDatamart:
    """A datamart.

    Parameters
    ----------
    project, datamart
        As they were found.
    definition
        What it writes; None where that may not be read or the response does not say it.
    prompts
        The prompts of its definition; None where they cannot be read.
    last
        The record of its last run; None where there is none, or the history cannot be read.
    """

    project: Project
    datamart: FoundObject
    definition: Definition | None
    prompts: list[Prompt] | None
    last: HistoryRecord | None = None

    def as_json(self) -> dict[str, Any]:
        """The object of ``datamart list --json``; what is not known is null."""
        definition = self.definition
        return {
            "project": self.project.name,
            "projectId": self.project.id,
            "path": self.datamart.path,
            "name": self.datamart.name,
            "id": self.datamart.id,
            "table": definition and definition.table,
            "append": definition and definition.append,
            "source": definition and definition.source,
            "prompts": None if self.prompts is None else list(map(_prompt, self.prompts)),
            "lastRun": self.last and {key: self.last.as_json()[key] for key in OF_THE_LAST_RUN},
        }


def _prompt(prompt: Prompt) -> dict[str, Any]:
    title = names_of(prompt)[0]
    return {"title": title, "name": prompt.get("name"), "type": prompt["type"], "required": is_required(prompt)}


def datamarts_in(
    client: Client, project: str | None, folder: str | None, on_note: OnNote, on_progress: OnProgress
) -> list[ListedDatamart]:
    """The datamarts of a project, or of all projects that are open to the account, by project, path and name.

    Parameters
    ----------
    client
        In a session.
    project, folder
        As a person names them; a folder is one of the project, and counts with the folders in it.
    on_note
        Called with a sentence for each note: what could not be read is only a note.

    Raises
    ------
    LibraryError
        The project or folder is not there, nothing can be listed, or no further call can succeed.
    """
    found = list(_found(client, project, folder, on_note))
    listed, unread = list[ListedDatamart](), list[str]()
    for number, (one, datamart) in enumerate(found):
        on_progress(number, len(found))
        definition, prompts, problem = _details(client, one.id, datamart.id)
        listed.append(ListedDatamart(one, datamart, definition, prompts))
        unread += [f"{datamart.path}/{datamart.name} cannot be read: {problem}."] if problem else []
    for note in unread[:MOST_NOTES]:
        on_note(note)
    if len(unread) > MOST_NOTES:
        on_note(f"{len(unread) - MOST_NOTES} more notes of this kind are left out.")
    return listed


def _found(
    client: Client, project: str | None, folder: str | None, on_note: OnNote
) -> Iterable[tuple[Project, FoundObject]]:
    if project is not None:
        one = client.find_project(project)
        root = None if folder is None else _folder(client, one, folder)
        yield from ((one, datamart) for datamart in client.list_datamarts(one.id, root))
        return
    for one in sorted(client.list_projects(), key=lambda each: (each.name or "", each.id)):
        try:
            yield from ((one, datamart) for datamart in client.list_datamarts(one.id))
        except LibraryError as error:
            if is_fatal(error):
                raise
            on_note(f"The project {one.name or one.id} cannot be listed: {error}.")


def _folder(client: Client, project: Project, folder: str) -> str:
    """The ID of the folder. Raises NotFound, naming folders that have datamarts."""
    try:
        return client.find_folder(project.id, folder)
    except NotFound as error:
        paths = sorted({datamart.path for datamart in client.list_datamarts(project.id)})
        near = similar(folder, paths, MOST_NAMED) or paths[:MOST_NAMED]
        if not near:
            raise
        named = ", ".join(quoted(path, 120) for path in near)
        raise NotFound(f"{error.message}; folders with datamarts are {named}", step=error.step) from None


def _details(
    client: Client, project_id: str, datamart_id: str
) -> tuple[Definition | None, list[Prompt] | None, str | None]:
    """What it writes and asks, and why that cannot be read. Raises LibraryError if no further call can succeed."""
    definition: Definition | None = None
    try:
        definition = client.get_definition(project_id, datamart_id)
        definition = definition if definition.readable else None
        return definition, client.get_definition_prompts(project_id, datamart_id), None
    except LibraryError as error:
        if is_fatal(error):
            raise
        return definition, None, str(error)
