"""Are two runs of a connection of the same datamart? Answered before they have asked the server for its id."""

from functions.runs.run_table import Item
from functions.similar_names import composed


def of_the_same_datamart(one: Item, other: Item) -> bool:
    """Whether they are, as far as ids and names tell.

    A run that has not logged in yet knows only what its request says: two requests that name project or datamart in
    different ways (one by id, the other by name) are known to be the same once the first of them has found both.
    """
    return all(_words(one, kind) & _words(other, kind) for kind in ("project", "datamart"))


def _words(item: Item, kind: str) -> set[str]:
    """What it is called: by the request, and by the server."""
    asked, found = (item.get("asked") or {}).get(kind), item.get(kind) or {}
    said = f"{asked.get('path')}/{asked['name']}" if isinstance(asked, dict) else asked
    return {composed(str(word)) for word in (said, found.get("id"), found.get("name")) if word}
