"""Looks projects, datamarts, cubes, events, folders and other objects up by name or ID (API.md 3, 4 and 12)."""

import contextlib
from collections.abc import Iterator
from typing import Any

from functions.errors import LibraryError, NotFound
from functions.microstrategy import endpoints as at
from functions.microstrategy.caller import Caller
from functions.microstrategy.endpoints import Endpoint
from functions.microstrategy.json_access import mapping, mappings, text
from functions.microstrategy.models import Datamart, FoundObject, Project, ServerEvent
from functions.microstrategy.object_names import (
    CUBE,
    DATAMART,
    FOLDER_TYPE,
    REPORT_TYPE,
    ObjectKind,
    event_of,
    folder_of,
    found_object,
    is_a,
    object_of,
    project_of,
    projects_of,
)
from functions.object_ids import is_id
from functions.similar_names import MOST_COMPARED, spellings

OBJECT_TYPES = {"attribute": 12, "metric": 4}
"""Types of what is looked up by name beside datamarts and folders (API.md 4.1)."""

_SEARCHES = {DATAMART: (at.FIND_DATAMART, at.LIST_DATAMARTS), CUBE: (at.FIND_CUBE, at.LIST_CUBES)}
"""The calls that find one object of a kind, and list all of them."""

_PAGE = 200
_MOST_FOUND = 5_000


