"""Which answers to a prompt are refused, by the prompt's type (contract 7.3, 7.4)."""

from collections.abc import Callable
from typing import Any

from local.simulator.answer import Refusal
from local.simulator.catalogue import Prompt
from local.simulator.metadata.schema import BY_ID
from local.simulator.prompts.expressions import condition

Elements = Callable[[Prompt], list[dict[str, str]]]
"""The elements that may answer a prompt, as {id, name}."""

STRUCTURED = ("EXPRESSION", "LEVEL")
"""The types whose answer is an object; some pages say that these cannot be answered at all."""


def _value(p: Prompt, answers: Any, _: Elements) -> Any:
    value = answers[0] if isinstance(answers, list) else answers
    if p.data_type == "NUMERIC":
        try:
            value = float(value)
        except (TypeError, ValueError):
            raise Refusal(400, 6, f"The answer to {p.name} is not a number.") from None
    elif not isinstance(value, str):
        raise Refusal(400, 6, f"The answer to {p.name} is not a string.")
    measured = len(value) if p.data_type == "TEXT" else value
    if p.minimum is not None and measured < p.minimum:
        raise Refusal(400, 6, f"The answer to {p.name} is below the minimum {p.minimum}.")
    if p.maximum is not None and measured > p.maximum:
        raise Refusal(400, 6, f"The answer to {p.name} is above the maximum {p.maximum}.")
    return value


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


def _elements(p: Prompt, answers: Any, elements: Elements) -> list[str]:
    known = elements(p)
    chosen = []
    for entry in _counted(p, answers, "elements"):
        if entry.get("id") is not None:
            found = [e["name"] for e in known if e["id"] == entry["id"]]
            problem = "Prompt validation failed. This is a required prompt."
        else:
            found = [e["name"] for e in known if e["name"] == entry.get("name")]
            problem = f"No element of {p.name} matches the given name."
        if not found:
            raise Refusal(400, 6, problem)
        chosen.append(found[0])
    return chosen


def _objects(p: Prompt, answers: Any, _: Elements) -> Any:
    return [_object(p, entry) for entry in _counted(p, answers, "objects")]


def _object(p: Prompt, entry: Any) -> dict[str, Any]:
    wanted = str(entry.get("id") if isinstance(entry, dict) else "").upper()
    if wanted not in p.choices:
        raise Refusal(400, 6, f"An object that {p.name} does not offer was chosen.")
    return BY_ID[wanted].describe()


def _expression(p: Prompt, answers: Any, _: Elements) -> Any:
    condition(answers)
    return answers


def _level(p: Prompt, answers: Any, _: Elements) -> Any:
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


CHECKS: dict[str, Callable[[Prompt, Any, Elements], Any]] = {
    "VALUE": _value,
    "ELEMENTS": _elements,
    "OBJECTS": _objects,
    "EXPRESSION": _expression,
    "LEVEL": _level,
}
"""Checks an answer and gives it in the shape in which it is kept."""
