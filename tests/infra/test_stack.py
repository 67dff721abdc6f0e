"""The template: what matters of it to a platform team."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from functions.runs.store.history import INDEXES
from infra.constructs.function_table import BATCH_STEPS, EVERY, STEPS, FunctionSpec
from infra.names import DEPLOYED
from tests.infra.template import Template, listed, mentions

ROOT = Path(__file__).parents[2]


def test_there_is_one_function_for_each_handler_module(template: Template) -> None:
    files = (ROOT / "functions" / "handlers").glob("*.py")
    modules = {path.stem for path in files if "\ndef handler(" in path.read_text("utf-8")}
    handlers = [f["Handler"] for f in template.resources("AWS::Lambda::Function").values()]
    assert sorted(handlers) == sorted(f"functions.handlers.{module}.handler" for module in modules)
    assert modules == {spec.module for spec in EVERY}


def test_all_functions_are_of_one_bundle_for_arm_and_the_newest_python(template: Template) -> None:
    functions = template.resources("AWS::Lambda::Function").values()
    assert len({json.dumps(f["Code"]) for f in functions}) == 1
    assert {f["Architectures"][0] for f in functions} == {"arm64"}
    assert {f["Runtime"] for f in functions} == {"python3.14"}
    assert {f["LoggingConfig"]["LogFormat"] for f in functions} == {"JSON"}
    assert {f["TracingConfig"]["Mode"] for f in functions} == {"Active"}


def test_only_log_in_may_read_a_secret(template: Template) -> None:
    roles = template.roles_of_functions()
    readers = [m for m, role in roles.items() if "secretsmanager:GetSecretValue" in template.actions(role)]
    others = set(template.resources("AWS::IAM::Role")) - set(roles.values())
    assert readers == ["log_in"]
    assert not any(action.startswith("secretsmanager:") for role in others for action in template.actions(role))


def test_the_starter_has_no_access_to_the_run_table(template: Template) -> None:
    role = template.roles_of_functions()["start_run"]
    assert not any(action.startswith("dynamodb:") for action in template.actions(role))
    assert not mentions(template.statements(role), "RunTable")


def test_each_function_has_a_role_of_its_own(template: Template) -> None:
    roles = template.roles_of_functions()
    assert len(set(roles.values())) == len(roles) == len(EVERY)


CHANGES = {"dynamodb:GetItem", "dynamodb:UpdateItem"}

HANDS_OVER = {"states:DescribeExecution", "states:SendTaskFailure", "states:SendTaskSuccess"}

READS_MANY = {"dynamodb:BatchGetItem"}

RUNS_BATCHES = {"states:StartExecution", "states:StopExecution"}

ALLOWED = {
    "prepare_run": {*CHANGES, "dynamodb:PutItem", "states:DescribeExecution"},
    "wait_in_queue": {*CHANGES, *HANDS_OVER},
    "conclude_attempt": {*CHANGES, *HANDS_OVER},
    "log_in": {*CHANGES, "dynamodb:PutItem", "secretsmanager:GetSecretValue", "states:DescribeExecution"},
    "create_instance": {*CHANGES, "states:DescribeExecution"},
    "start_run": {"states:StartExecution", "s3:GetObject", "s3:GetObjectVersion", "s3:ListBucket", "sqs:SendMessage"},
    "end_run": {
        *(*CHANGES, "dynamodb:PutItem", "events:PutEvents", "sns:Publish", *HANDS_OVER, *READS_MANY, *RUNS_BATCHES),
        *("sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes", "sqs:ChangeMessageVisibility"),
    },
    "expect_load": {"dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:UpdateItem", "sns:Publish", "sqs:SendMessage"},
    "sweep": {
        *(*CHANGES, "dynamodb:Scan", *HANDS_OVER, "events:PutEvents", "sns:Publish", "sqs:SendMessage"),
        *(*READS_MANY, *RUNS_BATCHES, "dynamodb:PutItem"),
    },
    "ask_person": {*CHANGES, "sns:Publish"},
    "get_status": {*CHANGES, "sns:Publish"},
    "prepare_batch": {
        *(*CHANGES, *READS_MANY, "dynamodb:PutItem", "dynamodb:BatchWriteItem"),
        *("states:DescribeExecution", "states:StartExecution"),
        *("s3:GetObject", "s3:GetObjectVersion", "s3:ListBucket"),
    },
    "wait_for_items": {*CHANGES, *READS_MANY, "states:SendTaskSuccess", "states:StartExecution"},
    "conclude_batch": {*CHANGES, *READS_MANY, "dynamodb:PutItem"},
}
"""What each function may do, beside logs and traces; every other one: read and change the run's item."""

EVERYBODY = {"logs:CreateLogStream", "logs:PutLogEvents", "xray:PutTraceSegments", "xray:PutTelemetryRecords"}
QUEUE_READING = {"sqs:GetQueueUrl"}


def test_each_function_may_do_just_what_it_does(template: Template) -> None:
    for module, role in template.roles_of_functions().items():
        allowed = ALLOWED.get(module, CHANGES)
        beyond = template.actions(role) - EVERYBODY - QUEUE_READING
        assert beyond - {"sqs:GetQueueAttributes"} == allowed - {"sqs:GetQueueAttributes"}, module


def test_nothing_but_what_takes_no_resource_is_allowed_on_every_resource(template: Template) -> None:
    unbound = {
        action
        for role in template.resources("AWS::IAM::Role")
        for statement in template.statements(role)
        if "*" in listed(statement["Resource"])
        for action in listed(statement["Action"])
    }
    assert {action.split(":")[0] for action in unbound} == {"xray", "logs"}
    assert not any(action == "*" or action.endswith(":*") for action in unbound)


