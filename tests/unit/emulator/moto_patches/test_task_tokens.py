"""Task tokens and stops behave on the emulator's Step Functions as they do on AWS's."""

import functools
import json
import threading
import uuid
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError

from local.clock import StandingClock
from local.waiter import Waiter
from tests.unit.emulator.moto_patches.one_function import FUNCTION, ROLE, one_function

PATIENCE = 20
WAIT = {
    "Type": "Task",
    "Resource": "arn:aws:states:::lambda:invoke.waitForTaskToken",
    "Arguments": {"FunctionName": FUNCTION, "Payload": {"token": "{% $states.context.Task.Token %}"}},
    "TimeoutSeconds": 600,
    "Output": "{% $states.result %}",
    "Catch": [{"ErrorEquals": ["States.ALL"], "Output": "{% $states.errorOutput %}", "Next": "Caught"}],
    "End": True,
}
DEFINITION = {
    "QueryLanguage": "JSONata",
    "StartAt": "Wait",
    "States": {"Wait": WAIT, "Caught": {"Type": "Wait", "Seconds": 3600, "End": True}},
}


class Machine:
    """An execution of one state that waits for a token; what its function does is the test's."""

    def __init__(self) -> None:
        self.clock = StandingClock()
        self.waiter = Waiter(self.clock, 0)
        self.function: Callable[[str], None] = lambda token: None
        self.ended = threading.Event()
        self.states: Any = None
        self.arn = ""

    def invoke(self, _: Any, __: str | None, body: bytes) -> tuple[bytes, bool]:
        self.function(json.loads(body)["token"])
        return b"{}", False

    def start(self) -> None:
        name = uuid.uuid4().hex
        made = self.states.create_state_machine(name=name, definition=json.dumps(DEFINITION), roleArn=ROLE)
        self.arn = self.states.start_execution(stateMachineArn=made["stateMachineArn"], name=name)["executionArn"]

    def end(self) -> tuple[str, Any]:
        """Its status and output."""
        assert self.ended.wait(PATIENCE)
        found = self.states.describe_execution(executionArn=self.arn)
        return found["status"], json.loads(found.get("output", "null"))


@pytest.fixture
def machine(monkeypatch: pytest.MonkeyPatch) -> Iterator[Machine]:
    made = Machine()
    with one_function(monkeypatch, made.waiter, made.invoke, has_ended=lambda arn: made.ended.set()) as made.states:
        yield made


def test_a_reply_from_within_the_function_ends_the_state_and_a_second_one_is_refused(machine: Machine) -> None:
    refused: list[str] = []

    def replies(token: str) -> None:
        machine.states.send_task_success(taskToken=token, output='{"n": 1}')
        with pytest.raises(ClientError) as problem:
            machine.states.send_task_success(taskToken=token, output='{"n": 2}')
        refused.append(problem.value.response["Error"]["Code"])

    machine.function = replies
    machine.start()
    assert machine.end() == ("SUCCEEDED", {"n": 1})
    assert refused == ["TaskTimedOut"]


def test_a_failure_brings_its_cause(machine: Machine) -> None:
    fail = functools.partial(machine.states.send_task_failure, error="First", cause="600 seconds")
    machine.function = lambda token: fail(taskToken=token)
    machine.start()
    assert machine.end() == ("SUCCEEDED", {"Error": "First", "Cause": "600 seconds"})


def test_a_token_whose_state_has_timed_out_on_the_clock_takes_no_reply(machine: Machine) -> None:
    tokens: list[str] = []
    machine.function = tokens.append
    start, codes = machine.clock.now(), []
    real = machine.clock.advance_to

    def late(moment: float) -> None:
        """The clock has gone to the timeout and is about to go to the end of the state behind it."""
        if moment > start + 600:
            for send in (
                lambda: machine.states.send_task_success(taskToken=tokens[0], output="1"),
                lambda: machine.states.send_task_failure(taskToken=tokens[0], error="First"),
            ):
                with pytest.raises(ClientError) as problem:
                    send()
                codes.append(problem.value.response["Error"]["Code"])
        real(moment)

    machine.clock.advance_to = late  # type: ignore[method-assign]  # a look at the very moment
    machine.start()
    assert machine.end() == ("SUCCEEDED", {"Error": "States.Timeout", "Cause": ""})
    assert codes == ["TaskTimedOut", "TaskTimedOut"]
    assert machine.clock.now() == start + 600 + 3600


def test_a_stop_ends_the_wait_for_a_token_at_once(machine: Machine) -> None:
    start = machine.clock.now()
    with machine.waiter.working():  # the clock stands until the stop has been sent
        machine.start()
        machine.states.stop_execution(executionArn=machine.arn)
    assert machine.end() == ("ABORTED", None)
    assert machine.clock.now() == start
