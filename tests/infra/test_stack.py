"""The template: what matters of it to a platform team."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from infra.function_table import END_RUN, STEPS

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def template(template_path: Path) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads(template_path.read_text("utf-8"))
    return loaded


def resources(template: dict[str, Any], kind: str) -> dict[str, dict[str, Any]]:
    return {name: r.get("Properties", {}) for name, r in template["Resources"].items() if r["Type"] == kind}


def statements(template: dict[str, Any], role: str) -> list[dict[str, Any]]:
    return [
        statement
        for policy in resources(template, "AWS::IAM::Policy").values()
        if {"Ref": role} in policy["Roles"]
        for statement in policy["PolicyDocument"]["Statement"]
    ]


def actions(statement: dict[str, Any]) -> list[str]:
    action = statement["Action"]
    return [action] if isinstance(action, str) else action


def test_there_is_one_function_for_each_handler_module(template: dict[str, Any]) -> None:
    handlers = {f["Handler"] for f in resources(template, "AWS::Lambda::Function").values()}
    assert handlers == {f"functions.{spec.module}.handler" for spec in (*STEPS, END_RUN)}


def test_every_handler_module_is_deployed() -> None:
    modules = {p.stem for p in (ROOT / "functions").glob("*.py") if "\ndef handler(" in p.read_text("utf-8")}
    assert modules == {spec.module for spec in (*STEPS, END_RUN)}


def test_only_log_in_may_read_a_secret(template: dict[str, Any]) -> None:
    readers = {
        role
        for role in resources(template, "AWS::IAM::Role")
        for statement in statements(template, role)
        if any(action.startswith("secretsmanager:") for action in actions(statement))
    }
    assert [role for role in readers if not role.startswith("LogInRole")] == []
    assert len(readers) == 1


def test_each_function_has_a_role_of_its_own(template: dict[str, Any]) -> None:
    roles = [json.dumps(f["Role"]) for f in resources(template, "AWS::Lambda::Function").values()]
    assert len(set(roles)) == len(roles)


def test_no_environment_variable_holds_a_secret(template: dict[str, Any]) -> None:
    names = {n for f in resources(template, "AWS::Lambda::Function").values() for n in f["Environment"]["Variables"]}
    assert {n for n in names if "PASSWORD" in n or "TOKEN" in n} == set()


def test_the_connections_secret_is_created_empty(template: dict[str, Any]) -> None:
    (secret,) = resources(template, "AWS::SecretsManager::Secret").values()
    assert "SecretString" not in secret
    assert "GenerateSecretString" not in secret


def test_the_run_table_expires_its_items_and_can_be_restored(template: dict[str, Any]) -> None:
    (table,) = resources(template, "AWS::DynamoDB::Table").values()
    assert table["TimeToLiveSpecification"] == {"AttributeName": "expiresAt", "Enabled": True}
    assert table["PointInTimeRecoverySpecification"]["PointInTimeRecoveryEnabled"] is True
    assert table["BillingMode"] == "PAY_PER_REQUEST"
    assert table["SSESpecification"]["SSEEnabled"] is True


def test_every_log_group_expires(template: dict[str, Any]) -> None:
    assert all(group.get("RetentionInDays") for group in resources(template, "AWS::Logs::LogGroup").values())


def test_the_state_machine_logs_no_data_of_its_executions(template: dict[str, Any]) -> None:
    (machine,) = resources(template, "AWS::StepFunctions::StateMachine").values()
    assert machine["LoggingConfiguration"]["IncludeExecutionData"] is False
    assert machine["TracingConfiguration"]["Enabled"] is True


def test_the_state_machine_may_invoke_just_its_functions(template: dict[str, Any]) -> None:
    invoked = [
        json.dumps(resource)
        for role in resources(template, "AWS::IAM::Role")
        for statement in statements(template, role)
        if "lambda:InvokeFunction" in actions(statement)
        for resource in statement["Resource"]
    ]
    assert len(invoked) == 2 * len(STEPS)  # each function, and its versions
    assert not any("EndRun" in resource for resource in invoked)


def test_the_end_of_every_run_reaches_end_run_or_the_dead_letters(template: dict[str, Any]) -> None:
    (rule,) = resources(template, "AWS::Events::Rule").values()
    (target,) = rule["Targets"]
    assert set(rule["EventPattern"]["detail"]["status"]) == {"SUCCEEDED", "FAILED", "TIMED_OUT", "ABORTED"}
    assert "EndRunFunction" in json.dumps(target["Arn"])
    assert target["DeadLetterConfig"]["Arn"]


def test_a_token_without_a_function_is_an_error_that_names_it() -> None:
    code = (
        "from infra.definition import definition\n"
        "try: definition({'LogInFunctionArn', 'NoSuchFunctionArn'})\n"
        "except ValueError as error: print(error)"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert "PrepareRunFunctionArn" in done.stdout
