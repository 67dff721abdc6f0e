"""The prompt type ELEMENTS: elements of an attribute filter the rows (API.md 7.3, 7.4)."""

from typing import Any

from local.simulator.catalogue import Prompt
from local.simulator.prompts.prompt_type import PromptType
from local.simulator.prompts.rules import Rules, counted
from local.simulator.response import Refusal
from local.simulator.warehouse.elements import Element, Elements, stored
from local.simulator.warehouse.query import Query


def _check(p: Prompt, answers: Any, rules: Rules) -> list[Element]:
    known = rules.elements(p)
    return [_element(p, entry, known, rules.by_name) for entry in counted(p, answers, "elements")]


def _element(p: Prompt, entry: dict[str, Any], known: Elements, by_name: bool) -> Element:
    if entry.get("id") is not None:
        found, problem = known.with_id(entry["id"]), "Prompt validation failed. This is a required prompt."
    elif by_name:
        found, problem = known.named(entry.get("name")), f"No element of {p.name} matches the given name."
    else:
        found, problem = None, f"An element of {p.name} can only be given by its id."
    if found is None:
        raise Refusal(400, 6, problem)
    return found


def _apply(query: Query, p: Prompt, answer: list[Element]) -> Query:
    if not p.column:
        return query
    marks = ", ".join("?" * len(answer))
    return query.filtered(f"{p.column} IN ({marks})", [stored(element) for element in answer])


ELEMENTS = PromptType("ELEMENTS", _check, _apply, listing="elements")
