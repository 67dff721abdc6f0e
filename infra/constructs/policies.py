"""Managed policies for people: what the commands that read a stage may do, and those that run and repair.

Nobody has them until an administrator attaches them. ``tests/support/people.py`` judges every call that a command makes
in the tests by the policy of its command.
"""

from collections.abc import Sequence

import aws_cdk as cdk
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_iam as iam
from constructs import Construct

from functions.runs.store.batch_durations import SECONDS
from functions.runs.store.batches import ITEM, PLAN
from functions.runs.store.history import INDEXES
from infra.constructs.encryption import Encryption
from infra.constructs.findings import accept
from infra.settings.settings import Settings

READER = ("runs", "show", "watch", "plan")
"""Commands of the policy of readers."""

OPERATOR = (*READER, "start", "rerun", "answer", "pause", "resume", "free-lease")
"""Commands of the policy of operators, who may also stop executions."""

_MANY = "Any run or batch of the stage may be meant, and its log groups get their names from CloudFormation."


def policies_for_people(
    scope: Construct, settings: Settings, runs: dynamodb.Table, history: dynamodb.Table, encryption: Encryption
) -> None:
    """Make both policies, and name them among the outputs."""
    of = _Resources(cdk.Stack.of(scope), settings)
    reading, operating = _reading(of, runs, history), [*_reading(of, runs, history), *_operating(of, runs)]
    may_read, may_write = _key(encryption, "kms:Decrypt"), _key(encryption, "kms:Decrypt", "kms:GenerateDataKey")
    policies = {
        "ReaderPolicy": ([*reading, *may_read], f"Look at runs: {_commands(READER)}"),
        "OperatorPolicy": ([*operating, *may_write], f"Run and repair: {_commands(OPERATOR)}"),
    }
    for name, (statements, description) in policies.items():
        policy = iam.ManagedPolicy(scope, name, description=description, statements=statements)
        for resource in of.wild:
            accept(policy, f"AwsSolutions-IAM5[Resource::{resource}]", _MANY)
        cdk.CfnOutput(scope, f"{name}Arn", value=policy.managed_policy_arn, description=description)


class _Resources:
    """ARNs of what a stage has, by names that are known before it is made; ``wild`` has those with an asterisk."""

    def __init__(self, stack: cdk.Stack, settings: Settings) -> None:
        self._stack = stack
        self.wild: list[str] = []
        machines = (settings.machine_name, settings.batch_machine_name)
        self.stack = self._arn("cloudformation", f"stack/{stack.stack_name}/*")
        self.machines = [self._arn("states", f"stateMachine:{name}") for name in machines]
        self.executions = [self._arn("states", f"execution:{name}:*") for name in machines]
        self.logs = self._arn("logs", f"log-group:{stack.stack_name}-*:*")

    def _arn(self, service: str, rest: str) -> str:
        if "*" in rest:
            self.wild.append(f"arn:<AWS::Partition>:{service}:<AWS::Region>:<AWS::AccountId>:{rest}")
        stack = self._stack
        return f"arn:{stack.partition}:{service}:{stack.region}:{stack.account}:{rest}"


def _reading(of: _Resources, runs: dynamodb.Table, history: dynamodb.Table) -> list[iam.PolicyStatement]:
    """The history, executions and their logs, and of the run table the items of batches: none of them has a session."""
    of_batches = [of.executions[1], f"{PLAN}/*", f"{ITEM}/*", f"{SECONDS}/*"]
    return [
        _allow(
            of.stack, *(f"cloudformation:{name}" for name in ("DescribeStacks", "ListStackResources", "GetTemplate"))
        ),
        _allow(history.table_arn, "dynamodb:GetItem"),
        _allow([f"{history.table_arn}/index/{index}" for index in INDEXES], "dynamodb:Query"),
        _allow(of.machines, "states:ListExecutions"),
        _allow(of.executions, "states:DescribeExecution", "states:GetExecutionHistory"),
        _allow(of.logs, "logs:FilterLogEvents"),
        iam.PolicyStatement(
            actions=["dynamodb:GetItem", "dynamodb:BatchGetItem"],
            resources=[runs.table_arn],
            conditions={"ForAllValues:StringLike": {"dynamodb:LeadingKeys": of_batches}},
        ),
    ]


def _operating(of: _Resources, runs: dynamodb.Table) -> list[iam.PolicyStatement]:
    """Executions, replies and hand-overs, and the run table: questions, queues and leases are in it."""
    return [
        _allow(of.machines, "states:StartExecution", "states:SendTaskSuccess", "states:SendTaskFailure"),
        _allow(of.executions, "states:StopExecution"),
        _allow(runs.table_arn, "dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:UpdateItem"),
    ]


def _key(encryption: Encryption, *actions: str) -> list[iam.PolicyStatement]:
    return [] if encryption.key is None else [_allow(encryption.key.key_arn, *actions)]


def _allow(resources: str | Sequence[str], *actions: str) -> iam.PolicyStatement:
    named = [resources] if isinstance(resources, str) else list(resources)
    return iam.PolicyStatement(actions=list(actions), resources=named)


def _commands(names: Sequence[str]) -> str:
    return ", ".join(f"datamart {name}" for name in names)
