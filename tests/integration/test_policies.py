"""The policies of people: what commands use of them, and what a reader may not see."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from functions.names import execution_arn
from local.emulator.clients import client
from local.emulator.template import ACCOUNT, REGION
from tests.infra.template import Template
from tests.integration.conftest import System
from tests.support.cloud import Cloud, deployed
from tests.support.people import COMMANDS, POLICIES, Policies
from tests.support.permissions import Recorder
from tests.support.run_command import command

USA = [{"name": "Elements of Country", "answers": [{"name": "USA"}]}]

TABLE = f"arn:aws:dynamodb:{REGION}:{ACCOUNT}:table/"


@pytest.fixture
def cloud(system: System, template_path: Path) -> Iterator[Cloud]:
    with deployed(system.emulator, template_path) as cloud:
        yield cloud


@pytest.fixture
def policies(cloud: Cloud, template_path: Path) -> Policies:
    return Policies(Template(template_path), cloud.emulator.template.resolve)


@pytest.mark.parametrize(
    "words",
    [
        (),
        ("--job", "city-nightly"),
        ("--batch", "night"),
        ("--datamart", "City"),
        ("--status", "running"),
        ("--json", "id"),
    ],
    ids=lambda words: " ".join(words) or "all",
)
def test_a_reader_sees_what_has_run_by_every_index_of_the_history(
    system: System, cloud: Cloud, recorder: Recorder, words: tuple[str, ...], capsys: Any
) -> None:
    system.run(prompts=USA)
    assert command("runs", "--stage", "dev", *words) == 0, capsys.readouterr()
    called = {action for name, action, _ in recorder.used if name == "runs"}
    assert {"cloudformation:DescribeStacks", "states:ListExecutions"} <= called


def test_a_reader_may_read_the_items_of_a_batch_and_of_no_run_which_may_have_an_open_session(
    cloud: Cloud, policies: Policies
) -> None:
    (name,) = cloud.emulator.deployed.tables
    run = execution_arn(cloud.outputs["StateMachineArn"], "city-nightly-1")
    batch = execution_arn(cloud.outputs["BatchMachineArn"], "night-1")

    def may_read(*keys: str, policy: str = "ReaderPolicy") -> bool:
        return policies.allow(policy, "dynamodb:GetItem", TABLE + name, list(keys))

    assert may_read(batch)
    assert may_read(f"batch-plan/{batch}/0")
    assert not may_read(run)
    assert not may_read(batch, run)
    assert not may_read("queue/default")
    assert not policies.allow("ReaderPolicy", "dynamodb:Scan", TABLE + name, [])
    assert may_read(run, policy="OperatorPolicy"), "the question that a person answers is in it"


@pytest.mark.parametrize(
    "action", ["states:StartExecution", "states:StopExecution", "states:SendTaskSuccess", "dynamodb:UpdateItem"]
)
def test_a_reader_can_change_nothing(template_path: Path, action: str) -> None:
    statements = Template(template_path).one("AWS::IAM::ManagedPolicy", "ReaderPolicy")["PolicyDocument"]["Statement"]
    assert action not in str(statements)


def test_nobodys_policy_reads_a_secret_or_changes_the_stack(template_path: Path) -> None:
    for policy in POLICIES:
        text = str(Template(template_path).one("AWS::IAM::ManagedPolicy", policy)["PolicyDocument"])
        assert "secretsmanager:" not in text
        assert "iam:" not in text.replace("arn:aws:iam:", "")
        assert "'*'" not in text


def test_a_call_that_the_policy_of_its_command_does_not_allow_is_found(cloud: Cloud, recorder: Recorder) -> None:
    (name,) = cloud.emulator.deployed.tables
    called_by("runs", "dynamodb.get_item(TableName=name, Key={'executionArn': {'S': 'queue/default'}})", name=name)
    denied, recorder.denied = recorder.denied, []
    recorder.used.discard(("runs", "dynamodb:GetItem", TABLE + name))
    assert denied == [
        f"datamart runs may not call dynamodb:GetItem on {TABLE}{name} (items queue/default) by the ReaderPolicy"
    ]


def called_by(command: str, call: str, **names: str) -> None:
    """Make a call as the module of a command would make it."""
    code = compile(call, f"{COMMANDS}{command}.py", "exec")
    exec(code, {"dynamodb": client("dynamodb")} | names)  # noqa: S102 - a frame of that module is what is tested


def test_an_action_that_no_command_uses_is_found(policies: Policies) -> None:
    unused = policies.unused({("show", "logs:FilterLogEvents")})
    assert "ReaderPolicy allows dynamodb:Query and no command of it uses that" in unused
    assert not any("FilterLogEvents" in line or "StopExecution" in line for line in unused)
