"""The prompt type OBJECTS: metrics that the datamart selects (API.md 7.3, 7.4)."""

from dataclasses import replace
from typing import Any

from local.simulator.catalogue import Prompt
from local.simulator.metadata.schema import BY_ID
from local.simulator.prompts.prompt_type import PromptType
from local.simulator.prompts.rules import Rules, counted
from local.simulator.response import Refusal
from local.simulator.warehouse.query import Query

# 4 and 12 are ours: the samples have none.
_OLD_TYPES = {"metric": 4, "attribute": 12}


def offered(p: Prompt, entry: Any) -> dict[str, Any]:
    """The object that an entry of an answer chooses. Raises Refusal if the prompt does not offer it."""
    wanted = str(entry.get("id") if isinstance(entry, dict) else "").upper()
    if wanted not in p.choices:
        raise Refusal(400, 6, f"An object that {p.name} does not offer was chosen.")
    return BY_ID[wanted].describe()


def chosen(columns: tuple[str, ...], objects: list[dict[str, Any]]) -> tuple[str, ...]:
    """Those of the columns that belong to the objects."""
    wanted = {BY_ID[one["id"]].column for one in objects}
    return tuple(column for column in columns if column in wanted)


def _check(p: Prompt, answers: Any, _: Rules) -> list[dict[str, Any]]:
    return [offered(p, entry) for entry in counted(p, answers, "objects")]


def _apply(query: Query, _: Prompt, answer: list[dict[str, Any]]) -> Query:
    return replace(query, metrics=chosen(query.metrics, answer))


def _old_default(default: list[dict[str, Any]]) -> dict[str, Any]:
    return default[0] | {"type": _OLD_TYPES[default[0]["type"]]}


OBJECTS = PromptType("OBJECTS", _check, _apply, listing="objects", old_default=_old_default)
