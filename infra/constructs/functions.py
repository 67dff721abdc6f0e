"""Makes a function of the table: role, log group, and what all functions have in common."""

import json
from dataclasses import dataclass
from typing import Any

import aws_cdk as cdk
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs
from constructs import Construct

from infra.constructs.encryption import Encryption
from infra.constructs.findings import accept
from infra.constructs.function_table import FunctionSpec
from infra.constructs.runtime import MINOR
from infra.settings.settings import Settings, Vpc

RUNTIME = getattr(lambda_.Runtime, f"PYTHON_{MINOR.replace('.', '_')}")

NETWORK_ACTIONS = (
    "ec2:CreateNetworkInterface",
    "ec2:DescribeNetworkInterfaces",
    "ec2:DescribeSubnets",
    "ec2:DeleteNetworkInterface",
    "ec2:AssignPrivateIpAddresses",
    "ec2:UnassignPrivateIpAddresses",
)
"""What Lambda needs to put a function into a VPC: the actions of AWS's policy AWSLambdaVPCAccessExecutionRole."""


ANY_RESOURCE = (
    "xray:PutTraceSegments cannot be limited to a resource, nor can network interfaces that do not exist yet."
)


def log_group(
    scope: Construct, construct_id: str, settings: Settings, encryption: Encryption, name: str | None = None
) -> logs.LogGroup:
    """A log group that expires.

    A state machine's is named: below ``/aws/vendedlogs/`` it does not count towards the size of the account's one
    policy for log delivery.
    """
    return logs.LogGroup(
        scope,
        construct_id,
        log_group_name=name,
        retention=logs.RetentionDays[_RETENTION[settings.log_retention_days]],
        encryption_key=encryption.key,
        removal_policy=cdk.RemovalPolicy.DESTROY,
    )


_RETENTION = {
    **{1: "ONE_DAY", 3: "THREE_DAYS", 5: "FIVE_DAYS", 7: "ONE_WEEK", 14: "TWO_WEEKS", 30: "ONE_MONTH"},
    **{60: "TWO_MONTHS", 90: "THREE_MONTHS", 120: "FOUR_MONTHS", 150: "FIVE_MONTHS", 180: "SIX_MONTHS"},
    **{365: "ONE_YEAR", 400: "THIRTEEN_MONTHS", 545: "EIGHTEEN_MONTHS", 731: "TWO_YEARS", 1096: "THREE_YEARS"},
    **{1827: "FIVE_YEARS", 2192: "SIX_YEARS", 2557: "SEVEN_YEARS", 2922: "EIGHT_YEARS", 3288: "NINE_YEARS"},
    **{3653: "TEN_YEARS"},
}
"""CDK's names for the days that CloudWatch Logs allows."""


