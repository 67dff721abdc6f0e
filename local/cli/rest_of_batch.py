"""What an ended batch of this computer has not loaded, to run it in an emulator that knows nothing of it."""

import json
from typing import Any, Protocol

from functions.requests.batches.batch import Batch
from infra.settings.settings import BadConfiguration, settings_of
from local.cli.batch_files import BatchFiles
from local.cli.earlier import Earlier
from local.errors import CannotGoOn
from local.history.files import Files
from local.history.history import History, Selection
from local.synth import STAGE

BROUGHT = ("object", "content")
"""Keys of an input whose items come from outside: an upload or a message."""


class Decisions(Protocol):
    """What a person decides on items that may be loaded."""

    forced: tuple[str, ...]
    accepted: tuple[str, ...]

    def check_no_items(self) -> None:
        """Names are for a batch that has begun. Raises CannotGoOn."""

    def check_items(self, items: tuple[str, ...], earlier: Earlier, history: History) -> None:
        """They are items of the batch, and confirmed. Raises CannotGoOn, NotDone."""


def rest_of(earlier: Earlier, files: Files, decisions: Decisions) -> dict[str, Any]:
    """The input of a batch with the items that are not loaded, as the restart of a stage has them.

    What later restarts and runs of its items have loaded, or may have, counts as if the batch had. An item that nobody
    knows of is left out, and so is what comes after it, unless a person decided. Raises CannotGoOn, NotDone.
    """
    given = earlier.again
    if found := [key for key in BROUGHT if key in given]:
        raise CannotGoOn(
            f"{earlier.id}: its items came from outside ({found[0]}). Deliver the event again: run its file."
        )
    loaded = _loaded(earlier.id, files)
    if not loaded:
        decisions.check_no_items()
        return given
    batch = _batch(earlier, given)
    decisions.check_items(tuple(item.name for item in batch.items), earlier, files)
    decided = dict.fromkeys(decisions.accepted, "yes") | dict.fromkeys(decisions.forced, "no")
    rest = _not_loaded(batch, loaded | decided)
    only = [name for name in rest if name in given.get("only", rest)]
    if not only:
        raise CannotGoOn(f"{earlier.id}: nothing is left to run: each item is loaded, or may be, or comes after one.")
    return given | {"only": only}


def _loaded(batch_run: str, files: Files) -> dict[str, str]:
    """Whether each item that has run is loaded, by what is known of it in the batch and in all that repeated it."""
    records = list(files.records(Selection()))
    batches = {batch_run}
    while more := {each.id for each in records if each.kind == "batch" and each.rerun_of in batches} - batches:
        batches |= more
    items = {each.id: str(each.item) for each in records if each.batch_run in batches}
    while again := [each for each in records if each.rerun_of in items and each.id not in items]:
        items |= {each.id: items[str(each.rerun_of)] for each in again}
    found: dict[str, str] = {}
    for record in records:
        if record.id in items:
            item = items[record.id]
            found[item] = max(found.get(item, "no"), record.loaded, key=_SURER.index)
    return found


_SURER = ("no", "unknown", "yes")
"""Whether a table is loaded, where two runs say it: the later word counts."""


def _batch(earlier: Earlier, given: dict[str, Any]) -> Batch:
    try:
        files = BatchFiles(settings_of(STAGE))
    except BadConfiguration as problem:
        raise CannotGoOn(str(problem)) from None
    return files.read_bytes(json.dumps(given).encode(), earlier.id)


def _not_loaded(batch: Batch, loaded: dict[str, str]) -> list[str]:
    """Names of the items that may run: neither loaded nor unknown, nor after one that is unknown."""
    unknown = {name for name, known in loaded.items() if known == "unknown"}
    while more := {item.name for item in batch.items if unknown & set(item.after)} - unknown:
        unknown |= more
    return [item.name for item in batch.items if item.name not in unknown and loaded.get(item.name) != "yes"]
