"""The batch that a run belongs to: what the input of its execution says of it.

``{"execution", "item", "index", "run"}``, written by the functions of the batch. ``run`` is the name of the run's own
execution: a copy of the input is another run, and belongs to no batch.
"""

from dataclasses import dataclass
from typing import Any

from functions.names import EXECUTION_NAME, name_of_execution

KEY = "batch"
"""Where it stands in the input."""

MOST_ITEMS = 1_000
"""Items of a batch."""

_FIELDS = frozenset({"execution", "item", "index", "run"})


@dataclass(frozen=True)
class BatchMembership:
    """The batch of a run: the ARN of its execution; the name of the run's item, and its place in the batch, from 0."""

    execution: str
    item: str
    index: int

    def as_json(self) -> dict[str, Any]:
        """``{"execution", "item", "index"}``"""
        return {"execution": self.execution, "item": self.item, "index": self.index}


def is_membership(value: Any) -> bool:
    """Whether the functions of a batch have written this, and not a person who means a batch to start."""
    return isinstance(value, dict) and set(value) == _FIELDS


def as_input(membership: BatchMembership, run: str) -> dict[str, Any]:
    """What :func:`membership_in` reads from the input of the execution named ``run``."""
    return membership.as_json() | {"run": run}


def membership_in(given: Any, execution_arn: str) -> BatchMembership | None:
    """The batch that started the execution, or None; ``given`` is its input, whatever else is wrong with it."""
    found: Any = given.get(KEY) if isinstance(given, dict) else None
    if not is_membership(found):
        return None
    execution, item, index = found["execution"], found["item"], found["index"]
    name = name_of_execution(execution_arn)
    if found["run"] != name or not EXECUTION_NAME.fullmatch(name):
        return None
    if not (isinstance(execution, str) and isinstance(item, str) and type(index) is int and 0 <= index < MOST_ITEMS):
        return None
    return BatchMembership(execution, item, index)
