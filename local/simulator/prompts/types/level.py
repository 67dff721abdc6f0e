"""The prompt type LEVEL: attributes that the datamart selects (API.md 7.2 to 7.4)."""

from dataclasses import replace
from typing import Any

from local.simulator.catalogue import Prompt
from local.simulator.prompts.prompt_type import PromptType
from local.simulator.prompts.rules import Rules
from local.simulator.prompts.types.objects import chosen, offered
from local.simulator.response import Refusal
from local.simulator.warehouse.query import Query


def _check(p: Prompt, answers: Any, _: Rules) -> dict[str, Any]:
    units = answers.get("units") if isinstance(answers, dict) else None
    if not isinstance(units, list) or not units:
        raise Refusal(400, 6, f"The answer to {p.name} has no units.")
    objects = [offered(p, unit) for unit in units]
    defaults = {"filtering": "STANDARD", "groupBy": True, "grouping": "STANDARD"}
    return {
        "canContinue": answers.get("canContinue", True),
        "filterRest": answers.get("filterRest", True),
        "units": [defaults | unit | found for unit, found in zip(units, objects, strict=True)],
    }


def _apply(query: Query, _: Prompt, answer: dict[str, Any]) -> Query:
    return replace(query, attributes=chosen(query.attributes, answer["units"]))


LEVEL = PromptType(
    "LEVEL",
    _check,
    _apply,
    listing="objects",
    page=1000,
    largest_page=None,
    structured=True,
    old_name="DIMENSION",
)
