"""Creates in moto what a template names: tables, secrets, functions, state machine. Nothing is listed here."""

import io
import json
import re
import zipfile
from dataclasses import dataclass
from typing import Any

import boto3

from local.twin.template import ACCOUNT, REGION, Template

ROLE = f"arn:aws:iam::{ACCOUNT}:role/twin"
"""moto wants a role to exist and enforces nothing of it; the real roles are checked in the template's tests."""
TRUST = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}],
}
STATUS_CHANGE = "Step Functions Execution Status Change"


@dataclass(frozen=True)
class Deployed:
    """What exists after a deployment.

    ``secrets`` maps a connection's name to its secret's ARN; ``at_end`` is the function that the rule on the end of an
    execution calls, or None.
    """

    state_machine: str
    definition: dict[str, Any]
    tables: tuple[str, ...]
    secrets: dict[str, str]
    at_end: str | None


def deploy(template: Template) -> Deployed:
    """Create everything and say what was created."""
    boto3.client("iam").create_role(RoleName="twin", AssumeRolePolicyDocument=json.dumps(TRUST))
    tables = tuple(_table(template, name, made) for name, made in template.resources("AWS::DynamoDB::Table").items())
    secrets = {}
    for name, made in template.resources("AWS::SecretsManager::Secret").items():
        secrets[made["Name"].rpartition("/")[2]] = _secret(template, name, made)
    for name, made in template.resources("AWS::Lambda::Function").items():
        _function(template, name, made)
    (logical_id, machine), *others = template.resources("AWS::StepFunctions::StateMachine").items()
    if others:
        raise ValueError("the template has more than one state machine")
    definition = _definition(template, machine)
    arn = boto3.client("stepfunctions").create_state_machine(name=logical_id, definition=definition, roleArn=ROLE)[
        "stateMachineArn"
    ]
    template.made(logical_id, arn, Arn=arn)
    return Deployed(arn, json.loads(definition), tables, secrets, _at_end(template))


def _table(template: Template, logical_id: str, made: dict[str, Any]) -> str:
    boto3.client("dynamodb").create_table(
        TableName=logical_id,
        KeySchema=made["KeySchema"],
        AttributeDefinitions=made["AttributeDefinitions"],
        BillingMode="PAY_PER_REQUEST",
    )
    template.made(logical_id, logical_id, Arn=f"arn:aws:dynamodb:{REGION}:{ACCOUNT}:table/{logical_id}")
    return logical_id


def _secret(template: Template, logical_id: str, made: dict[str, Any]) -> str:
    arn: str = boto3.client("secretsmanager").create_secret(Name=made["Name"])["ARN"]
    template.made(logical_id, arn, Id=arn)
    return arn


def _function(template: Template, logical_id: str, made: dict[str, Any]) -> None:
    arn = boto3.client("lambda").create_function(
        FunctionName=logical_id,
        Runtime="python3.13",  # moto checks the name against its own list; the handler runs in this process
        Role=ROLE,
        Handler=made["Handler"],
        Timeout=made["Timeout"],
        MemorySize=made.get("MemorySize", 128),
        Environment={"Variables": template.resolve(made.get("Environment", {}).get("Variables", {}))},
        Code={"ZipFile": _nothing()},
    )["FunctionArn"]
    template.made(logical_id, logical_id, Arn=arn)


def _nothing() -> bytes:
    """An archive for the API's sake."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("empty", "")
    return buffer.getvalue()


def _definition(template: Template, machine: dict[str, Any]) -> str:
    values = template.resolve(machine.get("DefinitionSubstitutions", {}))
    text = template.resolve(machine["DefinitionString"])
    return re.sub(r"\$\{(\w+)\}", lambda match: str(values[match[1]]), text)


def _at_end(template: Template) -> str | None:
    for rule in template.resources("AWS::Events::Rule").values():
        if STATUS_CHANGE in rule.get("EventPattern", {}).get("detail-type", []):
            return str(template.resolve(rule["Targets"][0]["Arn"]))
    return None
