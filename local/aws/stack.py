"""Looks up the stack of a stage in CloudFormation: outputs and resources."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import boto3
from botocore.exceptions import ClientError

from infra.names import stack_name
from local.errors import CannotGoOn

MACHINE = "StateMachineArn"
"""Name of the output with the state machine."""


@dataclass(frozen=True)
class Stack:
    """A deployed stack.

    ``status`` is CloudFormation's, such as UPDATE_COMPLETE; ``outputs`` are the values by their names.
    """

    name: str
    status: str
    outputs: dict[str, str]

    @property
    def state_machine(self) -> str:
        """ARN of the state machine. Raises CannotGoOn if the stack has none because its creation is not complete."""
        if MACHINE not in self.outputs:
            raise CannotGoOn(f"the stack {self.name} is in {self.status} and has no state machine; deploy it again.")
        return self.outputs[MACHINE]

    @property
    def run_table(self) -> str:
        """Name of its run table."""
        (table,) = self.resources("AWS::DynamoDB::Table")
        return table

    def resources(self, kind: str) -> list[str]:
        """Physical ids of its resources of a CloudFormation type."""
        pages = boto3.client("cloudformation").get_paginator("list_stack_resources").paginate(StackName=self.name)
        found: Iterator[dict[str, Any]] = (made for page in pages for made in page["StackResourceSummaries"])
        return [made["PhysicalResourceId"] for made in found if made["ResourceType"] == kind]


def stack_of(stage: str) -> Stack:
    """Look the stage's stack up, in the account and region of the credentials.

    Raises CannotGoOn if there is none.
    """
    client, name = boto3.client("cloudformation"), stack_name(stage)
    try:
        (described,) = client.describe_stacks(StackName=name)["Stacks"]
    except ClientError as problem:
        error = problem.response["Error"]
        if error["Code"] != "ValidationError" or "does not exist" not in error["Message"]:
            raise
        raise CannotGoOn(
            f"there is no stack {name} in {client.meta.region_name} for these credentials;"
            f" deploy it with make deploy STAGE={stage}, or set AWS_DEFAULT_REGION and AWS_PROFILE to where it is."
        ) from None
    outputs = {output["OutputKey"]: output["OutputValue"] for output in described.get("Outputs", [])}
    return Stack(name, described["StackStatus"], outputs)
