"""The stack: everything that runs datamarts, put together from the other modules of this folder."""

import json
from typing import Any

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_lambda_destinations as destinations
from aws_cdk import aws_logs as logs
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_secretsmanager as secretsmanager
from aws_cdk import aws_stepfunctions as sfn
from constructs import Construct

from functions.names import secret_name
from infra.batches.named_batch import NamedBatch
from infra.constructs.alarms import Alarms
from infra.constructs.dashboard import make_dashboard
from infra.constructs.definition import BATCHES, RUNS, Source, definition, integrations
from infra.constructs.encryption import Encryption
from infra.constructs.end_of_run import call_at_the_end
from infra.constructs.expect_load import expect_loads
from infra.constructs.findings import accept, accept_in_cfn_lint
from infra.constructs.function_table import BATCH_STEPS, END_RUN, EXPECT_LOAD, START_RUN, STEPS, SWEEP, FunctionSpec
from infra.constructs.functions import Functions, log_group
from infra.constructs.history import history_table, let_record
from infra.constructs.insights import save_queries
from infra.constructs.lineage import send_lineage
from infra.constructs.measured import Measured
from infra.constructs.notifications import notice_topics
from infra.constructs.policies import policies_for_people
from infra.constructs.questions import question_topic
from infra.constructs.queues import dead_letters, retry
from infra.constructs.schedules import Schedules
from infra.constructs.starter import Starter, let_start
from infra.constructs.sweep import sweep_hourly
from infra.constructs.tables import kept_table
from infra.constructs.triggers.object_access import let_read_batches
from infra.constructs.triggers.trigger import Shared
from infra.constructs.triggers.triggers import make_triggers
from infra.constructs.update_order import order_updates
from infra.jobs.named_job import NamedJob
from infra.jobs.triggered import Triggered
from infra.names import DEPLOYED, LOADS, construct_name
from infra.settings.settings import Settings


