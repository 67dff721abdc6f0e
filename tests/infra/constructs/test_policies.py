"""The managed policies for people, as a stage with a key of its own has them."""

import pytest

from tests.infra.template import Template


@pytest.mark.parametrize(
    ("policy", "actions"),
    [("ReaderPolicy", ["kms:Decrypt"]), ("OperatorPolicy", ["kms:Decrypt", "kms:GenerateDataKey"])],
)
def test_only_who_writes_may_have_data_keys_made(everything: Template, policy: str, actions: list[str]) -> None:
    statements = everything.one("AWS::IAM::ManagedPolicy", policy)["PolicyDocument"]["Statement"]
    found = [listed(statement["Action"]) for statement in statements]
    assert [action for each in found for action in each if action.startswith("kms:")] == actions


def listed(value: str | list[str]) -> list[str]:
    return [value] if isinstance(value, str) else value
