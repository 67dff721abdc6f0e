"""Refuses batch files that fit their schema and still cannot work: checked at synth, not at five in the morning."""

from typing import Any

from functions.errors import InvalidRequest
from functions.requests.batches.batch import Batch, batch_of
from functions.similar_names import nearest
from infra.batches.named_batch import NamedBatch
from infra.jobs.named_job import NamedJob
from infra.jobs.time_zones import check_zone
from infra.jobs.trigger_check import (
    FROM_OUTSIDE,
    check_accepted,
    check_answers,
    check_triggers,
    kinds_that_bring_requests,
)
from infra.jobs.triggers import kind_of, kinds_in
from infra.settings.settings import BadConfiguration, Settings


def check_batch(batch: NamedBatch, jobs: list[NamedJob], settings: Settings, places: list[str] | None = None) -> None:
    """Raise BadConfiguration, naming item, key and reason, for a batch that could not do what its file says.

    ``jobs`` are the stage's, which its items may name; ``places`` are those of the items in the file, if known.
    """
    check_zone("timeZone", batch.time_zone)
    check_triggers(batch)
    if "acceptRequests" in batch.content:
        _check_what_is_brought(batch)
    elif "items" not in batch.content:
        raise BadConfiguration("items: is missing; give the items, or acceptRequests for items that triggers bring.")
    by_name = {job.name: job for job in jobs}
    found = _checked(batch, by_name, places)
    _check_connections(found, settings)
    check_answers("defaults", batch.content["defaults"], batch)
    for item in found.items:
        request = item.request if item.job is None else by_name[item.job].content["request"]
        check_answers(item.where, request, batch)


def _check_what_is_brought(batch: NamedBatch) -> None:
    if "items" in batch.content:
        raise BadConfiguration(
            "items: is not allowed beside acceptRequests, whose items the triggers bring. Remove one of them."
        )
    for index, trigger in enumerate(batch.triggers):
        if not kind_of(trigger).CAN_BRING_REQUEST:
            (kind,) = kinds_in(trigger)
            raise BadConfiguration(
                f"triggers[{index}]: {kind} brings no items, which acceptRequests takes the place of. Use only "
                f"{kinds_that_bring_requests()}."
            )
    if not batch.triggers:
        raise BadConfiguration(f"acceptRequests: needs a trigger that can bring items: {kinds_that_bring_requests()}.")
    check_accepted(batch)


def _checked(batch: NamedBatch, jobs: dict[str, NamedJob], places: list[str] | None) -> Batch:
    """The batch; with an item in place of those that triggers bring."""
    content: dict[str, Any] = batch.batch
    if "acceptRequests" in batch.content:
        content = content | {"items": [FROM_OUTSIDE]}
    try:
        return batch_of(content, "", jobs={name: job.shipped for name, job in jobs.items()}, places=places)
    except InvalidRequest as problem:
        raise BadConfiguration(str(problem).removeprefix(": ")) from None


def _check_connections(batch: Batch, settings: Settings) -> None:
    """Raise BadConfiguration for an item whose connection the stage does not have; those of jobs are checked."""
    for item in batch.items:
        name = item.request.get("connection", "default")
        if item.job is None and name not in settings.connections:
            raise BadConfiguration(
                f'{item.where}: connection: unknown connection "{name}"{nearest(name, settings.connections)}. '
                f"Connections of infra/settings/{settings.stage}.toml: {', '.join(settings.connections)}."
            )