@dataclass(frozen=True)
class Functions:
    """Makes functions in one stack, all from one bundle of code."""

    scope: Construct
    code: lambda_.Code
    runs: dynamodb.Table
    settings: Settings
    encryption: Encryption

    def make(self, spec: FunctionSpec) -> lambda_.Function:
        """The function of a row, with a role of its own that has just the row's actions."""
        role = iam.Role(
            self.scope,
            f"{spec.name}Role",
            assumed_by=iam.ServicePrincipal("lambda.amazonaws.com"),
            description=f"What functions/handlers/{spec.module}.py may do",
        )
        group = log_group(self.scope, f"{spec.name}Logs", self.settings, self.encryption)
        group.grant_write(role)
        if spec.table_actions:
            role.add_to_policy(iam.PolicyStatement(actions=list(spec.table_actions), resources=[self.runs.table_arn]))
        self.encryption.let_use(role)
        if spec.looks_at_executions:
            _let_use_executions(role, "states:DescribeExecution", self.settings.machine_name)
        if spec.looks_at_batches:
            _let_use_executions(role, "states:DescribeExecution", self.settings.batch_machine_name)
        if spec.stops_runs:
            _let_use_executions(role, "states:StopExecution", self.settings.machine_name)
        if spec.ends_waits:
            _let_end_waits(role, self.settings.machine_name, "states:SendTaskSuccess", "states:SendTaskFailure")
        if spec.ends_batches_waits:
            _let_end_waits(role, self.settings.batch_machine_name, "states:SendTaskSuccess")
        if spec.starts_items:
            runs = _states_arn(role, "stateMachine", self.settings.machine_name)
            role.add_to_policy(iam.PolicyStatement(actions=["states:StartExecution"], resources=[runs]))
        function = lambda_.Function(
            self.scope,
            f"{spec.name}Function",
            description=f"functions/handlers/{spec.module}.py",
            runtime=RUNTIME,
            architecture=lambda_.Architecture.ARM_64,
            code=self.code,
            handler=f"functions.handlers.{spec.module}.handler",
            timeout=cdk.Duration.seconds(spec.timeout_seconds),
            memory_size=spec.memory_mb,
            role=role,
            log_group=group,
            logging_format=lambda_.LoggingFormat.JSON,
            tracing=lambda_.Tracing.ACTIVE,
            environment_encryption=self.encryption.key,
            reserved_concurrent_executions=self.settings.reserved_concurrency.get(spec.module),
            environment=self._environment(spec),
        )
        if self.settings.vpc is not None and spec.calls_library:
            _put_into(self.settings.vpc, function, role)
        accept(role, "AwsSolutions-IAM5[Resource::*]", ANY_RESOURCE)
        return function

    def _environment(self, spec: FunctionSpec) -> dict[str, str]:
        """Only a function that may use the run table is given its name."""
        table = {"RUN_TABLE": self.runs.table_name} if spec.table_actions else {}
        polling = {"LOOK_COST": str(self.settings.look_cost)} if spec.looks_at_jobs else {}
        runs = _states_arn(self.scope, "stateMachine", self.settings.machine_name)
        starting = {"STATE_MACHINE_ARN": runs} if spec.starts_items else {}
        everywhere = {"SHOW_ANSWERS": json.dumps(self.settings.show_answers), "POWERTOOLS_LOG_LEVEL": "INFO"}
        return table | polling | starting | everywhere


def _let_use_executions(role: iam.Role, action: str, machine: str) -> None:
    """By the state machine's name: its ARN would need the machine first, which refers to the functions."""
    executions = _states_arn(role, "execution", f"{machine}:*")
    role.add_to_policy(iam.PolicyStatement(actions=[action], resources=[executions]))
    where = "arn:<AWS::Partition>:states:<AWS::Region>:<AWS::AccountId>:execution"
    accept(role, f"AwsSolutions-IAM5[Resource::{where}:{machine}:*]", "Any execution of this machine may be meant.")


def _let_end_waits(role: iam.Role, machine: str, *actions: str) -> None:
    """By the state machine's name, as above. Only who knows a task token can end the wait for it."""
    waiting = _states_arn(role, "stateMachine", machine)
    role.add_to_policy(iam.PolicyStatement(actions=list(actions), resources=[waiting]))


def _states_arn(scope: Construct, resource: str, name: str) -> str:
    return cdk.Stack.of(scope).format_arn(
        service="states", resource=resource, resource_name=name, arn_format=cdk.ArnFormat.COLON_RESOURCE_NAME
    )


def _put_into(vpc: Vpc, function: lambda_.Function, role: iam.Role) -> None:
    made: Any = function.node.default_child
    made.vpc_config = lambda_.CfnFunction.VpcConfigProperty(
        subnet_ids=list(vpc.subnets), security_group_ids=list(vpc.security_groups)
    )
    # Network interfaces do not exist before the function does, so their ARNs cannot be named.
    role.add_to_policy(iam.PolicyStatement(actions=list(NETWORK_ACTIONS), resources=["*"]))
    function.node.add_dependency(*[child for child in role.node.children if isinstance(child, iam.Policy)])
