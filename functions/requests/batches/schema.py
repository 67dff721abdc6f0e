"""The schema of a batch and that of the keys that an item has beside those of a request, from one file."""

import json
from pathlib import Path
from typing import Any

from functions.requests.execution_input import TIME_IN_WORDS
from functions.requests.validation import Schema

RULES: dict[str, Any] = json.loads(Path(__file__).with_name("batch.schema.json").read_text("utf-8"))
"""The schema of a batch, with that of its items."""

_ITEMS: dict[str, Any] = RULES["properties"]["items"]

_WITHOUT_ITEMS = RULES | {
    "properties": RULES["properties"] | {"items": {key: value for key, value in _ITEMS.items() if key != "items"}}
}

BATCH = Schema(_WITHOUT_ITEMS, "the batch", patterns={})
"""The batch's own keys; its items may be anything yet."""

ITEM = Schema(
    _ITEMS["items"],
    "the item",
    patterns={_ITEMS["items"]["properties"]["name"]["pattern"]: "a name without commas, | and blanks at its ends"}
    | TIME_IN_WORDS,
)
"""The keys of an item that are not a request's."""

ITEM_KEYS: tuple[str, ...] = tuple(_ITEMS["items"]["properties"])

LONGEST_NAME: int = _ITEMS["items"]["properties"]["name"]["maxLength"]
"""Characters of an item's name."""

MOST_ITEMS: int = _ITEMS["maxItems"]
