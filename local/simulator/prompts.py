"""Prompts of an instance: how they are described, which answers are refused, what the answers filter (contract 7)."""

from collections.abc import Callable
from typing import Any

from local.simulator.answer import Refusal
from local.simulator.catalogue import Prompt

Elements = Callable[[Prompt], list[dict[str, str]]]
"""The elements that may answer a prompt, as {id, name}."""


class OpenPrompt:
    """A prompt in an instance: its definition and, once closed, its answer."""

    def __init__(self, prompt: Prompt, default: Any = None) -> None:
        self.prompt = prompt
        self.default = prompt.default if default is None else default
        self.closed = False
        self.answer: Any = None

    def describe(self) -> dict[str, Any]:
        """As GET …/prompts lists it (contract 7.2)."""
        p = self.prompt
        optional = {
            "dataType": p.data_type,
            "source": {"id": p.source, "name": p.name, "type": 12} if p.source else None,
            "min": p.minimum,
            "max": p.maximum,
            "defaultAnswer": self.default,
            "answers": self.answer,
        }
        common: dict[str, Any] = {"key": p.key, "id": p.id, "name": p.name, "title": p.name, "type": p.type}
        common |= {"required": p.required, "closed": self.closed}
        return common | {key: value for key, value in optional.items() if value is not None}


def answer_all(prompts: list[OpenPrompt], entries: Any, elements: Elements) -> None:
    """Apply the body of PUT …/prompts/answers: all of it, or none with a 400 (contract 7.4)."""
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        raise Refusal(400, 6, "Invalid JSON")
    checked = [(prompt := _locate(prompts, entry), _check(prompt, entry, elements)) for entry in entries]
    for prompt, value in checked:
        prompt.answer, prompt.closed = value, True


def _locate(prompts: list[OpenPrompt], entry: dict[str, Any]) -> OpenPrompt:
    for field in ("key", "id", "name"):
        if field not in entry:
            continue
        for prompt in prompts:
            if getattr(prompt.prompt, field) == entry[field] and not (
                field == "name" and prompt.prompt.type == "OBJECTS"
            ):
                return prompt
        break
    raise Refusal(400, 6, "Failed to locate the prompt by either key, id or name.")


def _check(prompt: OpenPrompt, entry: dict[str, Any], elements: Elements) -> Any:
    p = prompt.prompt
    if entry.get("type") != p.type:
        raise Refusal(400, 6, f"The type supplied does not match the type of the prompt {p.name}.")
    if entry.get("useDefault"):
        if prompt.default is None:
            raise Refusal(400, 6, f"The prompt {p.name} has no default answer.")
        return prompt.default
    answers = entry.get("answers")
    if answers in (None, "", [], {}):
        if p.required:
            raise Refusal(400, 6, "Prompt validation failed. This is a required prompt.")
        return None
    return _CHECKS[p.type](p, answers, elements)


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


def _elements(p: Prompt, answers: Any, elements: Elements) -> list[str]:
    entries = answers if isinstance(answers, list) else [answers]
    if p.minimum is not None and len(entries) < p.minimum:
        raise Refusal(400, 6, f"Fewer elements than the minimum {p.minimum} of {p.name}.")
    if p.maximum is not None and len(entries) > p.maximum:
        raise Refusal(400, 6, f"More elements than the maximum {p.maximum} of {p.name}.")
    known = elements(p)
    chosen = []
    for entry in entries:
        if not isinstance(entry, dict):
            raise Refusal(400, 6, "Invalid JSON")
        if "id" in entry:
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
    entries = answers if isinstance(answers, list) else [answers]
    if not all(isinstance(entry, dict) and entry.get("id") for entry in entries):
        raise Refusal(400, 6, f"An object of {p.name} has no id.")
    return entries


def _structure(p: Prompt, answers: Any, _: Elements) -> Any:
    if not isinstance(answers, dict):
        raise Refusal(400, 6, f"The answer to {p.name} is not an object.")
    return answers


_CHECKS = {
    "VALUE": _value,
    "ELEMENTS": _elements,
    "OBJECTS": _objects,
    "EXPRESSION": _structure,
    "LEVEL": _structure,
}


def filters(prompts: list[OpenPrompt]) -> list[tuple[str, str, Any]]:
    """What the answers filter in the warehouse: (column, operator, value)."""
    answered = [p for p in prompts if p.closed and p.answer is not None and p.prompt.column]
    return [
        (str(p.prompt.column), "=" if isinstance(p.answer, list) else ">=", p.answer)
        for p in answered
        if p.answer not in ([], "")
    ]
