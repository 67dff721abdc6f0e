"""The account that a stack was deployed into, for the commands that look at it: the emulator's AWS, and CloudFormation.

moto's CloudFormation needs packages that nothing else here does. So its three operations are answered below boto3's
clients, with what the synthesized template and the emulator know.
"""

import contextlib
import json
from collections.abc import Iterator
from email.utils import formatdate
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import boto3

from functions import clock
from local.emulator import Emulator

STACK = "DatamartRunner-dev"


class Cloud:
    """CloudFormation's answers, the ARNs of the executions that were started, and a wait that lets them end.

    ``ahead`` is how many seconds AWS's clock is ahead.
    """

    def __init__(self, emulator: Emulator, template: Path) -> None:
        self.emulator = emulator
        self.template = json.loads(template.read_text("utf-8"))
        outputs = self.template["Outputs"]
        self.outputs = {name: emulator.template.resolve(output["Value"]) for name, output in outputs.items()}
        self.ahead = 0.0
        self.refusal: tuple[str, str] | None = None
        self.started: list[str] = []

    def describe_stacks(self, params: dict[str, Any], **_: Any) -> Any:
        if self.refusal:
            return refused(*self.refusal)
        if params["body"]["StackName"] != STACK:
            return refused("ValidationError", f"Stack with id {params['body']['StackName']} does not exist")
        outputs = [{"OutputKey": name, "OutputValue": value} for name, value in self.outputs.items()]
        return answered(Stacks=[{"StackName": STACK, "StackStatus": "UPDATE_COMPLETE", "Outputs": outputs}])

    def list_stack_resources(self, params: dict[str, Any], **_: Any) -> Any:
        """Two pages: AWS gives a hundred resources at once."""
        kinds = ("AWS::SecretsManager::Secret", "AWS::DynamoDB::Table")
        page = kinds.index(params["body"].get("NextToken", kinds[0]))
        found = [
            {
                "ResourceType": kinds[page],
                "LogicalResourceId": name,
                "PhysicalResourceId": self.emulator.template.resolve({"Ref": name}),
            }
            for name in self.emulator.template.resources(kinds[page])
        ]
        return answered(StackResourceSummaries=found, **({"NextToken": kinds[1]} if page == 0 else {}))

    def get_template(self, params: dict[str, Any], **_: Any) -> Any:
        response, content = answered(TemplateBody=self.template)
        content["ResponseMetadata"]["HTTPHeaders"] = {"date": formatdate(clock.now() + self.ahead, usegmt=True)}
        return response, content

    def note(self, params: dict[str, Any], **_: Any) -> None:
        machine = params["stateMachineArn"].replace(":stateMachine:", ":execution:")
        self.started.append(f"{machine}:{params['name']}")

    def wait(self, seconds: float) -> None:
        """In place of sleeping: the execution that was started last ends, and its end is processed."""
        self.emulator.wait(self.started[-1])


def answered(**content: Any) -> Any:
    return SimpleNamespace(status_code=200), content | {"ResponseMetadata": {"HTTPStatusCode": 200}}


def refused(code: str, message: str) -> Any:
    error = {"Error": {"Code": code, "Message": message}, "ResponseMetadata": {"HTTPStatusCode": 400}}
    return SimpleNamespace(status_code=400), error


@contextlib.contextmanager
def deployed(emulator: Emulator, template: Path) -> Iterator[Cloud]:
    """boto3's default session sees the stack until the end of the block."""
    cloud = Cloud(emulator, template)
    boto3.setup_default_session()
    instead_of("cloudformation.DescribeStacks", cloud.describe_stacks)
    instead_of("cloudformation.ListStackResources", cloud.list_stack_resources)
    instead_of("cloudformation.GetTemplate", cloud.get_template)
    boto3.DEFAULT_SESSION.events.register("provide-client-params.sfn.StartExecution", cloud.note)
    yield cloud
    boto3.setup_default_session()


def instead_of(operation: str, answer: Any) -> None:
    """Let ``answer`` answer an operation of AWS in what is left of the block."""
    boto3.DEFAULT_SESSION.events.register(f"before-call.{operation}", answer)
