"""A batch: datamarts that run as one, some of them after others. Checked as a whole, before any of them starts.

The JSON Schema beside this file has the batch's own keys; the other keys of an item are those of a request, and every
item's request is checked as an execution's input is. No server and no AWS is called.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal
from zoneinfo import ZoneInfo

from functions.errors import InvalidRequest
from functions.requests.batches.dependencies import check_dependencies
from functions.requests.batches.items import BatchItem, Items
from functions.requests.batches.problems import Problems
from functions.requests.batches.schema import BATCH
from functions.requests.named_jobs import Job
from functions.requests.validation import SchemaError
from functions.text import quoted

LARGEST = 5_000_000
"""Bytes of a batch, as JSON or CSV in UTF-8."""


@dataclass(frozen=True)
class Batch:
    """A valid batch.

    Parameters
    ----------
    items
        In the order of the file.
    max_concurrency
        Items that may run at the same time; None for as many as the connection has slots.
    tolerated_failures
        Items that may end without a load.
    time_zone
        Of the days in prompt answers.
    literal
        Whether the answers come from outside: braces in them are braces.
    """

    items: tuple[BatchItem, ...]
    max_concurrency: int | None = None
    tolerated_failures: int = 0
    on_failure: Literal["continue", "stop"] = "continue"
    time_zone: str = "UTC"
    literal: bool = False


def batch_of(
    content: Any,
    where: str,
    *,
    jobs: Mapping[str, Job],
    literal: bool = False,
    places: list[str] | None = None,
    problems: Problems | None = None,
) -> Batch:
    """Check a batch.

    Parameters
    ----------
    content
        As batch.schema.json describes it, unchecked.
    where
        What it is called in messages: a file, an object, ``the batch``.
    jobs
        The named jobs that its items may name.
    literal
        Whether it comes from outside.
    places
        Where each item is in its file, if that is known: ``line 3``.
    problems
        What is wrong with its file already, to be named in the same error.

    Raises
    ------
    InvalidRequest
        Naming each problem with its item, its key and what is expected there.
    """
    problems = Problems(where) if problems is None else problems
    _check_text(content, where)
    batch = _own_keys(content, problems)
    if not _is_time_zone(batch["timeZone"]):
        problems.add(f"timeZone: {quoted(batch['timeZone'])} is not an IANA time zone, such as Europe/Paris or UTC.")
    reader = Items(batch["items"], batch["defaults"], jobs, places, literal=literal)
    items = reader.checked(problems)
    check_dependencies(items, reader.unreadable, jobs, problems)
    problems.raise_if_any()
    return Batch(
        items=tuple(items),
        max_concurrency=int(batch["maxConcurrency"]) if "maxConcurrency" in batch else None,  # 2.0 is a whole number
        tolerated_failures=int(batch["toleratedFailures"]),
        on_failure=batch["onFailure"],
        time_zone=batch["timeZone"],
        literal=literal,
    )


def _own_keys(content: Any, problems: Problems) -> dict[str, Any]:
    """The batch with its defaults; each wrong key is added to ``problems``, and left out: its items are checked too."""
    if not isinstance(content, dict):
        _checked(content, problems)
        problems.raise_if_any()
    if "items" not in content:
        _checked({}, problems)
    good = {key: value for key, value in content.items() if _checked({"items": [None], key: value}, problems)}
    return BATCH.check({"items": [None]} | good) | {"items": good.get("items", [])}


def _checked(content: Any, problems: Problems) -> dict[str, Any]:
    """The content with its defaults; {} where it does not fit the schema, which is added to ``problems``."""
    try:
        return BATCH.check(content)
    except SchemaError as problem:
        problems.add(str(problem))
        return {}


def _check_text(content: Any, where: str) -> None:
    """Reject what no execution's input can hold: half characters, numbers that JSON does not have, too many bytes."""
    try:
        size = len(json.dumps(content, ensure_ascii=False, allow_nan=False).encode())
    except UnicodeEncodeError:
        raise InvalidRequest(f"{where}: holds half of a character (a lone surrogate), which is not text.") from None
    except RecursionError:
        raise InvalidRequest(f"{where}: is nested too deeply.") from None
    except ValueError:
        raise InvalidRequest(f"{where}: contains NaN or Infinity, which JSON cannot hold.") from None
    if size > LARGEST:
        raise InvalidRequest(f"{where}: has {size} bytes, and {LARGEST} are allowed; make several batches of it.")


def _is_time_zone(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):  # not found, a path that leaves the database, a folder of it
        return False
    return True
