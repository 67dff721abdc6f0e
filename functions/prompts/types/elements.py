"""The prompt type ELEMENTS: elements of an attribute, such as countries (API.md 7.2, 7.3)."""

from typing import Any

from functions.prompts.choices import Choice, Choices, NotListed
from functions.prompts.prompt import Prompt
from functions.prompts.types.prompt_type import PromptType
from functions.prompts.types.selections import ELEMENT_ID, as_list, checked, entries, with_ids
from functions.similar_names import composed


def elements(prompt: Prompt, given: Any, choices: Choices) -> list[Choice]:
    """Elements with their IDs; names alone only if the server does not list the elements. Raises InvalidAnswer."""
    wanted = entries(as_list(given), ELEMENT_ID, "element")
    try:
        return checked(prompt, with_ids(prompt, wanted, choices), "elements")
    except NotListed:
        # Legal by the vendor's own sample: the server looks them up. How it compares accents is not known; decomposed
        # ones come from the names of files and hardly from a warehouse.
        sent = [entry | {"name": composed(entry["name"])} if "name" in entry else entry for entry in wanted]
        return checked(prompt, sent, "elements")


ELEMENTS = PromptType(
    "ELEMENTS",
    elements,
    written_as='`"USA"`, `["USA", "England"]`, `["h1;8D67…"]`, `[{"id": …}]`',
    sent_as='`[{"id": "h1;8D67…", "name": "USA"}, …]`',
    listing="elements",
    typed_as="choices",
)
