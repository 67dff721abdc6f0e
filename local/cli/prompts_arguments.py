"""Parses the project and the datamart of ``datamart prompts`` and ``datamart init``."""

import argparse
from typing import Any

from functions.errors import InvalidRequest
from functions.requests.request import normalise
from local.cli.server_command import TUTORIAL, is_simulated
from local.errors import CannotGoOn

Reference = str | dict[str, str]


def project_of(arguments: argparse.Namespace) -> str:
    """The project that is named, or that of the simulator. Raises CannotGoOn."""
    if arguments.project is not None:
        return str(arguments.project)
    if is_simulated(arguments):
        return TUTORIAL
    raise CannotGoOn(
        "--project is missing: the id or the exact name of the datamart's project. datamart list shows them."
    )


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
