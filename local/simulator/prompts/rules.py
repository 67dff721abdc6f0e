"""What an instance accepts as answers to its prompts."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from local.simulator.catalogue import Prompt
from local.simulator.response import Refusal
from local.simulator.warehouse.elements import Elements


@dataclass(frozen=True)
class Rules:
    """What an instance accepts as answers.

    ``elements``: those that may answer a prompt. ``structured``: whether EXPRESSION and LEVEL can be answered.
    ``by_name``: whether the name of an element is enough.
    """

    elements: Callable[[Prompt], Elements]
    structured: bool = True
    by_name: bool = True


def counted(p: Prompt, answers: Any, what: str) -> list[dict[str, Any]]:
    """The entries of an answer. Raises Refusal when they are fewer or more than the prompt takes."""
    entries = answers if isinstance(answers, list) else [answers]
    if not all(isinstance(entry, dict) for entry in entries):
        raise Refusal(400, 6, "Invalid JSON")
    if p.minimum is not None and len(entries) < p.minimum:
        raise Refusal(400, 6, f"Fewer {what} than the minimum {p.minimum} of {p.name}.")
    if p.maximum is not None and len(entries) > p.maximum:
        raise Refusal(400, 6, f"More {what} than the maximum {p.maximum} of {p.name}.")
    return entries