class NameLookup(Caller):
    """The calls that find objects. For its parameters see :class:`functions.microstrategy.caller.Caller`."""

    def list_projects(self) -> list[Project]:
        """The projects that are loaded and open to the account (API.md 3)."""
        return projects_of(mappings(self.call(at.FIND_PROJECT).json))

    def find_project(self, reference: str) -> Project:
        """The project of that id or exact, case-sensitive name. Raises NotFound, naming the nearest."""
        listed = mappings(self.call(at.FIND_PROJECT).json)
        with self.redacting():
            return project_of(reference, listed)

    def find_datamart(self, project_id: str, reference: str | dict[str, str]) -> Datamart:
        """The datamart of that id, exact name, or name and folder path.

        Raises NotFound: no object matches, it is not a datamart, or several match and are listed with their paths.
        """
        if isinstance(reference, str) and is_id(reference):
            return self._datamart_by_id(project_id, reference)
        name = reference if isinstance(reference, str) else reference["name"]
        path = None if isinstance(reference, str) else reference["path"]
        found = self._of_kind(DATAMART, project_id, name, path)
        return Datamart(found.id, found.name or None)

    def find_cube(self, project_id: str, reference: str) -> FoundObject:
        """The Intelligent cube of that id, exact name, or path: the folders and the name, separated by slashes.

        A name with a slash in it has to be given as an ID. Raises NotFound: no object matches, it is not a cube, or
        several match and are listed with their paths.
        """
        if is_id(reference):
            found = mapping(self.call(at.GET_CUBE_OBJECT, project_id, {"type": REPORT_TYPE}, cube=reference).json)
            if found.get("subtype") != CUBE.subtype:
                raise NotFound(f"the object {reference} is not an Intelligent cube", step=CUBE.step)
            return found_object(found | {"id": reference})
        path, _, name = reference.rpartition("/")
        return self._of_kind(CUBE, project_id, name, path.strip("/") or None)

    def find_event(self, reference: str) -> ServerEvent:
        """The server's event of that id or name (API.md 12). Raises NotFound: none, naming the nearest, or several."""
        if is_id(reference):
            found = mapping(self.call(at.GET_EVENT, event=reference).json)
            return ServerEvent(reference.upper(), text(found.get("name")) or reference.upper())
        body = self.call(at.LIST_EVENTS).json
        listed = mappings(body if isinstance(body, list) else mapping(body).get("events"))
        with self.redacting():
            return event_of(reference, listed)

    def _of_kind(self, kind: ObjectKind, project_id: str, name: str, path: str | None) -> FoundObject:
        """The object of that kind and name. Raises NotFound, naming the nearest or all candidates."""
        find, list_all = _SEARCHES[kind]
        found = self._search(find, project_id, name, kind.subtype)
        others = [] if any(is_a(kind, one) for one in found) else self._others(kind, list_all, project_id)
        with self.redacting():
            return object_of(kind, name, path, found, others)

    def _others(self, kind: ObjectKind, list_all: Endpoint, project_id: str) -> list[str]:
        """The names of the project's objects of that kind, for a message; none where they cannot be listed now."""
        query = {"type": kind.subtype, "limit": MOST_COMPARED}
        with contextlib.suppress(LibraryError):
            listed = mappings(mapping(self.call(list_all, project_id, query).json).get("result"))
            return [str(one["name"]) for one in listed if is_a(kind, one) and one.get("name")]
        return []

    def list_datamarts(self, project_id: str, folder_id: str | None = None) -> list[FoundObject]:
        """The project's datamarts, or those in a folder and in the folders in it, by path and name.

        By the index in which a run looks for a name: a new datamart may be missing (API.md 4.2). At most 5,000.
        """
        query: dict[str, Any] = {"type": DATAMART.subtype} | ({} if folder_id is None else {"root": folder_id})
        found = [one for one in self._pages(at.LIST_DATAMARTS, project_id, query) if is_a(DATAMART, one)]
        return sorted(map(found_object, found), key=lambda one: (one.path, one.name, one.id))

    def _datamart_by_id(self, project_id: str, datamart_id: str) -> Datamart:
        found = mapping(self.call(at.GET_OBJECT, project_id, {"type": REPORT_TYPE}, datamart=datamart_id).json)
        if found.get("subtype") != DATAMART.subtype:
            raise NotFound(f"the object {datamart_id} is a report, but not a datamart", step="find_datamart")
        return Datamart(datamart_id.upper(), text(found.get("name")))

    def find_folder(self, project_id: str, reference: str) -> str:
        """The id of the folder of that id or path (API.md 4.2, 4.4). Raises NotFound: none, or several fit."""
        if is_id(reference):
            found = mapping(self.call(at.GET_FOLDER, project_id, {"type": FOLDER_TYPE}, folder=reference).json)
            if found.get("type") != FOLDER_TYPE:
                raise NotFound(f"the object {reference} is not a folder", step="find_folder")
            return reference.upper()
        name = reference.strip("/").rpartition("/")[2]
        folders = self._search(at.FIND_FOLDER, project_id, name, FOLDER_TYPE)
        with self.redacting():
            return folder_of(reference, folders)

    def find_objects(self, project_id: str, name: str, kind: str) -> list[dict[str, Any]]:
        """The objects of that name, in whatever case, with their ``ancestors``; ``kind`` is one of OBJECT_TYPES.

        By an index that may not have a new object yet (API.md 4.2).
        """
        number = OBJECT_TYPES[kind]
        return [one for one in self._search(at.FIND_OBJECTS, project_id, name, number) if one.get("type") == number]

    def _search(self, endpoint: Endpoint, project_id: str, name: str, kind: int) -> list[dict[str, Any]]:
        """All objects of exactly that name, however its accents are encoded: a server may compare what is stored."""
        for spelling in spellings(name):
            if found := list(self._named(endpoint, project_id, spelling, kind)):
                return found
        return []

    def _named(self, endpoint: Endpoint, project_id: str, name: str, kind: int) -> Iterator[dict[str, Any]]:
        """Those of exactly that name; a (sub)type asks for one kind only, and some servers ignore it."""
        return self._pages(endpoint, project_id, {"name": name, "pattern": 2, "type": kind})

    def _pages(self, endpoint: Endpoint, project_id: str, query: dict[str, Any]) -> Iterator[dict[str, Any]]:
        """What a search finds, page by page, each object with its ``ancestors``."""
        for offset in range(0, _MOST_FOUND, _PAGE):
            part = query | {"getAncestors": "true", "offset": offset, "limit": _PAGE}
            page = mappings(mapping(self.call(endpoint, project_id, part).json).get("result"))
            yield from page
            if len(page) < _PAGE:
                return
