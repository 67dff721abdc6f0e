"""Answers that pick from what a prompt offers: ELEMENTS and OBJECTS (API.md 7.2, 7.3)."""

import re
from typing import Any

from functions.prompts.choices import Choice, Choices, ListedLater, NotListed
from functions.prompts.lookup import MOST_TOLD, every, found
from functions.prompts.prompt import Misfit, Prompt, least, most
from functions.requests.validation import shown
from functions.similar_names import composed

ELEMENT_ID = re.compile(r"h[^;]*;([0-9A-Fa-f]{32}|;.+)|[0-9A-Fa-f]{32}:.+", re.DOTALL)
"""``h1;8D67…``, ``h2014;;2014`` and the older form: everything else that is written as a plain text is a name."""

OBJECT_ID = re.compile(r"[0-9A-Fa-f]{32}")

KEPT = ("id", "name", "type")
"""What the API reads of an element or an object."""


def elements(prompt: Prompt, given: Any, choices: Choices) -> list[Choice]:
    """Elements with their ids; names alone only where the server does not list the elements. Raises Misfit."""
    wanted = entries(_listed(given), ELEMENT_ID, "element")
    try:
        return checked(prompt, with_ids(prompt, wanted, choices), "elements")
    except NotListed:
        # Legal by the vendor's own sample: the server looks them up. How it compares accents is not known; decomposed
        # ones come from the names of files and hardly from a warehouse.
        sent = [entry | {"name": composed(entry["name"])} if "name" in entry else entry for entry in wanted]
        return checked(prompt, sent, "elements")


def objects(prompt: Prompt, given: Any, choices: Choices) -> list[Choice]:
    """Objects with their ids and types. Raises Misfit."""
    wanted = entries(_listed(given), OBJECT_ID, "object")
    try:
        picked = with_ids(prompt, wanted, choices)
    except NotListed as reason:
        raise Misfit(f"needs ids, because the server does not list its objects ({reason})") from None
    return checked(prompt, _typed(prompt, picked, choices), "objects")


def _listed(given: Any) -> list[Any]:
    return given if isinstance(given, list) else [given]


def entries(given: list[Any], is_id: re.Pattern[str], what: str) -> list[Choice]:
    """What was given as {id}, {name} or both, one by one. Raises Misfit, naming all that are anything else."""
    if not given:
        raise Misfit(f"takes at least one {what}, and none is given")
    made = [(one, _entry(one, is_id)) for one in given]
    if wrong := [one for one, entry in made if entry is None]:
        raise Misfit(
            f"takes each {what} as its name, its id, or an object with one of the two; {listed(wrong)} "
            f"{'is neither' if len(wrong) == 1 else 'are neither'}"
        )
    return [entry for _, entry in made if entry is not None]


def listed(wrong: list[Any]) -> str:
    """The first MOST_TOLD of what is wrong, for a message."""
    more = f" and {len(wrong) - MOST_TOLD} more" if len(wrong) > MOST_TOLD else ""
    return ", ".join(map(shown, wrong[:MOST_TOLD])) + more


def _entry(one: Any, is_id: re.Pattern[str]) -> Choice | None:
    if isinstance(one, dict):
        kept = {key: one[key] for key in KEPT if one.get(key) not in (None, "")}
        kept |= {"name": _written(kept["name"])} if "name" in kept else {}
        if all(isinstance(kept.get(key, ""), str) for key in ("id", "name")) and ("id" in kept or "name" in kept):
            return kept
    elif isinstance(name := _written(one), str) and name:
        return {"id": name} if is_id.fullmatch(name) else {"name": name}
    return None


def _written(name: Any) -> Any:
    """Years, for one, are written as numbers."""
    return str(name) if isinstance(name, (int, float)) and not isinstance(name, bool) else name


def with_ids(prompt: Prompt, wanted: list[Choice], choices: Choices) -> list[Choice]:
    """The same in the same order, those that have only a name replaced by the choice of that name.

    Raises Misfit, NotListed.
    """
    names = [entry["name"] for entry in wanted if "id" not in entry]
    try:
        known = found(prompt, names, choices) if names else {}
    except ListedLater:
        return wanted
    return [entry if "id" in entry else _kept(known[entry["name"]]) for entry in wanted]


def _typed(prompt: Prompt, picked: list[Choice], choices: Choices) -> list[Choice]:
    """An object is sent with its type: that of one given by its id alone stands in the list of choices."""
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


def _kept(choice: Choice) -> Choice:
    return {key: choice[key] for key in KEPT if key in choice}


def checked(prompt: Prompt, picked: list[Choice], what: str) -> list[Choice]:
    """The same, each once, if they are neither too few nor too many (API.md 7.4). Raises Misfit."""
    by_identity: dict[Any, Choice] = {}
    for entry in picked:
        by_identity.setdefault(entry.get("id") or ("named", entry["name"]), entry)
    once, fewest, limit = list(by_identity.values()), least(prompt), most(prompt)
    if fewest is not None and len(once) < fewest:
        raise Misfit(f"takes at least {fewest} {what}, and {len(once)} are given")
    if limit is not None and len(once) > limit:
        raise Misfit(f"takes at most {limit} {what}, and {len(once)} are given")
    return once
