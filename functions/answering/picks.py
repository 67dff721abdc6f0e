"""Answers that pick from what a prompt offers: ELEMENTS and OBJECTS (contract 7.2, 7.3)."""

import re
from typing import Any

from functions.answering.choices import Choice, Choices, NotListed
from functions.answering.finding import found
from functions.answering.prompt import Misfit, Prompt
from functions.run.schema import shown

ELEMENT_ID = re.compile(r"h[^;]*;[0-9A-Fa-f]{32}|[0-9A-Fa-f]{32}:.+", re.DOTALL)
"""``h1;8D67…`` and the older form: everything else that is written as a plain text is a name."""

OBJECT_ID = re.compile(r"[0-9A-Fa-f]{32}")

KEPT = ("id", "name", "type")
"""What the API reads of an element or an object."""


def elements(prompt: Prompt, given: Any, choices: Choices) -> list[Choice]:
    """Elements with their ids; names alone only where the server does not list the elements. Raises Misfit."""
    wanted = entries(given, ELEMENT_ID, "element")
    try:
        return checked(prompt, with_ids(prompt, wanted, choices), "elements")
    except NotListed:
        return checked(prompt, wanted, "elements")  # legal by the vendor's own sample: the server looks them up


def objects(prompt: Prompt, given: Any, choices: Choices) -> list[Choice]:
    """Objects with their ids and types. Raises Misfit."""
    wanted = entries(given, OBJECT_ID, "object")
    try:
        return checked(prompt, _typed(prompt, with_ids(prompt, wanted, choices), choices), "objects")
    except NotListed as reason:
        raise Misfit(f"needs ids, because the server does not list its objects ({reason})") from None


def entries(given: Any, is_id: re.Pattern[str], what: str) -> list[Choice]:
    """What was given, as a list of {id} and {name}, each once. Raises Misfit."""
    listed = given if isinstance(given, list) else [given]
    read = [_entry(one, is_id, what) for one in listed]
    return [entry for position, entry in enumerate(read) if entry not in read[:position]]


def _entry(one: Any, is_id: re.Pattern[str], what: str) -> Choice:
    if isinstance(one, dict):
        kept = {key: one[key] for key in KEPT if one.get(key) not in (None, "")}
        if all(isinstance(kept.get(key, ""), str) for key in ("id", "name")) and ("id" in kept or "name" in kept):
            return kept
    elif isinstance(one, (int, float)) and not isinstance(one, bool):
        return {"name": str(one)}
    elif isinstance(one, str) and one:
        return {"id": one} if is_id.fullmatch(one) else {"name": one}
    raise Misfit(f"takes each {what} as its name, its id, or an object with one of the two; {shown(one)} is neither")


def with_ids(prompt: Prompt, wanted: list[Choice], choices: Choices) -> list[Choice]:
    """The entries that have only a name, replaced by the choice of that name. Raises Misfit, NotListed."""
    names = [str(entry["name"]) for entry in wanted if "id" not in entry]
    known = found(prompt, names, choices) if names else {}
    picked = [entry if "id" in entry else _kept(known[str(entry["name"])]) for entry in wanted]
    return list({str(entry["id"]): entry for entry in picked}.values())


def _typed(prompt: Prompt, picked: list[Choice], choices: Choices) -> list[Choice]:
    """An object is sent with its type: that of one given by its id alone stands in the list of choices."""
    if all("type" in entry for entry in picked):
        return picked
    types = {str(choice.get("id")).upper(): choice["type"] for choice in choices.page(prompt) if "type" in choice}
    known = [(entry, entry.get("type", types.get(str(entry["id"]).upper()))) for entry in picked]
    return [entry | ({"type": kind} if kind is not None else {}) for entry, kind in known]


def _kept(choice: Choice) -> Choice:
    return {key: choice[key] for key in KEPT if key in choice}


def checked(prompt: Prompt, picked: list[Choice], what: str) -> list[Choice]:
    """The same, if they are neither too few nor too many (contract 7.4). Raises Misfit."""
    least, most = (prompt.get(key) if isinstance(prompt.get(key), int) else None for key in ("min", "max"))
    if least is not None and len(picked) < least:
        raise Misfit(f"takes at least {least} {what}, and {len(picked)} are given")
    if most is not None and 0 < most < len(picked):
        raise Misfit(f"takes at most {most} {what}, and {len(picked)} are given")
    return picked
