"""The account that a stack was deployed into, for the commands that look at it: the emulator's AWS, and CloudFormation.

moto's CloudFormation needs packages that nothing else here does. So its three operations are answered below boto3's
clients, with what the synthesized template and the emulator know.
"""

import contextlib
import json
from collections.abc import Iterator
from datetime import datetime
from email.utils import formatdate
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import boto3

from functions import clock
from local.emulator import Emulator
from local.emulator.template import ACCOUNT
from local.report.lines import TIME

STACK = "DatamartRunner-dev"


class Cloud:
    """CloudFormation's answers, the ARNs of the executions that were started, and a wait that lets them end.

    ``ahead`` is how many seconds AWS's clock is ahead.
    """

    def __init__(self, emulator: Emulator, template: Path) -> None:
        self.emulator = emulator
        self.template = json.loads(template.read_text("utf-8"))
        for name in emulator.template.resources("AWS::IAM::ManagedPolicy"):  # of people: the emulator needs none
            emulator.template.made(name, f"arn:aws:iam::{ACCOUNT}:policy/{name}")
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
        """Some pages: AWS gives a hundred resources at once."""
        kinds = ("AWS::SecretsManager::Secret", "AWS::Logs::LogGroup", "AWS::DynamoDB::Table")
        page = kinds.index(params["body"].get("NextToken", kinds[0]))
        found = [
            {
                "ResourceType": kinds[page],
                "LogicalResourceId": name,
                "PhysicalResourceId": self._physical_id(name, kinds[page]),
            }
            for name in self.emulator.template.resources(kinds[page])
        ]
        more = {"NextToken": kinds[page + 1]} if page + 1 < len(kinds) else {}
        return answered(StackResourceSummaries=found, **more)

    def _physical_id(self, name: str, kind: str) -> str:
        """CloudFormation names a log group; the emulator makes none."""
        return f"{STACK}-{name}-Zx" if "Logs" in kind else str(self.emulator.template.resolve({"Ref": name}))

    def log(self, texts: list[str]) -> None:
        """Let the functions have logged these lines, each in its own log group."""
        logs = boto3.client("logs")
        groups = list(self.emulator.template.resources("AWS::Logs::LogGroup"))
        for name in groups:
            named = {"logGroupName": self._physical_id(name, "AWS::Logs::LogGroup")}
            with contextlib.suppress(logs.exceptions.ResourceAlreadyExistsException):
                logs.create_log_group(**named)
                logs.create_log_stream(**named, logStreamName="1")
        for text in texts:
            keys = json.loads(text)
            at = datetime.strptime(keys["timestamp"], TIME).timestamp()
            of = next(
                name for name in groups if name.startswith(keys["function_name"].partition("Function")[0] + "Logs")
            )
            logs.put_log_events(
                logGroupName=self._physical_id(of, "AWS::Logs::LogGroup"),
                logStreamName="1",
                logEvents=[{"timestamp": round(1_000 * at), "message": text}],
            )

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
