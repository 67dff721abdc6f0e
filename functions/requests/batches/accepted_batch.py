"""A batch that an uploaded object or a message brings: from outside, so only what the deployed batch allows.

Its items may say which of the listed datamarts to run, in what order and with which answers, and nothing about where,
under which account, or how the batch goes. It is taken literally: braces in it are braces.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from functions.errors import InvalidRequest
from functions.requests.allow_list import FROM_OUTSIDE, as_allowed
from functions.requests.batches.batch import Batch, batch_of
from functions.requests.batches.batch_bytes import content_from_bytes
from functions.requests.batches.items import REQUEST_KEYS, place_of
from functions.requests.batches.problems import Problems
from functions.requests.batches.schema import ITEM_KEYS
from functions.requests.execution_input import expanded
from functions.similar_names import nearest
from functions.text import shown_key

OF_AN_ITEM = ("name", "after", *FROM_OUTSIDE)
"""The only keys that an item from outside may have."""


def accepted_batch(data: bytes, where: str, named: Mapping[str, Any], at: datetime, values: dict[str, str]) -> Batch:
    """Read a batch from outside, and judge each of its items.

    Parameters
    ----------
    data
        JSON or CSV.
    where
        What it is called in messages.
    named
        The deployed batch (functions/requests/named_batches.py). Placeholders in its own defaults are filled in.
    at, values
        The time and the values of its trigger.

    Raises
    ------
    InvalidRequest
        Naming each item that asks for what ``acceptRequests`` does not allow, or that is invalid.
    """
    written = content_from_bytes(data, where)
    problems, places = Problems(where), written.places
    items = _items_in(written.content, where, problems)
    judged = []
    for number, item in enumerate(items):
        try:
            judged.append(_judged(item, named["acceptRequests"]))
        except InvalidRequest as problem:
            problems.add(f"{place_of(item, number, places)}: {problem}")
    problems.raise_if_any()
    batch = named["batch"]
    defaults = expanded({"request": batch["defaults"], "timeZone": batch["timeZone"]}, at, values)
    return batch_of(batch | {"defaults": defaults, "items": judged}, where, jobs={}, literal=True, places=places)


def _items_in(content: Any, where: str, problems: Problems) -> list[Any]:
    """The items of a batch; that it says anything else is added to ``problems``. Raises InvalidRequest."""
    if not isinstance(content, dict):
        raise InvalidRequest(f'{where}: must be a batch: an object {{"items": […]}}.')
    for key in content:
        if key != "items":
            problems.add(f"{shown_key(key)}: may not come from outside; a batch from outside has only items.")
    if not isinstance(content.get("items"), list):
        problems.add("items: must be a list […] of items.")
        problems.raise_if_any()
    found: list[Any] = content["items"]
    return found


def _judged(item: Any, allowed: dict[str, Any]) -> Any:
    """The item in the spelling of the list; what is not an object is refused with the batch. Raises InvalidRequest."""
    if not isinstance(item, dict):
        return item
    for key in item:
        if key not in OF_AN_ITEM:
            raise InvalidRequest(_why_not(key))
    return as_allowed(item, allowed, "batch")


def _why_not(key: str) -> str:
    if key in (*REQUEST_KEYS, *ITEM_KEYS):
        return f"{key}: may not come from outside; allowed keys: {', '.join(OF_AN_ITEM)}."
    return f"{shown_key(key)}: unknown key{nearest(key, OF_AN_ITEM)}; allowed keys: {', '.join(OF_AN_ITEM)}."