class DatamartRunner(cdk.Stack):
    """Everything that runs datamarts, for one stage.

    Parameters
    ----------
    code
        Folder of what goes to Lambda (infra/build/code.py).
    settings, jobs, batches
        Of the stage.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        code: str,
        settings: Settings,
        jobs: list[NamedJob],
        batches: list[NamedBatch],
        **kwargs: Any,
    ) -> None:
        super().__init__(scope, construct_id, **kwargs)
        self._settings = settings
        self._bound()
        accept_in_cfn_lint(self, "W3005", "The CDK states dependencies that references imply; both agree.")
        self._tell_what_is_deployed(jobs, batches)
        self._encryption = Encryption(self, settings.customer_managed_key)
        self._machine_logs: list[logs.LogGroup] = []
        runs = kept_table(self, "RunTable", self._encryption)
        functions = Functions(self, lambda_.Code.from_asset(code), runs, settings, self._encryption)
        steps = {spec: functions.make(spec) for spec in STEPS}
        by_module = {spec.module: function for spec, function in steps.items()}
        by_module["prepare_run"].add_environment("CONNECTIONS", json.dumps(list(settings.connections)))
        for module in ("prepare_run", "wait_in_queue"):
            by_module[module].add_environment("MAX_CONCURRENT_RUNS", json.dumps(settings.most_at_once))
        self._let_log_in_read(by_module["log_in"])
        question_topic(self, settings, by_module["ask_person"], self._encryption)
        machine = self._state_machine(RUNS, "RunDatamart", settings.machine_name, steps)
        cdk.CfnOutput(self, "StateMachineArn", value=machine.state_machine_arn)
        batch_steps = {spec: functions.make(spec) for spec in BATCH_STEPS}
        by_module |= {spec.module: function for spec, function in batch_steps.items()}
        by_module["prepare_batch"].add_environment("CONNECTIONS", json.dumps(list(settings.connections)))
        by_module["prepare_batch"].add_environment("MAX_CONCURRENT_RUNS", json.dumps(settings.most_at_once))
        batch_machine = self._state_machine(BATCHES, "RunBatch", settings.batch_machine_name, batch_steps)
        cdk.CfnOutput(self, "BatchMachineArn", value=batch_machine.state_machine_arn)
        topics = notice_topics(self, settings, self._encryption)
        topics.let_notify(by_module["get_status"])
        alarms = Alarms(self, topics)
        alarms.on_executions(machine)
        alarms.on_batches(batch_machine)
        alarms.on_long_queues()
        alarms.on_old_queues(settings.queue_alarm_minutes)
        alarms.on_unknown_outcomes()
        alarms.on_failing_clean_up()

        ends_lost = dead_letters(self, "EndRunDeadLetters", self._encryption)
        by_module["end_run"] = functions.make(END_RUN)
        call_at_the_end(self, by_module["end_run"], (machine, batch_machine), topics, ends_lost, self._encryption)
        alarms.on_dead_letters("EndRunDeadLetters", ends_lost, "The end of a run could not be processed in four hours.")

        starts_lost = dead_letters(self, "StartDeadLetters", self._encryption)
        alarms.on_dead_letters(
            "StartDeadLetters",
            starts_lost,
            "An event did not do what it should: start a run, ask for a table that is due, or sweep.",
        )
        schedules = Schedules(self, settings.machine_name, starts_lost, self._encryption)
        starts = functions.make(START_RUN)
        let_start(starts, machine, batch_machine)
        starter = Starter(self, starts, starts_lost, settings.machine_name)
        named: list[Triggered] = [*jobs, *batches]
        inbox = self._inbox(named)
        make_triggers(named, Shared(self, starter, schedules, inbox, self._encryption))
        let_read_batches(by_module["prepare_batch"], batches, inbox)

        expecting = functions.make(EXPECT_LOAD)
        topics.let_notify(expecting)
        expecting.add_environment("STAGE", settings.stage)
        retry(expecting, destinations.SqsDestination(starts_lost))
        if expected := [each for each in named if "expectBy" in each.content]:
            expect_loads(schedules, expected, expecting)
            alarms.on_late_loads()
        by_module["sweep"] = functions.make(SWEEP)
        by_module["sweep"].add_environment("CONNECTIONS", json.dumps(list(settings.connections)))
        history = history_table(self, self._encryption)
        for module in ("end_run", "sweep"):
            let_record(by_module[module], history, settings.history_days)
        sweep_hourly(by_module["sweep"], topics, schedules)
        by_module["start_run"] = starts
        by_module["expect_load"] = expecting
        tables = {"runs": runs, "history": history}
        measured = Measured(machine, batch_machine, tables, by_module, tuple(self._machine_logs))
        alarms.on_throttling(measured.refused_by_machines_and_tables(), measured.refused_calls())
        if settings.open_lineage is not None:
            ends = (by_module["end_run"], by_module["sweep"])
            send_lineage(self, settings.open_lineage, settings.machine_name, ends, alarms, self._encryption)
        save_queries(self, settings.machine_name, measured)
        if settings.dashboard:
            make_dashboard(self, settings.machine_name, measured, alarms)
        policies_for_people(self, settings, runs, history, self._encryption)
        order_updates(by_module)

    def _bound(self) -> None:
        """Tags on everything, and the account's permissions boundary on every role."""
        for name, value in self._settings.tags.items():
            cdk.Tags.of(self).add(name, value)
        if self._settings.permissions_boundary:
            boundary = iam.ManagedPolicy.from_managed_policy_arn(self, "Boundary", self._settings.permissions_boundary)
            iam.PermissionsBoundary.of(self).apply(boundary)

    def _tell_what_is_deployed(self, jobs: list[NamedJob], batches: list[NamedBatch]) -> None:
        """Connections with their slots, jobs with connection and datamart, and names of batches, for commands.

        A person's files may differ.
        """
        requests = {job.name: job.content["request"] for job in jobs}
        found = {
            "connections": self._settings.most_at_once,
            "jobs": {name: request.get("connection", "default") for name, request in requests.items()},
            "loads": {
                name: {key: request[key] for key in LOADS if key in request} for name, request in requests.items()
            },
            "batches": [batch.name for batch in batches],
        }
        self.add_metadata(DEPLOYED, found)

    def _let_log_in_read(self, log_in: lambda_.Function) -> None:
        secrets = {name: self._secret(name) for name in self._settings.connections}
        log_in.add_environment("SECRETS", self.to_json_string({name: secret.ref for name, secret in secrets.items()}))
        log_in.add_to_role_policy(
            iam.PolicyStatement(
                actions=["secretsmanager:GetSecretValue"], resources=[secret.ref for secret in secrets.values()]
            )
        )

    def _secret(self, connection: str) -> secretsmanager.CfnSecret:
        """A truly empty secret: the higher construct would generate a password into it."""
        name = secret_name(self._settings.stage, connection)
        secret = secretsmanager.CfnSecret(
            self,
            f"{construct_name(connection)}ConnectionSecret",
            name=name,
            kms_key_id=self._encryption.key_id,
            description=f"baseUrl, loginMode, username, password or apiToken of the connection {connection}",
        )
        accept(
            secret,
            "AwsSolutions-SMG4",
            "The password is MicroStrategy's: only its administrator can change it. infra/README.md has the procedure.",
        )
        fill = f"aws secretsmanager put-secret-value --secret-id {name} --secret-string file://connection.json"
        cdk.CfnOutput(self, f"Fill{construct_name(connection)}Secret", value=fill)
        return secret

    def _state_machine(
        self, source: Source, construct_id: str, name: str, functions: dict[FunctionSpec, lambda_.Function]
    ) -> sfn.StateMachine:
        tokens = {spec.token: function.function_arn for spec, function in functions.items()}
        group = log_group(
            self, f"{construct_id}Logs", self._settings, self._encryption, f"/aws/vendedlogs/states/{name}"
        )
        self._machine_logs.append(group)
        machine = sfn.StateMachine(
            self,
            construct_id,
            state_machine_name=name,
            encryption_configuration=self._encryption.of_state_machine,
            definition_body=sfn.DefinitionBody.from_string(definition(set(tokens), source)),
            definition_substitutions=tokens | integrations(self.partition, source),
            tracing_enabled=True,
            logs=sfn.LogOptions(destination=group, level=sfn.LogLevel.ALL, include_execution_data=False),
        )
        machine.add_to_role_policy(
            iam.PolicyStatement(
                actions=["lambda:InvokeFunction"], resources=[f.function_arn for f in functions.values()]
            )
        )
        accept(
            machine.role,
            "AwsSolutions-IAM5[Resource::*]",
            "The delivery of logs and traces can be bound to no resource.",
        )
        made: Any = machine.node.default_child
        accept_in_cfn_lint(made, "E3601", "A JSONata expression may stand for the number of TimeoutSeconds.")
        return machine

    def _inbox(self, named: list[Triggered]) -> s3.Bucket | None:
        """The stack's own bucket, where an upload is a trigger that names no bucket."""
        if not any("s3" in trigger and "bucket" not in trigger["s3"] for each in named for trigger in each.triggers):
            return None
        bucket = s3.Bucket(
            self,
            "Inbox",
            block_public_access=s3.BlockPublicAccess.BLOCK_ALL,
            enforce_ssl=True,
            versioned=True,
            lifecycle_rules=[
                s3.LifecycleRule(expiration=cdk.Duration.days(90), noncurrent_version_expiration=cdk.Duration.days(30))
            ],
            removal_policy=cdk.RemovalPolicy.RETAIN,
            **self._encryption.of_bucket,
        )
        # event_bridge_enabled=True of the higher construct would add a function of its own to do this.
        made: Any = bucket.node.default_child
        made.notification_configuration = s3.CfnBucket.NotificationConfigurationProperty(
            event_bridge_configuration=s3.CfnBucket.EventBridgeConfigurationProperty(event_bridge_enabled=True)
        )
        accept(bucket, "AwsSolutions-S1", "Requests to run datamarts, for 90 days; CloudTrail tells who uploaded them.")
        cdk.CfnOutput(self, "InboxBucket", value=bucket.bucket_name, description="Uploads start jobs from here")
        return bucket
