"""Creates the resources of a template in moto, by their type. No resource of the stack is named here."""

import io
import json
import re
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from functions.names import BATCHES
from local.emulator.clients import client
from local.emulator.template import ACCOUNT, REGION, Template

ROLE = f"arn:aws:iam::{ACCOUNT}:role/emulator"
"""moto wants a role to exist and enforces nothing of it; the real roles are checked in the template's tests."""
TRUST = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}],
}

Made = dict[str, Any]
"""Properties of a resource, as the template has them."""


@dataclass
class Deployed:
    """The resources of a deployment.

    ``state_machine`` runs datamarts, ``batch_machine`` batches of them; ``definitions`` has both by ARN. ``secrets``
    maps a connection's name to its secret's ARN. ``history_table`` is the table with indexes; ``tables`` are
    the others.
    """

    state_machine: str = ""
    batch_machine: str = ""
    definitions: dict[str, dict[str, Any]] = field(default_factory=dict)
    tables: list[str] = field(default_factory=list)
    history_table: str = ""
    secrets: dict[str, str] = field(default_factory=dict)


def deploy(template: Template) -> Deployed:
    """Create every resource that a run or its triggers use, and return them."""
    client("iam").create_role(RoleName="emulator", AssumeRolePolicyDocument=json.dumps(TRUST))
    deployed = Deployed()
    for kind, create in CREATORS.items():
        for name, made in template.resources(kind).items():
            create(template, name, made, deployed)
    return deployed


def _table(template: Template, logical_id: str, made: Made, deployed: Deployed) -> None:
    indexes = made.get("GlobalSecondaryIndexes", [])
    client("dynamodb").create_table(
        TableName=logical_id,
        KeySchema=made["KeySchema"],
        AttributeDefinitions=made["AttributeDefinitions"],
        BillingMode="PAY_PER_REQUEST",
        **({"GlobalSecondaryIndexes": indexes} if indexes else {}),
    )
    template.made(logical_id, logical_id, Arn=f"arn:aws:dynamodb:{REGION}:{ACCOUNT}:table/{logical_id}")
    if indexes:
        deployed.history_table = logical_id
    else:
        deployed.tables.append(logical_id)


def _secret(template: Template, logical_id: str, made: Made, deployed: Deployed) -> None:
    arn: str = client("secretsmanager").create_secret(Name=made["Name"])["ARN"]
    template.made(logical_id, arn, Id=arn)
    deployed.secrets[made["Name"].rpartition("/")[2]] = arn


def _queue(template: Template, logical_id: str, made: Made, deployed: Deployed) -> None:
    url = client("sqs").create_queue(QueueName=logical_id)["QueueUrl"]
    template.made(logical_id, url, Arn=f"arn:aws:sqs:{REGION}:{ACCOUNT}:{logical_id}", QueueName=logical_id)


def _topic(template: Template, logical_id: str, made: Made, deployed: Deployed) -> None:
    arn = client("sns").create_topic(Name=made.get("TopicName", logical_id))["TopicArn"]
    template.made(logical_id, arn, TopicArn=arn)


def _bucket(template: Template, logical_id: str, made: Made, deployed: Deployed) -> None:
    name = template.generated_name(logical_id)
    s3 = client("s3")
    s3.create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": REGION})
    if made.get("VersioningConfiguration"):
        s3.put_bucket_versioning(Bucket=name, VersioningConfiguration=made["VersioningConfiguration"])
    template.made(logical_id, name, Arn=f"arn:aws:s3:::{name}")


def _function(template: Template, logical_id: str, made: Made, deployed: Deployed) -> None:
    arn = client("lambda").create_function(
        FunctionName=logical_id,
        Runtime="python3.13",  # moto checks the name against its own list; the handler runs in this process
        Role=ROLE,
        Handler=made["Handler"],
        Timeout=made["Timeout"],
        MemorySize=made.get("MemorySize", 128),
        Code={"ZipFile": _nothing()},
    )["FunctionArn"]
    template.made(logical_id, logical_id, Arn=arn)


def _nothing() -> bytes:
    """An empty archive, because the API requires one."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("empty", "")
    return buffer.getvalue()


def _version(template: Template, logical_id: str, made: Made, deployed: Deployed) -> None:
    function = template.resolve(made["FunctionName"])
    published = client("lambda").publish_version(FunctionName=function)
    template.made(logical_id, published["FunctionArn"], Version=published["Version"])


def _alias(template: Template, logical_id: str, made: Made, deployed: Deployed) -> None:
    values = template.resolve({key: made[key] for key in ("FunctionName", "FunctionVersion", "Name")})
    arn = client("lambda").create_alias(**values)["AliasArn"]
    template.made(logical_id, arn, AliasArn=arn)


def _state_machine(template: Template, logical_id: str, made: Made, deployed: Deployed) -> None:
    values = template.resolve(made.get("DefinitionSubstitutions", {}))
    text = template.resolve(made["DefinitionString"])
    definition = re.sub(r"\$\{(\w+)\}", lambda match: str(values[match[1]]), text)
    name = made.get("StateMachineName", logical_id)
    created = client("stepfunctions").create_state_machine(name=name, definition=definition, roleArn=ROLE)
    arn = created["stateMachineArn"]
    template.made(logical_id, arn, Arn=arn)
    deployed.definitions[arn] = json.loads(definition)
    if name.endswith(BATCHES):
        deployed.batch_machine = arn
    else:
        deployed.state_machine = arn


CREATORS: dict[str, Callable[[Template, str, Made, Deployed], None]] = {
    "AWS::DynamoDB::Table": _table,
    "AWS::SecretsManager::Secret": _secret,
    "AWS::SQS::Queue": _queue,
    "AWS::SNS::Topic": _topic,
    "AWS::S3::Bucket": _bucket,
    "AWS::Lambda::Function": _function,
    "AWS::Lambda::Version": _version,
    "AWS::Lambda::Alias": _alias,
    "AWS::StepFunctions::StateMachine": _state_machine,
}
"""Types that a run or its triggers touch, in an order in which each finds what it refers to."""
