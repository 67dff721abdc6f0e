"""Prompts of an instance: how they are described, and how an answer finds its prompt (API.md 7)."""

from typing import Any

from local.simulator.catalogue import Prompt
from local.simulator.prompts.rules import Rules
from local.simulator.prompts.types import type_of
from local.simulator.response import Refusal

EMPTY: tuple[Any, ...] = (None, "", [], {})
"""Answers that close an optional prompt without an answer."""


class OpenPrompt:
    """A prompt in an instance: its definition and, once closed, its answer.

    ``listed_open_until``: when the list of prompts shows that it is closed, in seconds since the epoch.
    """

    def __init__(self, prompt: Prompt, default: Any = None) -> None:
        self.prompt = prompt
        self.default = prompt.default if default is None else default
        self.closed = False
        self.answer: Any = None
        self.listed_open_until = 0.0

    def listed_closed(self, now: float) -> bool:
        """Whether the list shows it as closed."""
        return self.closed and now >= self.listed_open_until

    def describe(self, now: float) -> dict[str, Any]:
        """As GET …/prompts lists it (API.md 7.2)."""
        p, closed = self.prompt, self.listed_closed(now)
        optional = {
            "dataType": p.data_type,
            "source": {"id": p.source, "name": p.name, "type": 12} if p.source else None,
            "min": p.minimum,
            "max": p.maximum,
            **type_of(p).described,
            "defaultAnswer": self.default,
            "answers": self.answer if closed else None,
            "instruction": p.instruction,
        }
        common: dict[str, Any] = {"key": p.key, "id": p.id, "name": p.name, "title": p.title or p.name, "type": p.type}
        common |= {"required": p.required, "closed": closed}
        return common | {key: value for key, value in optional.items() if value is not None}

    def describe_as_of_old(self, now: float) -> dict[str, Any]:
        """As the older samples show it (API.md 7.2): no id, numbers as types, a single default, DIMENSION for LEVEL."""
        shown = self.describe(now)
        del shown["id"]
        kind = type_of(self.prompt)
        shown["type"] = kind.old_name or kind.name
        if "dataType" in shown:
            shown["dataType"] = OLD_DATA_TYPES[shown["dataType"]]
        if "defaultAnswer" in shown:
            shown["defaultAnswer"] = kind.old_default(self.default)
        return shown


# 8 is in a sample (API.md 7.2), the others are ours.
OLD_DATA_TYPES = {"TEXT": 8, "NUMERIC": 3, "DATE": 14, "TIMESTAMP": 16}


def answer_all(prompts: list[OpenPrompt], entries: Any, rules: Rules) -> list[OpenPrompt]:
    """Apply the body of PUT …/prompts/answers, all of it or none with a 400 (API.md 7.4): those that it answered."""
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        raise Refusal(400, 6, "Invalid JSON")
    checked = [(prompt := _locate(prompts, entry), _check(prompt, entry, rules)) for entry in entries]
    for prompt, value in checked:
        prompt.answer, prompt.closed = value, True
    return [prompt for prompt, _ in checked]


def _locate(prompts: list[OpenPrompt], entry: dict[str, Any]) -> OpenPrompt:
    for field in ("key", "id", "name"):
        if entry.get(field) is None:
            continue
        for prompt in prompts:
            if getattr(prompt.prompt, field) == entry[field] and not (
                field == "name" and prompt.prompt.type == "OBJECTS"
            ):
                return prompt
        break
    raise Refusal(400, 6, "Failed to locate the prompt by either key, id or name.")


def _check(prompt: OpenPrompt, entry: dict[str, Any], rules: Rules) -> Any:
    p, kind = prompt.prompt, type_of(prompt.prompt)
    if entry.get("type") != p.type:
        raise Refusal(400, 6, f"The type supplied does not match the type of the prompt {p.name}.")
    if entry.get("useDefault"):
        if prompt.default is None:
            raise Refusal(400, 6, f"The prompt {p.name} has no default answer.")
        return kind.check(p, prompt.default, rules)
    answers = entry.get("answers")
    if answers in EMPTY:
        if p.required:
            raise Refusal(400, 6, "Prompt validation failed. This is a required prompt.")
        return None
    if kind.structured and not rules.structured:
        raise Refusal(400, 6, f"Prompts of the type {p.type} cannot be answered.")
    return kind.check(p, answers, rules)
