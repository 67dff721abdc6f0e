"""Which durations of items are kept for the next batch, and what is usual of an item by them. Pure.

A named batch keeps them by the names of its items. All other batches of a stage keep them together, by what an item
loads: a batch with one item more knows those of the others.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from hashlib import sha256
from typing import Any, NamedTuple

from functions.object_ids import is_id
from functions.requests.named_jobs import Job
from functions.runs.usual import median_of
from functions.similar_names import folded

Durations = dict[str, list[float]]
"""Seconds of the last loads, oldest first, by the name of an item or by :func:`what_is_loaded`."""

MOST_SECONDS = 5
"""Durations of an item that are kept."""

LARGEST = 350_000
"""Bytes of the durations that are kept together, as JSON in UTF-8: an item of DynamoDB has 400 KB at most."""


class KnownDurations(NamedTuple):
    """What is known of the items of a batch: by their names in the named batch, and by what they load."""

    of_names: Durations
    of_loads: Durations


def what_is_loaded(given: Mapping[str, Any], jobs: Mapping[str, Job]) -> str:
    """A key for what an item loads, the same in every batch.

    ``given`` is its request, or ``{"job": NAME}``; a job that is not among the ``jobs`` any more is known by its name.
    """
    job = given.get("job")
    if job is not None and job not in jobs:
        return _digest("job", job)
    request = given if job is None else jobs[job]["request"]
    called = request["datamart"]
    name = called["name"] if isinstance(called, Mapping) else called
    return key_of_datamart(request.get("connection", "default"), request["project"], name)


def key_of_datamart(connection: str, project: str, datamart: str) -> str:
    """The key of a datamart as a request calls it, by its ID or by its name.

    Folders do not count, and of a datamart that is called by its ID the project does not either. One that is called by
    its ID in one batch and by its name in another has two keys: only its server knows that it is one.
    """
    if is_id(datamart):
        return _digest(connection, datamart.upper())
    return _digest(connection, folded(project), folded(datamart))


def with_loads(known: Mapping[str, Sequence[float]], loads: Iterable[tuple[str, float]]) -> Durations:
    """The durations after these loads, a key and its seconds each, oldest first.

    Those of a key that was not loaded now stay. What was loaded least recently goes where all together are too large.
    """
    found = {key: list(seconds) for key, seconds in known.items()}
    for key, seconds in loads:
        found[key] = [*found.pop(key, ()), seconds][-MOST_SECONDS:]  # from now on it is the last one
    too_large = sum(map(_size, found.items())) - LARGEST
    for key in list(found):
        if too_large <= 0:
            break
        too_large -= _size((key, found.pop(key)))
    return found


def usual(known: KnownDurations, name: str, loads: str) -> float | None:
    """The median of what an item took, by its name or else by what it ``loads``; None where nothing is known."""
    seconds = known.of_names.get(name) or known.of_loads.get(loads)
    return median_of(seconds) if seconds else None


def _digest(*words: str) -> str:
    return sha256("\n".join(words).encode()).hexdigest()[:24]


def _size(entry: tuple[str, Sequence[float]]) -> int:
    """Bytes of an entry, and of what separates it from the next."""
    return len(json.dumps(dict([entry]), ensure_ascii=False).encode())
