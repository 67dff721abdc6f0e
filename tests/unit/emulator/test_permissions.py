"""The emulator lets a service or a role invoke what the template's permissions and policies allow, and nothing else."""

import json
from pathlib import Path
from typing import Any

import pytest

from local.emulator.permissions import role_may_invoke, service_may_invoke
from local.emulator.template import Template

ALIAS = "arn:aws:lambda:eu-west-1:123456789012:function:StartRun:_schedules"
ROLE = {"Fn::GetAtt": ["Role", "Arn"]}


def template(folder: Path, **resources: Any) -> Template:
    path = folder / "template.json"
    path.write_text(json.dumps({"Resources": resources}), "utf-8")
    made = Template(path)
    made.made("Alias", ALIAS)
    return made


def policy(resource: Any, effect: str = "Allow", role: str = "Role") -> dict[str, Any]:
    statement = {"Effect": effect, "Action": "lambda:InvokeFunction", "Resource": resource}
    properties = {"Roles": [{"Ref": role}], "PolicyDocument": {"Statement": [statement]}}
    return {"Type": "AWS::IAM::Policy", "Properties": properties}


@pytest.mark.parametrize(
    ("made", "allowed"),
    [
        (policy({"Ref": "Alias"}), True),
        (policy({"Ref": "Alias"}) | {"Type": "AWS::IAM::ManagedPolicy"}, True),
        (policy([{"Fn::GetAtt": ["NotMade", "Arn"]}, {"Ref": "Alias"}]), True),
        (policy([{"Fn::GetAtt": ["NotMade", "Arn"]}]), False),
        (policy({"Ref": "Alias"}, effect="Deny"), False),
        (policy({"Ref": "Alias"}, role="AnotherRole"), False),
    ],
)
def test_a_role_may_invoke_what_its_own_policies_allow(tmp_path: Path, made: dict[str, Any], allowed: bool) -> None:
    assert role_may_invoke(template(tmp_path, Policy=made), ROLE, ALIAS) is allowed


@pytest.mark.parametrize(
    ("service", "source", "allowed"),
    [
        ("sns.amazonaws.com", "arn:aws:sns:eu-west-1:123456789012:datamart-runner-dev-a-1", True),
        ("sns.amazonaws.com", "arn:aws:sns:eu-west-1:210987654321:datamart-runner-dev-a-1", False),
        ("events.amazonaws.com", "arn:aws:sns:eu-west-1:123456789012:datamart-runner-dev-a-1", False),
    ],
)
def test_a_service_may_invoke_for_the_sources_of_its_permission(
    tmp_path: Path, service: str, source: str, allowed: bool
) -> None:
    pattern = "arn:aws:sns:eu-west-1:123456789012:datamart-runner-dev-*"
    properties = {"FunctionName": {"Ref": "Alias"}, "Principal": "sns.amazonaws.com", "SourceArn": pattern}
    made = template(tmp_path, Permission={"Type": "AWS::Lambda::Permission", "Properties": properties})
    assert service_may_invoke(made, ALIAS, service, source) is allowed
