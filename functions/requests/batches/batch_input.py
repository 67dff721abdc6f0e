"""Reads the input of a batch's execution: a batch or its name, or the batch whose rest is to be run.

::

    {"batch": {"items": […]}, "asOf", "values"}      a batch as a person writes it
    {"batch": "nightly", "asOf", "values"}           a deployed one
    {"batch": "uploads", …, "object" or "content"}   a deployed one, with the items that an upload or a message brings
    {"batch": …, "only": [names]}                    some of its items
    {"restartOf": ARN, "force": [names], "accept": [names]}   the rest of a batch that has ended

``source`` says which file a batch was read from, so that errors name it and its lines.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from functions.errors import InvalidRequest
from functions.names import is_batch
from functions.requests.batches.accepted_batch import accepted_batch
from functions.requests.batches.batch import Batch, batch_of
from functions.requests.batches.batch_bytes import places_on
from functions.requests.batches.connections import check_connections, connection_of
from functions.requests.batches.frozen import frozen_inputs
from functions.requests.batches.part import part_of
from functions.requests.batches.problems import Problems
from functions.requests.event_shapes import described, without_added
from functions.requests.execution_input import TIME_IN_WORDS, moment
from functions.requests.named_batches import batch_named
from functions.requests.named_jobs import deployed_jobs
from functions.requests.started import check_started
from functions.requests.validation import Schema, SchemaError
from functions.text import one_line, quoted

SCHEMA = Schema(
    Path(__file__).with_name("batch_input.schema.json"),
    "the input",
    patterns=TIME_IN_WORDS,
    choices={"batch": 'the name of a deployed batch, or a batch ({"items": […]})'},
)

WHAT_TO_GIVE = (
    'The input of a batch is {"batch": {"items": […]}}, a deployed batch by name ({"batch": "nightly", "asOf": …}), or '
    'the rest of a batch ({"restartOf": ARN}); an event goes to the trigger of a batch.'
)
"""What to do, for the error message."""


LONGEST_URI = 1_200
"""Characters of an object's URI in messages."""


@dataclass(frozen=True)
class BatchStart:
    """The valid input of a batch: the batch itself, and for each item the input of its execution and its connection.

    ``deployed`` names the deployed batch that it is, or is a part of. ``name`` is the same; but a part has none, as it
    does not load what the batch loads.
    """

    batch: Batch
    inputs: tuple[dict[str, Any], ...]
    connections: tuple[str, ...]
    deployed: str | None
    name: str | None
    as_of: str


@dataclass(frozen=True)
class BatchRestart:
    """The valid input of a restart: the batch that has ended, and what a person decided on items that may be loaded.

    Those of ``force`` run again, those of ``accept`` count as loaded.
    """

    execution: str
    force: tuple[str, ...]
    accept: tuple[str, ...]


ReadObject = Callable[[dict[str, str]], bytes]
"""Reads the object that ``object`` of an input names. Raises InvalidRequest for one that cannot be read."""


def read_batch_input(
    given: Any, started_at: str, read_object: ReadObject, configured: Collection[str]
) -> BatchStart | BatchRestart:
    """Check the input of a batch's execution.

    Parameters
    ----------
    given
        The input, unchecked.
    started_at
        When the execution started (ISO 8601): the default of ``asOf``.
    read_object
        Reads an uploaded batch.
    configured
        The connections of the stage.

    Raises
    ------
    InvalidRequest
        Naming every problem with its file and line where the batch is from one, its item, its key and what is expected
        there.
    """
    check_started(given)
    given = without_added(given)
    if (shape := described(given)) is not None:
        raise InvalidRequest(f"the input {shape}. {WHAT_TO_GIVE}")
    if isinstance(given, dict) and not {"batch", "restartOf"} & set(given):
        raise InvalidRequest(f"batch: is missing. {WHAT_TO_GIVE}")
    try:
        start = SCHEMA.check(dict(given) if isinstance(given, dict) else given)
    except SchemaError as problem:
        raise InvalidRequest(str(problem)) from None
    except RecursionError:
        raise InvalidRequest("the input is nested too deeply.") from None
    if "refusal" in start:
        raise InvalidRequest(one_line(start["refusal"]))
    if ("restartOf" in start) == ("batch" in start):
        raise InvalidRequest(f"batch, restartOf: give exactly one of the two. {WHAT_TO_GIVE}")
    if "restartOf" in start:
        if start["only"]:
            raise InvalidRequest("only: is not for a restart, which runs the items that are not loaded (restartOf).")
        return _restart(start)
    for key in ("force", "accept"):
        if start[key]:
            raise InvalidRequest(f"{key}: is only for the restart of a batch (restartOf).")
    return _start(start, start.get("asOf", started_at), read_object, configured)


def _restart(start: dict[str, Any]) -> BatchRestart:
    arn = start["restartOf"]
    if arn.count(":") != 7 or not is_batch(arn):
        raise InvalidRequest(f"restartOf: {quoted(arn)} is not the ARN of a batch's execution.")
    if both := [name for name in start["force"] if name in start["accept"]]:
        raise InvalidRequest(f"force, accept: {quoted(both[0])} is in both; it runs again, or it counts as loaded.")
    return BatchRestart(arn, tuple(start["force"]), tuple(start["accept"]))


def _start(start: dict[str, Any], as_of: str, read_object: ReadObject, configured: Collection[str]) -> BatchStart:
    at, values, jobs = moment(as_of), start["values"], deployed_jobs()
    name = start["batch"] if isinstance(start["batch"], str) else None
    named = {"batch": start["batch"]} | start.get("source", {}) if name is None else batch_named(name)
    where = _where(name, named)
    brought = [key for key in ("object", "content") if key in start]
    if named.get("acceptRequests") is None:
        if brought:
            raise InvalidRequest(f"{brought[0]}: is only for a deployed batch with acceptRequests.")
        batch = batch_of(named["batch"], where, jobs=jobs, places=_places(named))
    elif len(brought) != 1:
        raise InvalidRequest(
            f"{where}: takes its items from outside (acceptRequests). Give exactly one of object and content."
        )
    else:
        data = read_object(start["object"]) if "object" in start else start["content"].encode()
        where = f"batch {quoted(name)}, {_where_brought(start)}"
        batch = accepted_batch(data, where, named, at, values)
    batch, is_whole = part_of(batch, start["only"], where), not start["only"]
    problems = Problems(where)
    check_connections(batch.items, jobs, configured, problems)
    inputs = frozen_inputs(batch, as_of, values, jobs=jobs, problems=problems)
    connections = tuple(connection_of(item, jobs) for item in batch.items)
    return BatchStart(batch, inputs, connections, name, name if is_whole else None, as_of)


def _where(name: str | None, named: dict[str, Any]) -> str:
    """What a batch is called in messages: by its name and its file, as far as it has them."""
    file = one_line(named.get("file", ""))
    if name is None:
        return file or "the batch"
    return f"batch {quoted(name)}{file and f' ({file})'}"


def _places(named: dict[str, Any]) -> list[str] | None:
    """The places of the items in their file; None where a line of each is not known."""
    lines, items = named.get("lines"), named["batch"].get("items")
    return places_on(lines) if lines and isinstance(items, list) and len(lines) == len(items) else None


def _where_brought(start: dict[str, Any]) -> str:
    found = start.get("object")
    if found is None:
        return "message"
    uri = f"s3://{found['bucket']}/{found['key']}"
    return f"object {quoted(uri, LONGEST_URI)}"
