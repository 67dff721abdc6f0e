"""Every call to AWS that a handler makes in the integration tests, judged against that function's own role.

In the emulator all functions share one process and may do everything. Here each call is recorded with the function that
makes it and held against the role that the template gives this function: a call that AWS would deny fails the test that
made it, and a right that no test of a whole run uses fails the run.
"""

import contextlib
import json
import sys
import threading
from collections.abc import Callable, Iterator
from types import FrameType
from typing import Any

import botocore.client
import pytest
from moto.iam.access_control import IAMPolicy, PermissionResult

from functions.names import machine_name
from local import synth
from local.emulator.lambda_runtime import Runtime
from local.emulator.moto_patches.moto_objects import machine_of_token
from local.emulator.template import ACCOUNT, REGION
from tests.infra.template import Template, listed
from tests.support import people
from tests.support.people import (
    NEED_NO_PERMISSION,
    Policies,
    command_that_calls,
    keys_of,
    of_another_stage,
    policy_of,
)

Use = tuple[str, str, str]
"""Function (its module) or command, IAM action, ARN of the resource."""

UNUSED = {
    "logs:CreateLogStream": "Lambda writes the function's log.",
    "logs:PutLogEvents": "Lambda writes the function's log.",
    "xray:PutTraceSegments": "Lambda and the tracer send traces; the emulator has tracing off.",
    "xray:PutTelemetryRecords": "Lambda and the tracer send traces; the emulator has tracing off.",
    "sqs:SendMessage": "Lambda puts what failed three times into the dead letters.",
    "sqs:GetQueueAttributes": "The CDK grants it with SendMessage and for the event source.",
    "sqs:GetQueueUrl": "The CDK grants it with SendMessage and for the event source.",
    "sqs:ReceiveMessage": "Lambda polls the event source.",
    "sqs:DeleteMessage": "Lambda polls the event source.",
    "sqs:ChangeMessageVisibility": "Lambda polls the event source.",
    "s3:ListBucket": "No call of its own: with it S3 answers 404 instead of 403 for an object that is gone.",
}
"""Actions that are granted and that no handler calls, each with its reason. kms and ec2 come only with settings that
the emulated stage has not: tests/infra/settings/test_settings_in_the_stack.py holds roles under a key and in a VPC."""


def _table(params: dict[str, Any]) -> str:
    return f"arn:aws:dynamodb:{REGION}:{ACCOUNT}:table/{params['TableName']}"


def _tables(params: dict[str, Any]) -> str:
    (name,) = params["RequestItems"]
    return _table({"TableName": name})


def _object(params: dict[str, Any]) -> str:
    return f"arn:aws:s3:::{params['Bucket']}/{params['Key']}"


def _machine(params: dict[str, Any]) -> str:
    """A task token does not name its state machine: it is that of the execution which has handed the token out."""
    runs = f"arn:aws:states:{REGION}:{ACCOUNT}:stateMachine:{machine_name(synth.STAGE)}"
    return machine_of_token(params["taskToken"]) or runs


RESOURCES: dict[str, Callable[[dict[str, Any]], str]] = {
    "dynamodb:BatchGetItem": _tables,
    "dynamodb:BatchWriteItem": _tables,
    "dynamodb:GetItem": _table,
    "dynamodb:PutItem": _table,
    "dynamodb:UpdateItem": _table,
    "dynamodb:Scan": _table,
    "events:PutEvents": lambda params: f"arn:aws:events:{REGION}:{ACCOUNT}:event-bus/default",
    "s3:ListBucket": lambda params: f"arn:aws:s3:::{params['Bucket']}",
    "s3:GetObject": _object,
    "s3:GetObjectVersion": _object,
    "secretsmanager:GetSecretValue": lambda params: str(params["SecretId"]),
    "sns:Publish": lambda params: str(params["TopicArn"]),
    "states:DescribeExecution": lambda params: str(params["executionArn"]),
    "states:SendTaskFailure": _machine,
    "states:SendTaskSuccess": _machine,
    "states:StopExecution": lambda params: str(params["executionArn"]),
    "states:StartExecution": lambda params: str(params["stateMachineArn"]),
}
"""The resource that an action is about. An action that is missing here is one that no function made before."""

OTHER_NAMES = {"stepfunctions": "states", "HeadObject": "GetObject", "HeadBucket": "ListBucket"}
"""Where IAM calls a service or an operation otherwise than boto3 does."""


def action_of(service: str, operation: str, params: dict[str, Any]) -> str:
    """The IAM action of a call: reading a version of an object is an action of its own."""
    action = f"{OTHER_NAMES.get(service, service)}:{OTHER_NAMES.get(operation, operation)}"
    return "s3:GetObjectVersion" if action == "s3:GetObject" and "VersionId" in params else action


def _is_of_botocore(frame: FrameType) -> bool:
    return frame.f_code.co_filename == botocore.client.__file__


def _is_made_by_a_test() -> bool:
    """Whether a test's hook inside a function makes this call: another invocation, or a start beside the run.

    What is put around a client's calls, to count them, passes on what the function calls.
    """
    frame = sys._getframe(2)  # of what the recorder's own patch was called by
    while not _is_of_botocore(frame) and frame.f_code.co_filename != __file__ and frame.f_back is not None:
        frame = frame.f_back
    while frame.f_code.co_filename != __file__ and frame.f_back is not None:
        if frame.f_code.co_filename.startswith(HERE) and not frame.f_code.co_filename.endswith(JUDGED):
            return True
        frame = frame.f_back
    return False