def test_no_environment_variable_holds_a_secret(template: Template) -> None:
    variables: dict[str, Any] = {}
    for function in template.resources("AWS::Lambda::Function").values():
        variables |= function["Environment"]["Variables"]
    assert {name for name in variables if "PASSWORD" in name or "TOKEN" in name} == set()
    assert "{{resolve:" not in json.dumps(variables)


def test_the_connections_secrets_are_created_empty(everything: Template) -> None:
    secrets = everything.resources("AWS::SecretsManager::Secret").values()
    assert len(secrets) == 2
    for secret in secrets:
        assert "SecretString" not in secret
        assert "GenerateSecretString" not in secret


def test_every_secret_has_the_command_that_fills_it_among_the_outputs(everything: Template) -> None:
    commands = [o["Value"] for name, o in everything.content["Outputs"].items() if name.startswith("Fill")]
    names = {secret["Name"] for secret in everything.resources("AWS::SecretsManager::Secret").values()}
    assert {command.split("--secret-id ")[1].split()[0] for command in commands} == names


def test_what_a_person_needs_is_among_the_outputs(template: Template) -> None:
    needed = {"StateMachineArn", "FillDefaultSecret", "NoticeTopicArn", "QuestionTopicArn", "InboxBucket"}
    assert needed <= set(template.content["Outputs"])


def test_both_tables_expire_their_items_and_can_be_restored(template: Template) -> None:
    tables = template.resources("AWS::DynamoDB::Table")
    assert len(tables) == 2
    for name, table in tables.items():
        assert table["TimeToLiveSpecification"] == {"AttributeName": "expiresAt", "Enabled": True}
        assert table["PointInTimeRecoverySpecification"]["PointInTimeRecoveryEnabled"] is True
        assert table["BillingMode"] == "PAY_PER_REQUEST"
        assert table["SSESpecification"]["SSEEnabled"] is True
        assert template.content["Resources"][name]["DeletionPolicy"] == "Retain"


def test_the_history_has_the_indexes_that_it_is_read_by_each_with_the_whole_record(template: Template) -> None:
    (history,) = [made for name, made in template.resources("AWS::DynamoDB::Table").items() if "History" in name]
    found = {index["IndexName"]: index for index in history["GlobalSecondaryIndexes"]}
    assert {name: index["KeySchema"][0]["AttributeName"] for name, index in found.items()} == INDEXES
    assert {index["KeySchema"][1]["AttributeName"] for index in found.values()} == {"startedAt"}
    assert {index["Projection"]["ProjectionType"] for index in found.values()} == {"ALL"}


def test_only_the_ends_of_runs_write_the_history_and_no_function_reads_it(template: Template) -> None:
    used = {
        module: {action for statement in statements for action in listed(statement["Action"])}
        for module, role in template.roles_of_functions().items()
        if (statements := [each for each in template.statements(role) if mentions(each["Resource"], "HistoryTable")])
    }
    assert used == {"end_run": {"dynamodb:PutItem"}, "sweep": {"dynamodb:PutItem"}}


def test_every_log_group_expires(template: Template) -> None:
    groups = template.resources("AWS::Logs::LogGroup")
    assert {group["RetentionInDays"] for group in groups.values()} == {30}
    assert len(groups) == len(EVERY) + len(MACHINES)


MACHINES = {"RunDatamart": STEPS, "RunBatch": BATCH_STEPS}


@pytest.mark.parametrize("name", MACHINES)
def test_the_state_machine_logs_no_data_of_its_executions(template: Template, name: str) -> None:
    machine = template.one("AWS::StepFunctions::StateMachine", name)
    assert machine["LoggingConfiguration"]["IncludeExecutionData"] is False
    assert machine["TracingConfiguration"]["Enabled"] is True


@pytest.mark.parametrize(("name", "steps"), MACHINES.items())
def test_the_state_machine_may_invoke_just_its_functions(
    template: Template, name: str, steps: tuple[FunctionSpec, ...]
) -> None:
    role = template.one("AWS::StepFunctions::StateMachine", name)["RoleArn"]["Fn::GetAtt"][0]
    invoked = [
        resource["Fn::GetAtt"]
        for statement in template.statements(role)
        if "lambda:InvokeFunction" in listed(statement["Action"])
        for resource in listed(statement["Resource"])
    ]
    assert len(invoked) == len(steps)
    assert all(attribute == "Arn" for _, attribute in invoked)
    modules = {template.resources("AWS::Lambda::Function")[name]["Handler"].split(".")[-2] for name, _ in invoked}
    assert modules == {spec.module for spec in steps}


def test_a_token_without_a_function_is_an_error_that_names_it() -> None:
    code = (
        "from infra.constructs.definition import definition\n"
        "try: definition({'LogInFunctionArn', 'NoSuchFunctionArn'})\n"
        "except ValueError as error: print(error)"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert "PrepareRunFunctionArn" in done.stdout


def test_the_template_tells_commands_which_connections_and_jobs_are_deployed(
    everything: Template, full_stage: Template, full_jobs: dict[str, Any]
) -> None:
    deployed = full_stage.content["Metadata"][DEPLOYED]
    assert deployed["jobs"].keys() == full_jobs.keys()
    assert set(deployed["jobs"].values()) <= deployed["connections"].keys()
    requests = {name: job["request"] for name, job in full_jobs.items()}
    assert deployed["loads"] == {
        name: {key: request[key] for key in ("project", "datamart") if key in request}
        for name, request in requests.items()
    }
    limits = everything.one("AWS::Lambda::Function", "PrepareRun")["Environment"]["Variables"]["MAX_CONCURRENT_RUNS"]
    assert everything.content["Metadata"][DEPLOYED]["connections"] == json.loads(limits)
    assert "cfn-lint" in everything.content["Metadata"]
