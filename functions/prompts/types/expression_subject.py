"""The attribute or metric of an expression, by its ID or its name (API.md 4.2, 7.3)."""

from typing import Any

from functions.object_ids import OBJECT_ID
from functions.prompts.choices import Choice, Choices, ListedLater, NotListed
from functions.prompts.lookup import SHOWN, of_name
from functions.prompts.prompt import InvalidAnswer
from functions.text import shown

LONGEST_NAME = 250
"""Characters that the name of an object may have; a longer one would make the URL too long."""


def subject(kind: str, given: Any, choices: Choices) -> Choice:
    """``{"id": …}`` of the ``attribute`` or ``metric``; ``{"name": …}`` if it is looked up later.

    Raises InvalidAnswer.
    """
    if not isinstance(given, str) or not given:
        raise InvalidAnswer(f"takes the name or the ID of the {kind}, not {shown(given)}")
    if OBJECT_ID.fullmatch(given):
        return {"id": given.upper()}
    try:
        # Names of objects have no white space at their ends; only those of elements do, from padded columns.
        named = len(given) <= LONGEST_NAME and given == given.strip()
        listed = choices.named(kind, given) if named else []
    except ListedLater:
        return {"name": given}
    except NotListed as reason:
        raise InvalidAnswer(
            f"needs the ID (32 hexadecimal digits) of the {kind} {shown(given)}, because the server does not look up "
            f"names ({reason})"
        ) from None
    return {"id": _one(kind, given, listed)["id"]}


def _one(kind: str, name: str, listed: list[Choice]) -> Choice:
    fitting = of_name(name, listed)
    if len(fitting) == 1:
        return fitting[0]
    if not fitting:
        # The search index may not have a new object yet (API.md 4.2).
        raise InvalidAnswer(f"finds no {kind} called {shown(name)}; if it exists, give its ID")
    each = ", ".join(f"{one['name']} ({one['id']}) in {one.get('path', '/')}" for one in fitting[:SHOWN])
    more = ", …" if len(fitting) > SHOWN else ""
    raise InvalidAnswer(f"finds {len(fitting)} {kind}s called {shown(name)}; give the ID of one: {each}{more}")
