"""Renders a state machine's definition from YAML: strict reading, anchors, placeholders, walks through the states."""

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import yaml

State = dict[str, Any]
Machine = dict[str, Any]
"""A definition or a branch in it: ``StartAt`` and ``States``."""

Facts = Mapping[str, Any]
"""What stands for ``((name))``, by the name."""


class DefinitionError(ValueError):
    """The YAML is not a definition that can be rendered; the text names the key or the name, and what is expected."""


def rendered(text: str, facts: Facts, facts_of_task: Callable[[State], Facts]) -> Machine:
    """The definition in ``text``, without its ``x-…`` keys, and with the fact for each ``((name))``.

    Where ``((name))`` is the whole of a value, the fact itself takes its place; a list joins the list in which it
    stands. Within a JSONata expression a list becomes an array of strings, a number stays one.

    Parameters
    ----------
    facts
        What holds everywhere.
    facts_of_task
        From a Task state, before it is filled, to what holds in it.

    Raises
    ------
    DefinitionError
        A mapping has a duplicate key, or a name is unknown.
    """
    return _machine(yaml.load(text, Loader=_Strict), facts, facts_of_task)  # noqa: S506 - a SafeLoader


def machines(machine: Machine) -> Iterator[Machine]:
    """The definition itself and every branch in it."""
    yield machine
    for state in machine["States"].values():
        for branch in state.get("Branches", []):
            yield from machines(branch)


def states(machine: Machine) -> Iterator[tuple[str, State]]:
    """Every state with its name, those of its branches behind it."""
    for name, state in machine["States"].items():
        yield name, state
        for branch in state.get("Branches", []):
            yield from states(branch)


_SafeLoader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""libyaml's where PyYAML was built with it: it takes a tenth of the time."""


class _Strict(_SafeLoader):  # type: ignore[misc]  # PyYAML has no types
    """YAML 1.2 where it matters: ``no`` is a string. A duplicate key is an error."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        keys = [key.value for key, _ in node.value]
        if twice := sorted({key for key in keys if keys.count(key) > 1}):
            line = node.start_mark.line + 1
            raise DefinitionError(f'duplicate key "{twice[0]}" in the mapping at line {line}. Remove one of the two.')
        found: dict[Any, Any] = super().construct_mapping(node, deep)
        return found


_Strict.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:bool"]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
_Strict.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile("^(?:true|false)$"), ["t", "f"])


def _machine(machine: Machine, facts: Facts, facts_of_task: Callable[[State], Facts]) -> Machine:
    found = {key: value for key, value in machine.items() if key != "States" and not key.startswith("x-")}
    states = {name: _state(state, facts, facts_of_task) for name, state in machine["States"].items()}
    return {**_filled(found, facts), "States": states}


def _state(state: State, facts: Facts, facts_of_task: Callable[[State], Facts]) -> State:
    known = {**facts, **facts_of_task(state)} if state["Type"] == "Task" else facts
    found = _filled({key: value for key, value in state.items() if key != "Branches"}, known)
    if "Branches" in state:
        found["Branches"] = [_machine(branch, facts, facts_of_task) for branch in state["Branches"]]
    return dict(found)


_NAME = re.compile(r"\(\((\w+)\)\)")


def _filled(value: Any, facts: Facts) -> Any:
    if isinstance(value, dict):
        return {key: _filled(inner, facts) for key, inner in value.items()}
    if isinstance(value, list):
        return [item for inner in value for item in _items(inner, facts)]
    if not isinstance(value, str):
        return value
    if whole := _NAME.fullmatch(value):
        return _fact(whole[1], facts)
    return _NAME.sub(lambda found: _in_expression(_fact(found[1], facts)), value)


def _items(value: Any, facts: Facts) -> list[Any]:
    found = _filled(value, facts)
    joins = isinstance(value, str) and isinstance(found, list)
    return found if joins else [found]


def _fact(name: str, facts: Facts) -> Any:
    if name not in facts:
        known = ", ".join(sorted(facts))
        raise DefinitionError(
            f'unknown name "(({name}))". Known here: {known}. Correct it, or state the fact in the code.'
        )
    return facts[name]


def _in_expression(fact: list[str] | int) -> str:
    return str(fact) if isinstance(fact, int) else "[" + ", ".join(f"'{name}'" for name in fact) + "]"
