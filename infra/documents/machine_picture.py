"""A state machine as a picture (Mermaid) and as a table of its states, from the definition."""

from collections.abc import Iterator

from functions.transient_errors import RETRIED
from infra.constructs import asl
from infra.constructs.definition import FACTS, RUNS, Source, function_of, machine
from infra.documents.markdown import code, table

SHAPES = {
    "Task": '["{}"]',
    "Choice": '{{"{}"}}',
    "Wait": '(["{}"])',
    "Succeed": '[["{}"]]',
    "Fail": '[["{}"]]',
}
"""How Mermaid draws a state of each type; a Parallel state is a frame around its branch."""

Edge = tuple[str, str]
"""An arrow with its label, and the state to which it leads."""


def machine_picture(source: Source = RUNS) -> str:
    """A Mermaid block: every state and every transition. Transitions after a failure are dashed."""
    definition = machine(source)
    edges = [f"  {name} {arrow} {other}" for name, state in asl.states(definition) for arrow, other in _edges(state)]
    return "\n".join(["```mermaid", "flowchart TB", *_nodes(definition, "  "), *edges, "```"])


def _nodes(part: asl.Machine, indent: str) -> Iterator[str]:
    for name, state in part["States"].items():
        if state["Type"] != "Parallel":
            yield indent + name + SHAPES[state["Type"]].format(name)
            continue
        yield f"{indent}subgraph {name}"
        for branch in state["Branches"]:
            yield from _nodes(branch, indent + "  ")
        yield f"{indent}end"


def _edges(state: asl.State) -> Iterator[Edge]:
    for choice in state.get("Choices", []):
        yield f'-->|"{choice["Comment"]}"|', choice["Next"]
    if "Default" in state:
        yield '-->|"otherwise"|', state["Default"]
    if "Next" in state:
        yield "-->", state["Next"]
    for catch in state.get("Catch", []):
        if catch["Next"] != state["Next"]:
            yield f'-.->|"{_failure(catch["ErrorEquals"])}"|', catch["Next"]


def _failure(errors: list[str]) -> str:
    """The errors of a catcher, in a few words."""
    if errors == FACTS["own_errors"]:
        return "an error of our own"
    if set(RETRIED) <= set(errors):
        return "AWS or the server is unavailable" if "ServerUnavailable" in errors else "AWS is unavailable"
    return "any failure" if errors == ["States.ALL"] else ", ".join(errors)


def state_table(source: Source = RUNS) -> str:
    """A row for each state, in the order of the definition."""
    return table(
        ("state", "what it does", "function", "timeout", "retries"),
        [_row(name, state) for name, state in asl.states(machine(source))],
    )


def _row(name: str, state: asl.State) -> tuple[str, ...]:
    if state["Type"] != "Task":
        return code(name), state["Comment"], "", "", ""
    timeout = state["TimeoutSeconds"]
    seconds = f"{timeout} s" if isinstance(timeout, int) else "as the request says"
    return code(name), state["Comment"], code(function_of(state).module), seconds, _retries(state)


def _retries(state: asl.State) -> str:
    """How often the state is retried, by the kind of failure."""
    kinds = {"ServerUnavailable": "server", RETRIED[0]: "AWS", "States.TaskFailed": "other"}
    found = [
        f"{kinds[retry['ErrorEquals'][0]]} {retry['MaxAttempts']}"
        for retry in state["Retry"]
        if retry["MaxAttempts"] and retry["ErrorEquals"][0] in kinds
    ]
    return ", ".join(found)
