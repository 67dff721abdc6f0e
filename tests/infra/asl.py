"""A validator for state machine definitions in JSONata: what AWS refuses and moto accepts.

emulator/PLATFORM.md "Laxer than AWS" lists the differences.
"""

import re
from collections.abc import Iterator
from typing import Any

from jsonata import Jsonata

State = dict[str, Any]

COMMON = {"Type", "Comment", "QueryLanguage"}
FIELDS: dict[str, set[str]] = {
    "Task": {
        "Resource",
        "Arguments",
        "TimeoutSeconds",
        "HeartbeatSeconds",
        "Retry",
        "Catch",
        "Assign",
        "Output",
        "Next",
        "End",
    },
    "Parallel": {"Branches", "Arguments", "Retry", "Catch", "Assign", "Output", "Next", "End"},
    "Choice": {"Choices", "Default", "Assign", "Output"},
    "Wait": {"Seconds", "Timestamp", "Assign", "Output", "Next", "End"},
    "Pass": {"Assign", "Output", "Next", "End"},
    "Succeed": {"Output"},
    "Fail": {"Error", "Cause"},
}
"""Fields of each type of state under JSONata (Amazon States Language)."""

RETRY_FIELDS = {
    "ErrorEquals",
    "IntervalSeconds",
    "BackoffRate",
    "MaxAttempts",
    "MaxDelaySeconds",
    "JitterStrategy",
    "Comment",
}
CATCH_FIELDS = {"ErrorEquals", "Assign", "Output", "Next", "Comment"}


def machines(definition: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The definition itself and every branch in it."""
    yield definition
    for state in definition["States"].values():
        for branch in state.get("Branches", []):
            yield from machines(branch)


def states(definition: dict[str, Any]) -> Iterator[tuple[str, State]]:
    """Every state, those of branches included."""
    for machine in machines(definition):
        yield from machine["States"].items()


def targets(state: State) -> set[str]:
    """The states that may follow."""
    found = {state.get("Next"), state.get("Default")}
    found |= {choice["Next"] for choice in state.get("Choices", [])}
    found |= {catch["Next"] for catch in state.get("Catch", [])}
    return {name for name in found if name}


def expressions(value: Any) -> Iterator[str]:
    """Every JSONata expression in a value, without its braces."""
    if isinstance(value, str) and value.startswith("{%"):
        yield value.removeprefix("{%").removesuffix("%}")
    elif isinstance(value, dict):
        for inner in value.values():
            yield from expressions(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from expressions(inner)


def problems(definition: dict[str, Any]) -> list[str]:
    """Everything that AWS would refuse, as sentences; empty for a valid definition."""
    found = [problem for machine in machines(definition) for problem in _structure(machine)]
    for name, state in states(definition):
        found += [f"{name}: {problem}" for problem in _fields(state)]
        found += [f"{name}: {problem}" for problem in _syntax(state)]
    names = [name for name, _ in states(definition)]
    found += [f"{name}: the name is used twice" for name in {n for n in names if names.count(n) > 1}]
    return found


def _structure(machine: dict[str, Any]) -> Iterator[str]:
    named = set(machine["States"])
    reached, new = set(), {machine["StartAt"]}
    while new:
        reached |= new
        new = {t for name in new & named for t in targets(machine["States"][name])} - reached
    yield from (f"{name}: is named and does not exist" for name in sorted(reached - named))
    yield from (f"{name}: cannot be reached" for name in sorted(named - reached))


def _fields(state: State) -> Iterator[str]:
    kind = state.get("Type", "")
    if kind not in FIELDS:
        yield f"unknown type {kind!r}"
        return
    yield from (f"unknown field {field}" for field in sorted(set(state) - FIELDS[kind] - COMMON))
    if kind in ("Task", "Parallel", "Wait", "Pass") and ("Next" in state) == ("End" in state):
        yield "needs either Next or End"
    for retry in state.get("Retry", []):
        yield from (f"unknown field {field} in Retry" for field in sorted(set(retry) - RETRY_FIELDS))
    for catch in state.get("Catch", []):
        yield from (f"unknown field {field} in Catch" for field in sorted(set(catch) - CATCH_FIELDS))


def _syntax(state: State) -> Iterator[str]:
    for field, value in state.items():
        if field == "Branches":
            continue
        for expression in expressions(value):
            try:
                Jsonata(expression)
            except Exception as error:  # whatever the parser says, it is the finding
                yield f"{field}: {expression!r} is no JSONata ({error})"
        if isinstance(value, str) and ("{%" in value) != value.startswith("{%"):
            yield f"{field}: an expression must be the whole string"
        if re.search(r"\$\$|\$\.", str(value)) and "Path" not in field:
            yield f"{field}: looks like JSONPath"


def assigned(machine: dict[str, Any]) -> set[str]:
    """The variables that the states of one scope assign."""
    found: set[str] = set()
    for state in machine["States"].values():
        found |= set(state.get("Assign", {}))
        for catch in state.get("Catch", []):
            found |= set(catch.get("Assign", {}))
        for choice in state.get("Choices", []):
            found |= set(choice.get("Assign", {}))
    return found
