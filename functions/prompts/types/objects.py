"""The prompt type OBJECTS: objects such as metrics and attributes (API.md 7.2, 7.3)."""

from typing import Any

from functions.object_ids import OBJECT_ID
from functions.prompts.choices import Choice, Choices, NotListed
from functions.prompts.lookup import every
from functions.prompts.prompt import InvalidAnswer, Prompt
from functions.prompts.types.prompt_type import PromptType
from functions.prompts.types.selections import as_list, checked, entries, with_ids


def objects(prompt: Prompt, given: Any, choices: Choices) -> list[Choice]:
    """Objects with their IDs and types. Raises InvalidAnswer."""
    wanted = entries(as_list(given), OBJECT_ID, "object")
    try:
        picked = with_ids(prompt, wanted, choices)
    except NotListed as reason:
        raise InvalidAnswer(f"needs IDs, because the server does not list its objects ({reason})") from None
    return checked(prompt, _typed(prompt, picked, choices), "objects")


def _typed(prompt: Prompt, picked: list[Choice], choices: Choices) -> list[Choice]:
    """An object is sent with its type: that of one given by its ID alone is read from the list of choices."""
    missing = {entry["id"].upper() for entry in picked if "id" in entry and "type" not in entry}
    types: dict[str, Any] = {}
    try:
        for choice in every(prompt, choices) if missing else ():
            types |= {str(choice.get("id")).upper(): choice["type"]} if choice.get("type") is not None else {}
            if missing <= set(types):
                break
    except NotListed:
        pass  # whether the server needs the type is not documented: it may do without
    return [entry | {"type": types[entry["id"].upper()]} if _lacks_type(entry, types) else entry for entry in picked]


def _lacks_type(entry: Choice, types: dict[str, Any]) -> bool:
    return "type" not in entry and entry.get("id", "").upper() in types


OBJECTS = PromptType(
    "OBJECTS",
    objects,
    written_as='`"Sales"`, `["Sales", "Cost"]`, IDs',
    sent_as='`[{"id", "name", "type"}]`',
    listing="objects",
    typed_as="choices",
)
