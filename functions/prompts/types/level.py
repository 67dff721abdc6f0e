"""The prompt type LEVEL: the attributes of a level (API.md 7.2, 7.3)."""

from typing import Any

from functions.object_ids import OBJECT_ID
from functions.prompts.choices import Choices, NotListed
from functions.prompts.prompt import InvalidAnswer, Prompt
from functions.prompts.types.prompt_type import PromptType
from functions.prompts.types.selections import checked, entries, with_ids


def level(prompt: Prompt, given: Any, choices: Choices) -> dict[str, Any]:
    """The API's object ``{"units": [{"id": …}]}``; other keys of ``given`` are kept. Raises InvalidAnswer."""
    whole: dict[str, Any] = given if isinstance(given, dict) and "units" in given else {"units": given}
    units = whole["units"] if isinstance(whole["units"], list) else [whole["units"]]
    try:
        picked = with_ids(prompt, entries(units, OBJECT_ID, "unit"), choices)
    except NotListed as reason:
        raise InvalidAnswer(f"needs IDs, because the server does not list its units ({reason})") from None
    made = [
        (unit if isinstance(unit, dict) else {}) | ({"id": pick["id"]} if "id" in pick else pick)
        for unit, pick in zip(units, picked, strict=True)
    ]
    return whole | {"units": checked(prompt, made, "units")}


def _units(default: Any) -> Any:
    is_level = isinstance(default, dict) and isinstance(default.get("units"), list)
    return default["units"] if is_level else default


def _id_alone(choice: Any) -> Any:
    """Every other property of a unit would be sent as a property of the level."""
    return {"id": choice["id"]} if isinstance(choice, dict) and "id" in choice else choice


LEVEL = PromptType(
    "LEVEL",
    level,
    written_as='`["Country", "City"]`, IDs',
    sent_as='`{"units": [{"id"}]}`',
    listing="objects",
    default_entries=_units,
    typed_as="choices",
    picked=_id_alone,
)
