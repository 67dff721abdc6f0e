"""Answers to LEVEL prompts: the attributes of a level (API.md 7.2, 7.3)."""

from typing import Any

from functions.prompts.choices import Choices, NotListed
from functions.prompts.prompt import Misfit, Prompt
from functions.prompts.types.selections import OBJECT_ID, checked, entries, with_ids


def level(prompt: Prompt, given: Any, choices: Choices) -> dict[str, Any]:
    """The API's own object; what was given beside names and ids in it is kept as it is. Raises Misfit."""
    whole: dict[str, Any] = given if isinstance(given, dict) and "units" in given else {"units": given}
    units = whole["units"] if isinstance(whole["units"], list) else [whole["units"]]
    try:
        picked = with_ids(prompt, entries(units, OBJECT_ID, "unit"), choices)
    except NotListed as reason:
        raise Misfit(f"needs ids, because the server does not list its units ({reason})") from None
    made = [
        (unit if isinstance(unit, dict) else {}) | ({"id": pick["id"]} if "id" in pick else pick)
        for unit, pick in zip(units, picked, strict=True)
    ]
    return whole | {"units": checked(prompt, made, "units")}
