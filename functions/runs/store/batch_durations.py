"""How long the items of batches took, for the next one: an item for each named batch, and one for all others.

::

    executionArn: batch-seconds/named/<name> or batch-seconds/datamarts
    seconds (JSON: by name of the item, or by what it loads, the least recently loaded first), lastBatch
    expiresAt (TTL)

``lastBatch`` is the ARN of the batch that has written last: a write names the one that it has read, so that of two
batches that end at once neither forgets what the other took.
"""

import json
from collections.abc import Iterable

from functions import clock
from functions.runs.batches.durations import Durations, KnownDurations, with_loads
from functions.runs.store.item_format import Item
from functions.runs.store.table import ConditionFailed, RunTable, expiry

SECONDS = "batch-seconds"
"""How the keys begin."""

DATAMARTS = f"{SECONDS}/datamarts"
"""Key of what batches without a name have in common."""

MOST_TRIES = 5
"""Writes of one batch, each after another batch has written; then its durations are done without."""


def load_seconds(table: RunTable, name: str | None) -> KnownDurations:
    """What is known of the items of the named batch ``name``, or of one without a name: empty before the first."""
    found = table.load_all(list(dict.fromkeys((_key(name), DATAMARTS))))
    of_names = {} if name is None else _durations(found.get(_key(name), {}))
    return KnownDurations(of_names, _durations(found.get(DATAMARTS, {})))


def record_seconds(table: RunTable, batch: str, name: str | None, loads: Iterable[tuple[str, float]]) -> None:
    """Add what the items of a batch took, each by its name in the named batch ``name`` or by what it loads.

    ``batch`` is the execution's ARN: where its durations are the last ones that were added, a repeated call changes
    nothing.
    """
    key, loads = _key(name), list(loads)
    item = table.load(key) or {}
    for _ in range(MOST_TRIES):
        if item.get("lastBatch") == batch:
            return
        try:
            table.change(
                key,
                put={
                    "seconds": json.dumps(with_loads(_durations(item), loads), ensure_ascii=False),
                    "lastBatch": batch,
                    "expiresAt": expiry(clock.now()),
                },
                condition="attribute_not_exists({lastBatch}) OR {lastBatch} = :seen",
                condition_values={"seen": item.get("lastBatch", batch)},
                returned=False,
            )
        except ConditionFailed as refused:
            item = refused.item or {}
        else:
            return


def _durations(item: Item) -> Durations:
    return dict(json.loads(item["seconds"])) if "seconds" in item else {}


def _key(name: str | None) -> str:
    return DATAMARTS if name is None else f"{SECONDS}/named/{name}"
