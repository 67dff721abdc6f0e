"""Every call to AWS that a command makes in the integration tests, judged against the policy of those who may use it.

A command is known by its module in ``local/cli``. A call that its policy would not allow fails the test that made it,
and an action of a policy that no command uses fails the run (tests/support/permissions.py).
"""

import fnmatch
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import Any

from infra.constructs.policies import OPERATOR, READER
from infra.names import stack_name
from local import synth
from local.emulator.template import ACCOUNT, REGION
from tests.infra.template import Template, listed

POLICIES = {"OperatorPolicy": OPERATOR, "ReaderPolicy": READER}
"""The commands of each policy; a command is judged by the last that has it, which may the least."""

NEED_NO_PERMISSION = frozenset({"sts:GetCallerIdentity"})

BY_HAND = {"states:StopExecution": "A person stops an execution by the console or by the command that start names."}
"""Actions of the policies that no command uses, each with its reason."""

COMMANDS = f"{synth.ROOT / 'local' / 'cli'}/"
NOT_OF_A_COMMAND = tuple(f"{synth.ROOT / folder}/" for folder in ("tests", "local/emulator", "local/simulator"))


def command_that_calls(frame: FrameType | None) -> str | None:
    """Name of the command that makes a call; None where a test or the emulator makes it."""
    names = {name for names in POLICIES.values() for name in names}
    while frame is not None:
        file = frame.f_code.co_filename
        if file.startswith(NOT_OF_A_COMMAND) and not file.endswith("/permissions.py"):
            return None
        name = Path(file).stem.replace("_", "-")
        if file.startswith(COMMANDS) and name in names:
            return name
        frame = frame.f_back
    return None


def policy_of(command: str) -> str:
    """The policy that a command is judged by."""
    return [policy for policy, commands in POLICIES.items() if command in commands][-1]


def _stack(params: dict[str, Any]) -> str:
    return f"arn:aws:cloudformation:{REGION}:{ACCOUNT}:stack/{params['StackName']}/1f9b9a40"


def _index(params: dict[str, Any]) -> str:
    return f"arn:aws:dynamodb:{REGION}:{ACCOUNT}:table/{params['TableName']}/index/{params['IndexName']}"


def _log_group(params: dict[str, Any]) -> str:
    return f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:{params['logGroupName']}:*"


RESOURCES: dict[str, Callable[[dict[str, Any]], str]] = {
    "cloudformation:DescribeStacks": _stack,
    "cloudformation:GetTemplate": _stack,
    "cloudformation:ListStackResources": _stack,
    "dynamodb:Query": _index,
    "logs:FilterLogEvents": _log_group,
    "states:GetExecutionHistory": lambda params: str(params["executionArn"]),
    "states:ListExecutions": lambda params: str(params["stateMachineArn"]),
}
"""The resources of actions that only commands use."""


class Policies:
    """The policies of a template, with the names that the emulator gave to the stack's resources."""

    def __init__(self, template: Template, resolve: Callable[[Any], Any]) -> None:
        self._resolve = resolve
        self._documents = {
            policy: template.one("AWS::IAM::ManagedPolicy", policy)["PolicyDocument"]["Statement"]
            for policy in POLICIES
        }

    def allow(self, policy: str, action: str, resource: str, keys: list[str]) -> bool:
        """Whether a statement allows the action on the resource, of DynamoDB on items with these ``keys``."""
        return any(
            action in listed(statement["Action"])
            and any(fnmatch.fnmatchcase(resource, self._resolve(arn)) for arn in listed(statement["Resource"]))
            and self._holds(statement.get("Condition"), keys)
            for statement in self._documents[policy]
        )

    def _holds(self, condition: dict[str, Any] | None, keys: list[str]) -> bool:
        if condition is None:
            return True
        ((operator, values),) = condition.items()
        assert (operator, [*values]) == ("ForAllValues:StringLike", ["dynamodb:LeadingKeys"])
        patterns = [self._resolve(pattern) for pattern in values["dynamodb:LeadingKeys"]]
        return bool(keys) and all(any(fnmatch.fnmatchcase(key, one) for one in patterns) for key in keys)

    def unused(self, used: set[tuple[str, str]]) -> list[str]:
        """A line for each action of a policy that no command of it used; ``used`` are commands with actions."""
        return [
            f"{policy} allows {action} and no command of it uses that"
            for policy, statements in self._documents.items()
            for action in sorted({action for statement in statements for action in listed(statement["Action"])})
            if action not in BY_HAND and not any((command, action) in used for command in POLICIES[policy])
        ]


def keys_of(params: dict[str, Any]) -> list[str]:
    """Keys of the items that a call of DynamoDB names."""
    requests = params.get("RequestItems", {}).values()
    keys = [params["Key"]] if "Key" in params else [key for each in requests for key in each["Keys"]]
    return [str(key["executionArn"]["S"]) for key in keys]


def of_another_stage(params: dict[str, Any]) -> bool:
    """Whether a call looks for the stack of a stage that is not the emulated one: it has policies of its own."""
    return params.get("StackName", stack_name(synth.STAGE)) != stack_name(synth.STAGE)
