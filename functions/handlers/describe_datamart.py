"""From names to ids, and what the datamart is going to write."""

import contextlib
from collections.abc import Iterator
from typing import Any

from functions.errors import NotFound, PermissionDenied, ServerBusy, ServerUnavailable
from functions.handlers._decorators import step
from functions.lifecycle.learning import polling_of
from functions.lifecycle.step import Step, StepResult
from functions.microstrategy import Datamart, Definition, Project
from functions.object_ids import is_id
from functions.requests.placeholders import hint
from functions.runs import model
from functions.runs.model import ServerObject, Target
from functions.runs.store.follow_ups import record_found
from functions.runs.store.runs import record_datamart, set_save_folder
from functions.telemetry import logger


@step
def handler(step: Step) -> StepResult:
    """Find project and datamart and read the definition; keep them in the run.

    A definition that may not be read does not fail the run: the datamart then counts as appending, which is the
    careful reading (API.md 5.1). The folder to save in is looked for here, before anything is executed: a path that
    leads nowhere must not be found out when the table is loaded. So are the events and cubes that follow. How long
    earlier runs took is read here, once for all looks. Returns ``project``, ``datamart``, ``target``. Raises
    NotFound, ServerBusy.
    """
    project = _project(step, step.event["project"])
    datamart = _datamart(step, project.id, step.event["datamart"])
    definition = _definition(step, project.id, datamart.id)
    if definition is None and datamart.name is None:
        datamart = step.library.find_datamart(project.id, datamart.id)  # nothing has said yet that it is one
    found = ServerObject(project.id, project.name)
    named = ServerObject(datamart.id, (definition and definition.name) or datamart.name)
    target = _target(definition)
    polling = polling_of(step, project.id, datamart.id)
    record_datamart(step.run, found, named, target, _limits(definition), polling)
    if wanted := step.event.get("saveAs"):
        set_save_folder(step.run, _folder(step, project.id, wanted))
    _find_follow_ups(step, project.id)
    return {"project": found.as_json(), "datamart": named.as_json(), "target": target.as_json()}


def _folder(step: Step, project_id: str, wanted: dict[str, Any]) -> str:
    """Where to save after the load; found before it, so that a wrong folder costs nothing."""
    if "folder" in wanted:
        with _searching(wanted["folder"]):
            return step.library.find_folder(project_id, wanted["folder"])
    with contextlib.suppress(PermissionDenied):  # not to be seen by this account, but perhaps to be saved into
        return step.library.find_folder(project_id, wanted["destinationFolderId"])
    return str(wanted["destinationFolderId"])


def _find_follow_ups(step: Step, project_id: str) -> None:
    """Find what follows the load, unless an earlier attempt did."""
    follow_ups = step.run.follow_ups
    if all(one.id for one in follow_ups):
        return
    found = []
    for one in follow_ups:
        with _searching(one.given):
            found.append(one.kind.find(step.library, project_id, one.given))
    record_found(step.run, found)


def _project(step: Step, reference: str) -> Project:
    if is_id(reference):
        return Project(id=reference, name=None, status=None)
    with _searching(reference):
        return step.library.find_project(reference)


def _datamart(step: Step, project_id: str, reference: str | dict[str, str]) -> Datamart:
    if isinstance(reference, str) and is_id(reference):
        return Datamart(id=reference, name=None)
    with _searching(reference):
        return step.library.find_datamart(project_id, reference)


@contextlib.contextmanager
def _searching(reference: str | dict[str, str]) -> Iterator[None]:
    """Adds to NotFound that a placeholder in the name was not filled in, and sends a slow search once an attempt.

    A search that took too long may still be running on the server. ServerBusy ends the attempt, and the logout the
    query with its session; the state's retriers would start the same query beside it.
    """
    try:
        yield
    except NotFound as error:
        if more := hint(reference):
            error.explain(more)
        raise
    except ServerUnavailable as error:
        if not error.timed_out:
            raise
        raise ServerBusy(
            f"the search by name took too long: {error.message}", step=error.step, http_status=error.http_status
        ) from None


def _definition(step: Step, project_id: str, datamart_id: str) -> Definition | None:
    """The definition, or None where it may not be read or does not say what a run writes."""
    try:
        definition = step.library.get_definition(project_id, datamart_id)
        reason = "it says nothing of the table"
    except PermissionDenied as error:
        definition, reason = None, str(error)
    if definition is not None and definition.readable:
        return definition
    logger.warning("the definition cannot be read: counts as appending", extra={"reason": reason})
    return None


def _target(definition: Definition | None) -> Target:
    if definition is None:
        return Target(append=True)
    return Target(definition.source, definition.table, definition.append)


def _limits(definition: Definition | None) -> model.Definition:
    """What the run keeps of the definition; of one that cannot be read the most careful."""
    if definition is None:
        return model.Definition()
    return model.Definition(True, definition.runs_extra_sql, definition.max_execution_seconds)
