"""A definition in YAML: what its anchors, names and keys become, and what is refused."""

from typing import Any

import pytest

from infra.constructs.asl import DefinitionError, machines, rendered, states

FACTS = {"names": ["A", "B"], "most": 3}


def states_of(text: str, **facts_of_task: Any) -> dict[str, Any]:
    found = rendered("StartAt: S\nStates:\n  S:\n" + text, FACTS, lambda state: facts_of_task)
    return dict(states(found))


def test_a_name_that_is_a_whole_value_becomes_the_fact_with_its_type() -> None:
    found = states_of("    {Type: Pass, MaxAttempts: ((most)), ErrorEquals: ((names))}")
    assert found["S"] == {"Type": "Pass", "MaxAttempts": 3, "ErrorEquals": ["A", "B"]}


def test_a_list_joins_the_list_in_which_its_name_stands() -> None:
    assert states_of("    {Type: Pass, ErrorEquals: [X, ((names)), Y]}")["S"]["ErrorEquals"] == ["X", "A", "B", "Y"]


def test_a_list_within_an_expression_becomes_an_array_of_jsonata() -> None:
    found = states_of('    {Type: Fail, Error: "{% $x in ((names)) %}"}')
    assert found["S"]["Error"] == "{% $x in ['A', 'B'] %}"


def test_each_task_is_filled_with_its_own_facts_also_by_way_of_an_anchor() -> None:
    text = """
x-step: &step {Type: Task, TimeoutSeconds: ((timeout))}
StartAt: One
States:
  One: {<<: *step, Resource: short}
  Two:
    Type: Parallel
    Branches:
      - StartAt: Three
        States:
          Three: {<<: *step, Resource: long}
"""
    found = rendered(text, {}, lambda state: {"timeout": {"short": 1, "long": 2}[state["Resource"]]})
    assert {name: state.get("TimeoutSeconds") for name, state in states(found)} == {"One": 1, "Two": None, "Three": 2}
    assert [machine["StartAt"] for machine in machines(found)] == ["One", "Three"]
    assert set(found) == {"StartAt", "States"}


def test_an_anchor_that_is_merged_may_be_overridden() -> None:
    found = states_of("    {<<: {Type: Pass, Next: A}, Next: B}")
    assert found["S"] == {"Type": "Pass", "Next": "B"}


def test_a_name_that_stands_for_nothing_is_refused_and_the_known_ones_are_listed() -> None:
    with pytest.raises(DefinitionError, match=r'^unknown name "\(\(mots\)\)"\. Known here: most, names\.'):
        states_of("    {Type: Pass, MaxAttempts: ((mots))}")


def test_a_name_that_holds_only_in_tasks_is_refused_elsewhere() -> None:
    assert states_of("    {Type: Task, TimeoutSeconds: ((timeout))}", timeout=9)["S"]["TimeoutSeconds"] == 9
    with pytest.raises(DefinitionError, match="timeout"):
        states_of("    {Type: Pass, TimeoutSeconds: ((timeout))}", timeout=9)


@pytest.mark.parametrize("again", ["    Type: Pass", "    Type: Fail\n  S: {Type: Pass}"])
def test_a_key_that_is_there_twice_is_refused_with_its_line(again: str) -> None:
    with pytest.raises(DefinitionError, match=r'duplicate key "(Type|S)" in the mapping at line \d'):
        states_of(f"    Type: Pass\n{again}")


def test_no_and_yes_are_strings_and_true_and_null_are_not() -> None:
    found = states_of("    {Type: Pass, Assign: {a: no, b: yes, c: true, d: null, e: off}}")
    assert found["S"]["Assign"] == {"a": "no", "b": "yes", "c": True, "d": None, "e": "off"}
