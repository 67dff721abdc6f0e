"""CloudFormation updates the functions that read a stored value before those that write it in a new form."""

from functools import cache
from typing import Any

import pytest

from functions.runs.store.packing import PACKED
from infra.constructs.update_order import UPDATED_AFTER
from tests.infra.template import Template

WRITERS = {
    "unanswered.prompts": {"get_prompts"},
    "question.prompts": {"ask_person"},
    "asking.answers": {"take_answers", "conclude_attempt"},  # after its readers but for get_prompts
}
"""The functions that write each packed value."""


def function_of(template: Template, module: str) -> str:
    """The logical id of a function."""
    found = template.resources("AWS::Lambda::Function").items()
    return next(name for name, made in found if made["Handler"] == f"functions.handlers.{module}.handler")


def referred_to(value: Any) -> set[str]:
    """The logical ids that a resource refers to or depends on."""
    if isinstance(value, list):
        return {name for each in value for name in referred_to(each)}
    if not isinstance(value, dict):
        return set()
    named = {value["Ref"]} if "Ref" in value else set()
    if "Fn::GetAtt" in value:
        named.add(value["Fn::GetAtt"][0])
    named |= {name for each in value.values() for name in referred_to(each)}
    depends = value.get("DependsOn", [])
    return named | ({depends} if isinstance(depends, str) else {each for each in depends if isinstance(each, str)})


def waits_for(template: Template, logical_id: str) -> set[str]:
    """Everything that CloudFormation updates before this resource."""
    resources = template.content["Resources"]

    @cache
    def before(name: str) -> frozenset[str]:
        direct = {each for each in referred_to(resources[name]) if each in resources}
        return frozenset(direct | {far for each in direct for far in before(each)})

    return set(before(logical_id))


@pytest.mark.parametrize("stage", ["template", "everything"])
@pytest.mark.parametrize(
    ("writer", "reader"), [(writer, reader) for writer, readers in UPDATED_AFTER.items() for reader in readers]
)
def test_a_writer_of_a_packed_value_is_updated_after_its_readers(
    request: pytest.FixtureRequest, stage: str, writer: str, reader: str
) -> None:
    made = request.getfixturevalue(stage)
    assert function_of(made, reader) in waits_for(made, function_of(made, writer))


def test_the_starter_is_updated_after_the_function_that_reads_the_input(template: Template) -> None:
    assert function_of(template, "prepare_run") in waits_for(template, function_of(template, "start_run"))


TAKE_SLOTS = {"log_in", "prepare_run"}
"""Functions that are updated after those that give back the slots which they take."""


def test_every_packed_value_has_a_writer_whose_order_was_thought_of() -> None:
    assert set(WRITERS) == set(PACKED)
    packing = WRITERS["unanswered.prompts"] | WRITERS["question.prompts"]
    assert set(UPDATED_AFTER) == packing | TAKE_SLOTS | {"prepare_batch"}


def test_functions_are_updated_in_three_tiers_at_most() -> None:
    def tier(module: str) -> int:
        return 1 + max(map(tier, UPDATED_AFTER.get(module, ())), default=0)

    assert max(map(tier, UPDATED_AFTER)) == 3
