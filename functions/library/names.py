"""Which of the listed projects or found objects a reference means (contract sections 3 and 4)."""

import difflib
from typing import Any

from functions.library.errors import NotFound
from functions.library.models import Datamart, Project
from functions.library.shape import integer, mappings, text

DATAMART_SUBTYPE = 772
"""Subtype of a report that is a datamart (contract 4.1)."""


def project_of(reference: str, listed: list[dict[str, Any]]) -> Project:
    """The project of that id or exact, case-sensitive name. Raises NotFound, naming the nearest."""
    projects = [Project(str(p["id"]), text(p.get("name")), integer(p.get("status"))) for p in listed if "id" in p]
    found = [p for p in projects if reference in (p.name, p.id)]
    if len(found) == 1:
        return found[0]
    if found:
        ids = ", ".join(p.id for p in found)
        raise NotFound(f'the project name "{reference}" is not unique: {ids}', step="find_project")
    near = difflib.get_close_matches(reference, [p.name for p in projects if p.name], 3, 0.5)
    hint = f"; the nearest are {', '.join(near)}" if near else ""
    raise NotFound(f'no project "{reference}" is loaded and open to this account{hint}', step="find_project")


def datamart_of(name: str, path: str | None, objects: list[dict[str, Any]]) -> Datamart:
    """The datamart of that name, and in that folder if one is given; a name in the right case wins.

    Raises NotFound: there is none, it is no datamart, or several fit and are listed with their paths.
    """
    found = [item for item in objects if item.get("subtype") == DATAMART_SUBTYPE]
    named = [item for item in found if item.get("name") == name] or [
        item for item in found if str(item.get("name")).casefold() == name.casefold()
    ]
    fitting = [item for item in named if path is None or _is_in(item, path)]
    if len(fitting) == 1:
        return Datamart(str(fitting[0]["id"]), text(fitting[0].get("name")))
    wanted = f'"{name}"' + (f' in "{path}"' if path else "")
    if not named:
        raise NotFound(f"no datamart {wanted}", step="find_datamart")
    listed = "; ".join(f"{item.get('name')} ({item.get('id')}) in {_path(item)}" for item in named[:20])
    what = f"{len(fitting)} datamarts fit" if fitting else "no datamart is"
    raise NotFound(f"{what} {wanted}; there are: {listed}", step="find_datamart")


def _is_in(item: dict[str, Any], path: str) -> bool:
    return f"{_path(item)}/".casefold().endswith(f"/{path.strip('/')}/".casefold())


def _path(item: dict[str, Any]) -> str:
    """A found object's folder path; ``level`` counts upwards from the object (contract 4.2)."""
    ancestors = sorted(mappings(item.get("ancestors")), key=lambda a: -(integer(a.get("level")) or 0))
    return "/" + "/".join(str(a.get("name")) for a in ancestors)
