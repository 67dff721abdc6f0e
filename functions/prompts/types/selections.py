"""Answers that pick choices of a prompt: what ELEMENTS, OBJECTS and LEVEL have in common (API.md 7.2 to 7.4)."""

import re
from typing import Any

from functions.prompts.choices import Choice, Choices, ListedLater
from functions.prompts.limits import least, most
from functions.prompts.lookup import MOST_NAMED, found
from functions.prompts.prompt import InvalidAnswer, Prompt
from functions.text import shown

ELEMENT_ID = re.compile(r"h[^;]*;([0-9A-Fa-f]{32}|;.+)|[0-9A-Fa-f]{32}:.+", re.DOTALL)
"""``h1;8D67…``, ``h2014;;2014`` and the older form; any other text is a name."""

KEPT = ("id", "name", "type")
"""What the API reads of an element or an object."""


def as_list(given: Any) -> list[Any]:
    """A single entry counts as a list of one."""
    return given if isinstance(given, list) else [given]


def entries(given: list[Any], is_id: re.Pattern[str], what: str) -> list[Choice]:
    """Each entry as {id}, {name} or both; ``what`` names one in messages. Raises InvalidAnswer, naming all others."""
    if not given:
        raise InvalidAnswer(f"takes at least one {what}, but the list is empty")
    made = [(one, _entry(one, is_id)) for one in given]
    if wrong := [one for one, entry in made if entry is None]:
        raise InvalidAnswer(
            f"takes each {what} as its name, its ID, or an object with one of these keys, not {listed(wrong)}"
        )
    return [entry for _, entry in made if entry is not None]


def listed(wrong: list[Any]) -> str:
    """The first MOST_NAMED wrong entries, for a message."""
    more = f" and {len(wrong) - MOST_NAMED} more" if len(wrong) > MOST_NAMED else ""
    return ", ".join(map(shown, wrong[:MOST_NAMED])) + more


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
    """People write years as numbers."""
    return str(name) if isinstance(name, (int, float)) and not isinstance(name, bool) else name


def with_ids(prompt: Prompt, wanted: list[Choice], choices: Choices) -> list[Choice]:
    """The entries in the same order; an entry with only a name is replaced by the choice of that name.

    Names stay where the choices are looked up later (ListedLater). Raises InvalidAnswer, NotListed.
    """
    names = [entry["name"] for entry in wanted if "id" not in entry]
    try:
        known = found(prompt, names, choices) if names else {}
    except ListedLater:
        return wanted
    return [entry if "id" in entry else _kept(known[entry["name"]]) for entry in wanted]


def _kept(choice: Choice) -> Choice:
    return {key: choice[key] for key in KEPT if key in choice}


def checked(prompt: Prompt, picked: list[Choice], what: str) -> list[Choice]:
    """The entries without duplicates. Raises InvalidAnswer for too few or too many of them (API.md 7.4)."""
    by_identity: dict[Any, Choice] = {}
    for entry in picked:
        by_identity.setdefault(entry.get("id") or ("named", entry["name"]), entry)
    once, fewest, limit = list(by_identity.values()), least(prompt), most(prompt)
    if fewest is not None and len(once) < fewest:
        raise InvalidAnswer(f"takes at least {fewest} {what}, not {len(once)}")
    if limit is not None and len(once) > limit:
        raise InvalidAnswer(f"takes at most {limit} {what}, not {len(once)}")
    return once
