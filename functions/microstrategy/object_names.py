"""Which of the listed projects, events or found objects a reference means (API.md 3, 4 and 12)."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from functions.errors import NotFound
from functions.microstrategy.json_access import integer, mappings, object_id, text
from functions.microstrategy.models import FoundObject, Project, ServerEvent
from functions.similar_names import COMPARED, MOST_COMPARED, composed, folded, similar
from functions.text import one_line

REPORT_TYPE = 3
"""Type of a report; datamarts and cubes are subtypes (API.md 4.1)."""


@dataclass(frozen=True)
class ObjectKind:
    """A kind of report that is looked up by ID, name or path: its subtype, and the step that looks it up."""

    noun: str
    subtype: int
    step: str


DATAMART = ObjectKind("datamart", 772, "find_datamart")
CUBE = ObjectKind("cube", 776, "find_cube")
"""The subtypes of API.md 4.1 and 12."""

FOLDER_TYPE = 8
"""Type of a folder (API.md 4.1)."""

MAX_NAMED = 3
"""Names that a message offers in place of one that is not there."""

MAX_LISTED = 20
"""Candidates that a message lists."""

MAX_SHOWN = 250
"""Characters of a name that are shown: what the server itself allows for one."""

MAX_LEVELS = 50
"""Folders of a path that are shown; the server's own trees have some ten."""


def project_of(reference: str, listed: list[dict[str, Any]]) -> Project:
    """The project of that id, or of that name in that case, with any accents. Raises NotFound, naming the nearest."""
    projects = projects_of(listed)
    found = [p for p in projects if reference in (p.name, p.id)] or [
        p for p in projects if p.name and composed(p.name) == composed(reference)
    ]
    if len(found) == 1:
        return found[0]
    if found:
        ids = ", ".join(p.id for p in found[:MAX_LISTED])
        raise NotFound(f'the project name "{reference}" is not unique: {ids}', step="find_project")
    names = [p.name for p in projects if p.name]
    hint = _nearest(reference, names) or _open(names)
    raise NotFound(f'no project "{reference}" is loaded and open to this account{hint}', step="find_project")


def projects_of(listed: list[dict[str, Any]]) -> list[Project]:
    """The projects in what a server lists."""
    return [Project(str(p["id"]), text(p.get("name")), integer(p.get("status"))) for p in listed if _has_id(p)]


def _nearest(name: str, known: Sequence[str]) -> str:
    """The rest of a sentence about a name that is not among ``known``."""
    near = similar(name, known, MAX_NAMED)
    return f"; the nearest are {', '.join(map(_shown, near))}" if near else ""


def _open(names: Sequence[str]) -> str:
    """The rest of a sentence that names projects of a list, where none is like the one that is wanted."""
    more = f" and {len(names) - MAX_NAMED} more" if len(names) > MAX_NAMED else ""
    return f"; those that are: {', '.join(map(_shown, sorted(names)[:MAX_NAMED]))}{more}" if names else ""


def is_a(kind: ObjectKind, item: dict[str, Any]) -> bool:
    """Whether a found object is one of that kind that calls can name."""
    return item.get("subtype") == kind.subtype and _has_id(item)


def found_object(item: dict[str, Any]) -> FoundObject:
    """An object as a search found it, with its ancestors."""
    return FoundObject(str(item["id"]).upper(), text(item.get("name")) or "", _shown_path(_ancestors(item)[1:]))


def object_of(
    kind: ObjectKind, name: str, path: str | None, objects: list[dict[str, Any]], others: Sequence[str] = ()
) -> FoundObject:
    """The object of that kind and name, and in that folder if one is given; a name in the right case wins.

    ``others`` are names of such objects for the message about a name that none has. Raises NotFound: no object matches,
    it is not of that kind, or several match and are listed with their paths.
    """
    named = _of_name(name, [item for item in objects if is_a(kind, item)])
    fitting = [item for item in named if path is None or _is_in(item, path)]
    if len(fitting) == 1:
        return found_object(fitting[0])
    wanted = f'"{name}"' + (f' in "{path}"' if path else "")
    if not named:
        raise NotFound(f"no {kind.noun} {wanted}{_nearest(name, others)}", step=kind.step)
    listed = "; ".join(
        f"{_shown(item['name'])} ({item['id']}) in {_shown_path(_ancestors(item))}" for item in named[:MAX_LISTED]
    )
    what = f"{len(fitting)} {kind.noun}s fit" if fitting else f"no {kind.noun} is"
    raise NotFound(f"{what} {wanted}; there are: {listed}", step=kind.step)


