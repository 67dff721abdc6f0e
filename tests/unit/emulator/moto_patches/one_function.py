"""moto's Step Functions and one function of Lambda, with the patches, for tests of what state machines do."""

import contextlib
import uuid
from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from moto import mock_aws

from local.emulator.moto_patches import executions, lambda_invocations, task_tokens, waits
from local.emulator.moto_patches.install import install
from local.emulator.moto_patches.lambda_invocations import Invoke
from local.waiter import Waiter

NAME = f"one-{uuid.uuid4().hex}"
"""Of the function and its role: another test of this process may keep an emulator with functions of its own."""

ROLE = f"arn:aws:iam::123456789012:role/{NAME}"
FUNCTION = f"arn:aws:lambda:eu-west-1:123456789012:function:{NAME}"
ZIP = b"PK\x05\x06" + b"\x00" * 18

INSTALLED = (
    *((module, "_waiter") for module in (executions, task_tokens, waits)),
    *((executions, "_begins"), (executions, "_has_ended"), (lambda_invocations, "_invoke"), (waits, "_ask")),
)
"""What the patches keep of the emulator that they were installed for last."""


@contextlib.contextmanager
def one_function(monkeypatch: pytest.MonkeyPatch, waiter: Waiter, invoke: Invoke, **more: Any) -> Iterator[Any]:
    """Step Functions' client, until the end of the block; ``invoke`` stands for the function."""
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-west-1")
    for module, name in INSTALLED:
        monkeypatch.setattr(module, name, getattr(module, name))  # put back afterwards: that emulator goes on
    install(waiter, invoke, lambda arn, token, over: None, **more)
    with mock_aws():
        iam, functions = boto3.client("iam"), boto3.client("lambda")
        iam.create_role(RoleName=NAME, AssumeRolePolicyDocument="{}")
        functions.create_function(
            FunctionName=NAME, Role=ROLE, Runtime="python3.13", Handler="a.b", Code={"ZipFile": ZIP}
        )
        yield boto3.client("stepfunctions")
        functions.delete_function(FunctionName=NAME)
        iam.delete_role(RoleName=NAME)