class Recorder:
    """What each function calls, and what its role forbids.

    Parameters
    ----------
    template
        Of the stage that is emulated.
    """

    def __init__(self, template: Template) -> None:
        self._template = template
        self._here = threading.local()
        self._roles: dict[str, IAMPolicy] = {}
        self.resolve: Callable[[Any], Any] = lambda value: value
        self.used: set[Use] = set()
        self.denied: list[str] = []

    @contextlib.contextmanager
    def recording(self) -> Iterator[None]:
        """Record every call of every handler until the end of the block, in emulators that are made in it."""
        invoke, call = Runtime.invoke, botocore.client.BaseClient._make_api_call

        def invoked(runtime: Runtime, function: Any, *arguments: Any) -> Any:
            before = getattr(self._here, "module", None)  # a test may call a function inside another one
            self._here.module = function.handler.split(".")[-2]
            try:
                return invoke(runtime, function, *arguments)
            finally:
                self._here.module = before

        def called(client: Any, operation: str, params: dict[str, Any]) -> Any:
            module = getattr(self._here, "module", None)
            action = action_of(client.meta.service_model.service_name, operation, params)
            if module is not None and not _is_made_by_a_test():
                self._judge(module, action, params)
            elif module is None and (command := command_that_calls(sys._getframe())) is not None:
                self._judge_command(command, action, params)
            return call(client, operation, params)

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(Runtime, "invoke", invoked)
            patch.setattr(botocore.client.BaseClient, "_make_api_call", called)
            yield

    def _judge(self, module: str, action: str, params: dict[str, Any]) -> None:
        use = (module, action, RESOURCES[action](params))
        if use not in self.used:
            self.used.add(use)
            if self._role(module).is_action_permitted(use[1], use[2]) is not PermissionResult.PERMITTED:
                self.denied.append(f"{module} may not call {action} on {use[2]}")

    def _judge_command(self, command: str, action: str, params: dict[str, Any]) -> None:
        if action in NEED_NO_PERMISSION or of_another_stage(params):
            return
        use = (command, action, (RESOURCES | people.RESOURCES)[action](params))
        policy, keys = policy_of(command), keys_of(params)
        self.used.add(use)
        if not Policies(self._template, self.resolve).allow(policy, use[1], use[2], keys):
            of_items = f" (items {', '.join(keys)})" if keys else ""
            self.denied.append(f"datamart {command} may not call {action} on {use[2]}{of_items} by the {policy}")

    def _role(self, module: str) -> IAMPolicy:
        """The policy of a function's role, with the names that the emulator gave to the stack's resources."""
        if module not in self._roles:
            resolved = []
            for statement in self._template.statements(self._template.roles_of_functions()[module]):
                arns = [arn for arn in map(self._arn, listed(statement["Resource"])) if arn]
                if arns:
                    resolved.append({"Effect": statement["Effect"], "Action": statement["Action"], "Resource": arns})
            self._roles[module] = IAMPolicy(json.dumps({"Version": "2012-10-17", "Statement": resolved}))
        return self._roles[module]

    def _arn(self, value: Any) -> str | None:
        try:
            return str(self.resolve(value))
        except KeyError:  # of something that the emulator does not make, such as a log group: nothing calls it
            return None


def granted_and_unused(template: Template, used: set[Use]) -> list[str]:
    """A line for each action of a function's role that no call used and that has no reason to be there all the same."""
    called = {(module, action) for module, action, _ in used}
    return [
        f"{module} may call {action} and never does"
        for module, role in template.roles_of_functions().items()
        for action in sorted(template.actions(role) - set(UNUSED))
        if (module, action) not in called
    ]


HERE = f"{synth.ROOT / 'tests'}/"
JUDGED = "/test_permissions.py"
"""The test whose hook makes a call in a function's place, to see it judged."""

TEMPLATE = synth.ROOT / "build" / "test-synth" / f"DatamartRunner-{synth.STAGE}.template.json"
"""What the session's one synth wrote (the fixture ``assembly``)."""

WHAT_TO_DO = (
    "Take the permission away (infra/constructs/function_table.py, of people policies.py), or let a test of "
    "`make test` use it."
)

USED = pytest.StashKey[set[Use]]()
"""Where a test process keeps what its functions called."""


def pytest_sessionfinish(session: pytest.Session) -> None:
    """A worker hands over what it saw; the controller judges, after a run of the whole suite that passed."""
    config = session.config
    used = config.stash.get(USED, set())
    if hasattr(config, "workeroutput"):
        config.workeroutput["used"] = sorted(used)
        return
    if session.testsfailed or not used or config.option.keyword or config.args != config.getini("testpaths"):
        return
    template = Template(TEMPLATE)
    commands = {(command, action) for command, action, _ in used}
    unused = granted_and_unused(template, used) + Policies(template, lambda value: value).unused(commands)
    if unused:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
        report(unused, config.pluginmanager.getplugin("terminalreporter"))


def report(unused: list[str], reporter: Any) -> None:
    """Let pytest's summary, which follows, count and name each line as an error."""
    for line in unused:
        error = pytest.TestReport(line, ("", None, line), {}, "failed", WHAT_TO_DO, "setup")
        reporter.stats.setdefault("error", []).append(error)


def pytest_testnodedown(node: Any) -> None:
    """The controller collects what its workers saw."""
    used = getattr(node, "workeroutput", {}).get("used", [])
    node.config.stash.setdefault(USED, set()).update(map(tuple, used))
