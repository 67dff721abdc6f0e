"""Parses the project and the datamart of ``datamart prompts``."""

from typing import Any

from functions.errors import InvalidRequest
from functions.requests.request import normalise
from local.errors import CannotGoOn

Reference = str | dict[str, str]


def wanted(project: str, datamart: str) -> dict[str, Any]:
    """``project`` and ``datamart`` as a request names them; a path is split. Raises CannotGoOn."""
    try:
        request = normalise({"project": project, "datamart": _reference(datamart)})
    except InvalidRequest as problem:
        raise CannotGoOn(str(problem)) from None
    return {key: request[key] for key in ("project", "datamart")}


def _reference(given: str) -> Reference:
    """An id, a name, or of ``/Public Objects/Datamarts/City`` the name and the folder's path."""
    if not given.startswith("/"):
        return given
    path, _, name = given.rstrip("/").rpartition("/")
    if not path.strip("/") or not name:
        raise CannotGoOn(f'DATAMART: invalid path "{given}": use a form such as /Public Objects/Datamarts/City.')
    return {"name": name, "path": path}