def event_of(name: str, listed: list[dict[str, Any]]) -> ServerEvent:
    """The server's event of that name; a name in the right case wins. Raises NotFound: none, or several have it."""
    events = [item for item in listed if _has_id(item) and text(item.get("name"))]
    named = _of_name(name, events)
    if len(named) == 1:
        return ServerEvent(str(named[0]["id"]).upper(), str(named[0]["name"]))
    if named:
        ids = ", ".join(str(item["id"]) for item in named[:MAX_LISTED])
        raise NotFound(f'the event name "{name}" is not unique: {ids}', step="find_event")
    hint = _nearest(name, [str(item["name"]) for item in events[:MOST_COMPARED]])
    raise NotFound(f'no event "{name}"{hint}', step="find_event")


def _of_name(name: str, items: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Those of that name, compared as exactly as any of them allows."""
    return next(filter(None, ([i for i in items if fold(str(i.get("name"))) == fold(name)] for fold in _FOLDS)), [])


def folder_of(path: str, objects: list[dict[str, Any]]) -> str:
    """The id of the folder at that path (API.md 4.2); a path in the right case wins.

    The path is the whole one, with or without the name of the project's root folder: something is saved there, so a
    folder that only ends like it will not do. Raises NotFound: none is there, or several are.
    """
    folders = [item for item in objects if item.get("type") == FOLDER_TYPE and _has_id(item)]
    fitting = next(filter(None, ([item for item in folders if _is_at(item, path, fold)] for fold in _FOLDS)), [])
    if len(fitting) == 1:
        return str(fitting[0]["id"])
    if fitting:
        raise NotFound(f'{len(fitting)} folders are at "{path}": {_listed(fitting, path)}', step="find_folder")
    there_are = f"; the nearest of that name are: {_listed(folders, path)}" if folders else ""
    raise NotFound(f'there is no folder "{path}"{there_are}', step="find_folder")


_FOLDS: tuple[Callable[[str], str], ...] = (str, composed, folded)
"""How names are compared: as they are written, or else but for the encoding of accents, or else but for case."""


def _has_id(item: dict[str, Any]) -> bool:
    """Whether a call can name it: an id enters paths and headers."""
    return object_id(item.get("id")) is not None


def _is_at(item: dict[str, Any], path: str, fold: Callable[[str], str]) -> bool:
    way, wanted = [fold(name) for name in _way(item)], fold(path).strip("/")
    return wanted in ("/".join(way), "/".join(way[1:]))


def _listed(folders: list[dict[str, Any]], path: str) -> str:
    """The folders with their ids, those whose path is most like ``path`` first."""
    by_end: dict[str, list[dict[str, Any]]] = {}
    for item in folders:
        by_end.setdefault(folded("/".join(_way(item))[-COMPARED:]), []).append(item)
    nearest = similar(path[-COMPARED:], by_end, MAX_LISTED, 0.0)
    listed = [item for end in nearest for item in by_end[end]][:MAX_LISTED]
    return "; ".join(f"{_shown_path(_way(item))} ({item['id']})" for item in listed)


def _is_in(item: dict[str, Any], path: str) -> bool:
    return folded(f"{path_of(item)}/").endswith(folded(f"/{path.strip('/')}/"))


def path_of(item: dict[str, Any]) -> str:
    """A found object's folder path."""
    return "/" + "/".join(_ancestors(item))


def _shown_path(names: list[str]) -> str:
    """A path as a message shows it."""
    return "/" + "/".join(map(_shown, names[-MAX_LEVELS:]))


def _shown(name: Any) -> str:
    """A server's name as a message shows it."""
    return one_line(str(name)[: 2 * MAX_SHOWN], MAX_SHOWN)


def _way(item: dict[str, Any]) -> list[str]:
    """The names from the project's root folder to the object, itself included."""
    return [*_ancestors(item), str(item.get("name"))]


def _ancestors(item: dict[str, Any]) -> list[str]:
    """The names of the folders that it is in, the outermost first; ``level`` counts upwards (API.md 4.2)."""
    ancestors = sorted(mappings(item.get("ancestors")), key=lambda a: -(integer(a.get("level")) or 0))
    return [str(a.get("name")) for a in ancestors]
