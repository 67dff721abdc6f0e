"""Looks up the stack of a stage in CloudFormation: outputs and resources."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import Any, NamedTuple

import boto3
from botocore.exceptions import ClientError

from functions import clock
from infra.names import DEPLOYED, stack_name
from local.errors import CannotGoOn

SECONDS_UNSEEN = 2
"""A response tells the time to the second, and takes a moment to arrive: a smaller difference is not known."""

MACHINE, BATCH_MACHINE, HISTORY = "StateMachineArn", "BatchMachineArn", "HistoryTableName"
"""Names of the outputs with the state machines of runs and of batches, and with the table of the history."""


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
    def batch_machine(self) -> str:
        """ARN of the state machine of batches. Raises CannotGoOn for a stack of an earlier release."""
        if BATCH_MACHINE not in self.outputs:
            raise CannotGoOn(f"the stack {self.name} is of a release that has no batches; deploy it again.")
        return self.outputs[BATCH_MACHINE]

    @property
    def run_table(self) -> str:
        """Name of its run table."""
        (table,) = set(self.resources("AWS::DynamoDB::Table")) - {self.outputs.get(HISTORY)}
        return table

    @property
    def history_table(self) -> str:
        """Name of the table of its history. Raises CannotGoOn for a stack of an earlier release."""
        if HISTORY not in self.outputs:
            raise CannotGoOn(f"the stack {self.name} is of a release that keeps no history; deploy it again.")
        return self.outputs[HISTORY]

    def resources(self, kind: str) -> list[str]:
        """Physical ids of its resources of a CloudFormation type."""
        return list(self.resources_by_name(kind).values())

    def resources_by_name(self, kind: str) -> dict[str, str]:
        """Physical ids of its resources of a CloudFormation type, by their names in the template."""
        pages = boto3.client("cloudformation").get_paginator("list_stack_resources").paginate(StackName=self.name)
        found: Iterator[dict[str, Any]] = (made for page in pages for made in page["StackResourceSummaries"])
        return {made["LogicalResourceId"]: made["PhysicalResourceId"] for made in found if made["ResourceType"] == kind}


class Deployed(NamedTuple):
    """What a stack was deployed with, whatever the files of the person say who asks.

    Parameters
    ----------
    connections
        ``maxConcurrentRuns`` of each, by its name.
    jobs
        The connection of each, by its name.
    ahead
        Seconds that AWS's clock is ahead of this computer's; 0 where they agree to the second.
    """

    connections: dict[str, int]
    jobs: dict[str, str]
    ahead: float


def requests_of_jobs(stack: Stack) -> dict[str, dict[str, Any]]:
    """Of each deployed job its ``connection``, ``project`` and ``datamart`` as its request has them.

    Empty where the credentials may not read the template; without what an earlier release did not say.
    """
    try:
        template = boto3.client("cloudformation").get_template(StackName=stack.name)["TemplateBody"]
    except ClientError as problem:
        if not problem.response["Error"]["Code"].startswith("AccessDenied"):
            raise
        return {}
    template = template if isinstance(template, dict) else json.loads(template)
    found = template.get("Metadata", {}).get(DEPLOYED, {})
    loads = found.get("loads", {})
    return {name: {"connection": of} | loads.get(name, {}) for name, of in found.get("jobs", {}).items()}


def deployed_with(stack: Stack) -> Deployed:
    """Read it from the template that was deployed, and the time from the response.

    Raises CannotGoOn for a stack of an earlier release.
    """
    answer = boto3.client("cloudformation").get_template(StackName=stack.name)
    now, body = clock.now(), answer["TemplateBody"]
    template = body if isinstance(body, dict) else json.loads(body)
    found = template.get("Metadata", {}).get(DEPLOYED)
    if found is None:
        raise CannotGoOn(f"the stack {stack.name} is of a release that has no queue; deploy it again.")
    date = answer["ResponseMetadata"].get("HTTPHeaders", {}).get("date")
    ahead = parsedate_to_datetime(date).timestamp() - now if date else 0.0
    return Deployed(found["connections"], found["jobs"], ahead if abs(ahead) >= SECONDS_UNSEEN else 0.0)


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
