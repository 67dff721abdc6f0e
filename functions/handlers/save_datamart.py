"""After the load, and only when asked for: save the definition, in place or as another object."""

from typing import Any

from functions.errors import LibraryError, SaveFailed
from functions.handlers._decorators import deadline_free_step
from functions.lifecycle.step import Step, StepResult
from functions.runs.store.attempts import begin_saving
from functions.runs.store.runs import record_saved


@deadline_free_step
def handler(step: Step) -> StepResult:
    """Save (``save``) or save as (``saveAs``). Returns ``saved``: {objectId}. Raises SaveFailed: the table is loaded.

    Never repeated blindly: saveAs may create a second object (API.md 8.5).
    """
    run = step.run
    if run.saved_object_id:
        return {"saved": run.saved_as_json()}
    if not begin_saving(run):
        raise SaveFailed("another invocation of this step began to save, and its result is unknown.")
    try:
        object_id = _save(step, step.event)
    except LibraryError as error:
        raise SaveFailed(f"the definition was not saved{_as(step.event)}: {error}") from error
    record_saved(run, object_id)
    step.facts["saved"] = object_id
    return {"saved": run.saved_as_json()}


def _as(event: dict[str, Any]) -> str:
    """What it was to be saved as, and the way out where that name is taken: it shows as many errors (API.md 11)."""
    wanted = event.get("saveAs")
    if not wanted:
        return ""
    folder = wanted.get("folder") or wanted["destinationFolderId"]
    hint = "" if wanted.get("overwrite") else '; if the name is taken, choose another or set "overwrite": true'
    return f' as "{wanted["name"]}" in {folder}{hint}'


def _save(step: Step, event: dict[str, Any]) -> str:
    run = step.run
    where = (run.project_id, run.datamart_id, str(run.attempt.instance_id))
    if event.get("saveAs"):
        wanted = event["saveAs"]
        return step.library.save_as(
            *where,
            name=wanted["name"],
            folder_id=wanted.get("destinationFolderId") or str(run.save_folder_id),
            overwrite=wanted.get("overwrite", False),
            prompt_options=wanted.get("promptOptions"),
        )
    return step.library.save(*where, prompt_options=event["save"].get("promptOptions"))
