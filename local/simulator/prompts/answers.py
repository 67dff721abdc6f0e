"""Which answers to a prompt are refused, by the prompt's type (API.md 7.3, 7.4)."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from local.simulator.catalogue import Prompt
from local.simulator.metadata.schema import BY_ID
from local.simulator.prompts.expressions import condition
from local.simulator.prompts.values import value
from local.simulator.response import Refusal
from local.simulator.warehouse.elements import Element, Elements

STRUCTURED = ("EXPRESSION", "LEVEL")
"""The types whose answer is an object; some pages say that these cannot be answered at all."""


@dataclass(frozen=True)
class Rules:
    """What an instance takes as answers.

    ``elements``: those that may answer a prompt. ``structured``: whether EXPRESSION and LEVEL can be answered.
    ``by_name``: whether the name of an element is enough.
    """

    elements: Callable[[Prompt], Elements]
    structured: bool = True
    by_name: bool = True


def _value(p: Prompt, answers: Any, _: Rules) -> Any:
    return value(p, answers)


def _counted(p: Prompt, answers: Any, what: str) -> list[dict[str, Any]]:
    """The entries of an answer. Raises Refusal when they are fewer or more than the prompt takes."""
    entries = answers if isinstance(answers, list) else [answers]
    if not all(isinstance(entry, dict) for entry in entries):
        raise Refusal(400, 6, "Invalid JSON")
    if p.minimum is not None and len(entries) < p.minimum:
        raise Refusal(400, 6, f"Fewer {what} than the minimum {p.minimum} of {p.name}.")
    if p.maximum is not None and len(entries) > p.maximum:
        raise Refusal(400, 6, f"More {what} than the maximum {p.maximum} of {p.name}.")
    return entries


def _elements(p: Prompt, answers: Any, rules: Rules) -> list[Element]:
    known = rules.elements(p)
    return [_element(p, entry, known, rules.by_name) for entry in _counted(p, answers, "elements")]


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


def _objects(p: Prompt, answers: Any, _: Rules) -> Any:
    return [_object(p, entry) for entry in _counted(p, answers, "objects")]


def _object(p: Prompt, entry: Any) -> dict[str, Any]:
    wanted = str(entry.get("id") if isinstance(entry, dict) else "").upper()
    if wanted not in p.choices:
        raise Refusal(400, 6, f"An object that {p.name} does not offer was chosen.")
    return BY_ID[wanted].describe()


def _expression(p: Prompt, answers: Any, _: Rules) -> Any:
    found = condition(answers)
    return {"content": answers.get("content") or found.content, "expression": answers["expression"]}


def _level(p: Prompt, answers: Any, _: Rules) -> Any:
    units = answers.get("units") if isinstance(answers, dict) else None
    if not isinstance(units, list) or not units:
        raise Refusal(400, 6, f"The answer to {p.name} has no units.")
    objects = [_object(p, unit) for unit in units]
    defaults = {"filtering": "STANDARD", "groupBy": True, "grouping": "STANDARD"}
    return {
        "canContinue": answers.get("canContinue", True),
        "filterRest": answers.get("filterRest", True),
        "units": [defaults | unit | chosen for unit, chosen in zip(units, objects, strict=True)],
    }


CHECKS: dict[str, Callable[[Prompt, Any, Rules], Any]] = {
    "VALUE": _value,
    "ELEMENTS": _elements,
    "OBJECTS": _objects,
    "EXPRESSION": _expression,
    "LEVEL": _level,
}
"""Checks an answer and gives it in the shape of 7.2, in which it is kept, listed and saved as a default."""
