"""What an expression is about, an attribute or a metric, by its id or its name (API.md 4.2, 7.3)."""

from typing import Any

from functions.prompts.choices import Choice, Choices, ListedLater, NotListed
from functions.prompts.lookup import SHOWN, of_name
from functions.prompts.prompt import Misfit
from functions.prompts.types.selections import OBJECT_ID
from functions.requests.validation import shown

LONGEST_NAME = 250
"""Characters that the name of an object may have; one that is longer would only make an address too long."""


def subject(kind: str, given: Any, choices: Choices) -> Choice:
    """``{"id": …}`` of the ``attribute`` or ``metric``; its name alone where that is looked up later. Raises Misfit."""
    if not isinstance(given, str) or not given:
        raise Misfit(f"takes the name or the id of the {kind}, not {shown(given)}")
    if OBJECT_ID.fullmatch(given):
        return {"id": given.upper()}
    try:
        # No object's name begins or ends with white space: only elements come from padded columns.
        named = len(given) <= LONGEST_NAME and given == given.strip()
        listed = choices.named(kind, given) if named else []
    except ListedLater:
        return {"name": given}
    except NotListed as reason:
        raise Misfit(
            f"needs the id (32 hexadecimal digits) of the {kind} {shown(given)}, because the server does not look up "
            f"names ({reason})"
        ) from None
    return {"id": _one(kind, given, listed)["id"]}


def _one(kind: str, name: str, listed: list[Choice]) -> Choice:
    fitting = of_name(name, listed)
    if len(fitting) == 1:
        return fitting[0]
    if not fitting:
        # A new one may be missing in the index that is searched (API.md 4.2).
        raise Misfit(f"finds no {kind} called {shown(name)}; where there is one, give its id")
    each = ", ".join(f"{one['name']} ({one['id']}) in {one.get('path', '/')}" for one in fitting[:SHOWN])
    more = ", …" if len(fitting) > SHOWN else ""
    raise Misfit(f"finds {len(fitting)} {kind}s called {shown(name)}; give the id of one: {each}{more}")
