"""Nothing in a template belongs to one partition: it deploys to AWS's own, to China and to GovCloud."""

import json
import re
from typing import Any

import pytest

from local.emulator.template import PSEUDO
from tests.infra.template import Template

FROM_SETTINGS = {"arn:aws:iam::123456789012:policy/Boundary"}
"""What a stage's own settings name: the permissions boundary."""

PARTITIONS = {
    "aws": ("eu-west-1", "amazonaws.com"),
    "aws-cn": ("cn-north-1", "amazonaws.com.cn"),
    "aws-us-gov": ("us-gov-west-1", "amazonaws.com"),
}


def rendered(content: Any, pseudo: dict[str, str]) -> Any:
    """A template with its pseudo parameters put in, and names of resources for all other references."""
    if isinstance(content, list):
        return [rendered(each, pseudo) for each in content]
    if not isinstance(content, dict):
        return content
    if len(content) == 1:
        if "Ref" in content:
            return pseudo.get(content["Ref"], content["Ref"])
        if "Fn::Join" in content:
            separator, parts = content["Fn::Join"]
            return separator.join(str(rendered(part, pseudo)) for part in parts)
    return {key: rendered(each, pseudo) for key, each in content.items()}


@pytest.fixture(params=["template", "everything"])
def content(request: pytest.FixtureRequest) -> Any:
    found: Template = request.getfixturevalue(request.param)
    return found.content


@pytest.mark.parametrize("partition", PARTITIONS)
def test_every_arn_is_of_the_partition_that_it_is_deployed_to(content: Any, partition: str) -> None:
    region, suffix = PARTITIONS[partition]
    own = {"AWS::Partition": partition, "AWS::Region": region, "AWS::URLSuffix": suffix}
    text = json.dumps(rendered(content, PSEUDO | own))
    found = set(re.findall(r"arn:aws[a-z-]*:[^\"\\, ]*", text)) - FROM_SETTINGS
    assert len(found) > 10
    assert {arn for arn in found if arn.split(":")[1] != partition} == set()


def test_the_definition_gets_the_arns_of_its_integrations_from_its_stack(content: Any) -> None:
    machines = [r for r in content["Resources"].values() if r["Type"] == "AWS::StepFunctions::StateMachine"]
    assert len(machines) == 2
    for machine in machines:
        text, given = machine["Properties"]["DefinitionString"], machine["Properties"]["DefinitionSubstitutions"]
        assert "arn:" not in text
        used = set(re.findall(r'"Resource": "\$\{(\w+)\}"', text))
        assert used == {"StatesLambdaInvoke", "StatesLambdaInvokeWaitForTaskToken"}
        china = {token: rendered(given[token], PSEUDO | {"AWS::Partition": "aws-cn"}) for token in used}
        assert china["StatesLambdaInvoke"] == "arn:aws-cn:states:::lambda:invoke"


def test_the_logs_principal_of_a_key_has_the_suffix_of_the_partition(everything: Template) -> None:
    (key,) = everything.resources("AWS::KMS::Key").values()
    (logs,) = [s for s in key["KeyPolicy"]["Statement"] if s.get("Sid") == "Logs"]
    assert rendered(
        logs["Principal"], PSEUDO | {"AWS::URLSuffix": "amazonaws.com.cn", "AWS::Region": "cn-north-1"}
    ) == {"Service": "logs.cn-north-1.amazonaws.com.cn"}
