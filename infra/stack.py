"""The stack: functions, run table, secret, state machine, and the rule on the end of an execution."""

import json
from pathlib import Path
from typing import Any

import aws_cdk as cdk
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_events as events
from aws_cdk import aws_events_targets as targets
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs
from aws_cdk import aws_secretsmanager as secretsmanager
from aws_cdk import aws_sqs as sqs
from aws_cdk import aws_stepfunctions as sfn
from constructs import Construct

from infra.code import staged_code
from infra.definition import definition
from infra.function_table import END_RUN, STEPS, TABLE_KEY, FunctionSpec

RUNTIME = lambda_.Runtime.PYTHON_3_14
"""Lambda's runtime: the one place where its version is named."""

RETENTION = logs.RetentionDays.THREE_MONTHS

ENDS = ["SUCCEEDED", "FAILED", "TIMED_OUT", "ABORTED"]


class DatamartRunner(cdk.Stack):
    """Everything that runs datamarts, for the connections named.

    Parameters
    ----------
    build
        Folder for what is staged on the way.
    connections
        Names of the connections; each gets a secret of its own, which is created empty.
    """

    def __init__(
        self, scope: Construct, construct_id: str, *, build: Path, connections: tuple[str, ...], **kwargs: Any
    ) -> None:
        super().__init__(scope, construct_id, **kwargs)
        self._code = lambda_.Code.from_asset(staged_code(build))
        self._runs = self._run_table()
        secrets = {name: self._secret(name) for name in connections}
        functions = {spec: self._function(spec) for spec in STEPS}
        by_module = {spec.module: function for spec, function in functions.items()}
        by_module["prepare_run"].add_environment("CONNECTIONS", json.dumps(list(connections)))
        self._let_log_in_read(by_module["log_in"], secrets)
        machine = self._state_machine(functions)
        self._call_at_the_end(self._function(END_RUN), machine)
        cdk.CfnOutput(self, "StateMachineArn", value=machine.state_machine_arn)
        for name, secret in secrets.items():
            cdk.CfnOutput(self, f"SecretOf{name.capitalize()}", value=secret.ref)

    def _run_table(self) -> dynamodb.Table:
        return dynamodb.Table(
            self,
            "RunTable",
            partition_key=TABLE_KEY,
            billing_mode=dynamodb.BillingMode.PAY_PER_REQUEST,
            encryption=dynamodb.TableEncryption.AWS_MANAGED,
            time_to_live_attribute="expiresAt",
            point_in_time_recovery_specification=dynamodb.PointInTimeRecoverySpecification(
                point_in_time_recovery_enabled=True
            ),
            removal_policy=cdk.RemovalPolicy.RETAIN,
        )

    def _secret(self, connection: str) -> secretsmanager.CfnSecret:
        """A truly empty secret: the higher construct would generate a password into it."""
        return secretsmanager.CfnSecret(
            self,
            f"{connection.capitalize()}ConnectionSecret",
            name=f"datamart-runner/{connection}",
            description=f"baseUrl, loginMode, username, password or apiToken of the connection {connection}",
        )

    def _function(self, spec: FunctionSpec) -> lambda_.Function:
        role = iam.Role(
            self,
            f"{spec.name}Role",
            assumed_by=iam.ServicePrincipal("lambda.amazonaws.com"),
            description=f"What functions/{spec.module}.py may do",
        )
        log_group = logs.LogGroup(
            self, f"{spec.name}Logs", retention=RETENTION, removal_policy=cdk.RemovalPolicy.DESTROY
        )
        log_group.grant_write(role)
        role.add_to_policy(iam.PolicyStatement(actions=list(spec.table_actions), resources=[self._runs.table_arn]))
        return lambda_.Function(
            self,
            f"{spec.name}Function",
            description=f"functions/{spec.module}.py",
            runtime=RUNTIME,
            architecture=lambda_.Architecture.ARM_64,
            code=self._code,
            handler=f"functions.{spec.module}.handler",
            timeout=cdk.Duration.seconds(spec.timeout_seconds),
            memory_size=spec.memory_mb,
            role=role,
            log_group=log_group,
            logging_format=lambda_.LoggingFormat.JSON,
            tracing=lambda_.Tracing.ACTIVE,
            environment={
                "RUN_TABLE": self._runs.table_name,
                "POWERTOOLS_SERVICE_NAME": "datamart-runner",
                "POWERTOOLS_METRICS_NAMESPACE": "DatamartRunner",
                "POWERTOOLS_LOG_LEVEL": "INFO",
            },
        )

    def _let_log_in_read(self, log_in: lambda_.Function, secrets: dict[str, secretsmanager.CfnSecret]) -> None:
        log_in.add_environment("SECRETS", self.to_json_string({name: secret.ref for name, secret in secrets.items()}))
        log_in.add_to_role_policy(
            iam.PolicyStatement(
                actions=["secretsmanager:GetSecretValue"], resources=[secret.ref for secret in secrets.values()]
            )
        )

    def _state_machine(self, functions: dict[FunctionSpec, lambda_.Function]) -> sfn.StateMachine:
        tokens = {spec.token: function.function_arn for spec, function in functions.items()}
        log_group = logs.LogGroup(
            self, "RunDatamartLogs", retention=RETENTION, removal_policy=cdk.RemovalPolicy.DESTROY
        )
        machine = sfn.StateMachine(
            self,
            "RunDatamart",
            definition_body=sfn.DefinitionBody.from_string(definition(set(tokens))),
            definition_substitutions=tokens,
            tracing_enabled=True,
            logs=sfn.LogOptions(destination=log_group, level=sfn.LogLevel.ALL, include_execution_data=False),
        )
        for function in functions.values():
            function.grant_invoke(machine)
        return machine

    def _call_at_the_end(self, end_run: lambda_.Function, machine: sfn.StateMachine) -> None:
        """Stopped and timed-out executions never reach their clean-up states: the rule does (DESIGN.md, "Ending")."""
        lost = sqs.Queue(
            self,
            "EndRunDeadLetters",
            encryption=sqs.QueueEncryption.SQS_MANAGED,
            enforce_ssl=True,
            retention_period=cdk.Duration.days(14),
        )
        events.Rule(
            self,
            "ExecutionEnded",
            description="The end of every run: finish the clean-up that is still due",
            event_pattern=events.EventPattern(
                source=["aws.states"],
                detail_type=["Step Functions Execution Status Change"],
                detail={"stateMachineArn": [machine.state_machine_arn], "status": ENDS},
            ),
            targets=[targets.LambdaFunction(end_run, dead_letter_queue=lost, max_event_age=cdk.Duration.hours(2))],
        )
