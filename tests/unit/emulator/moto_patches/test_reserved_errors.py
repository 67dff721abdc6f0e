"""Errors that AWS reserves (``States.…``) go through the emulator's Step Functions as they do through AWS's."""

import json
import threading
import time
import uuid
from collections.abc import Iterator
from typing import Any

import moto
import pytest

from local.clock import Clock
from local.emulator.moto_patches.reserved_errors import REPORTING, reported
from local.waiter import Waiter
from tests.unit.emulator.moto_patches.one_function import FUNCTION, ROLE, one_function

TASK = {"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke", "Arguments": {"FunctionName": FUNCTION}}
TIMED_OUT = {"StartAt": "Work", "States": {"Work": TASK | {"End": True}}}
FAILS = {"StartAt": "Work", "States": {"Work": {"Type": "Fail", "Error": "States.Timeout", "Cause": "too slow"}}}


@pytest.fixture
def machines(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """Step Functions, whose one function ends as a state does that ran into its timeout."""
    failure = json.dumps({"errorType": "States.Timeout", "errorMessage": "too slow"}).encode()
    with one_function(monkeypatch, Waiter(Clock(), 0), lambda function, alias, body: (failure, True)) as states:
        yield states


def ended(machines: Any, around: dict[str, Any]) -> dict[str, Any]:
    """The end of a machine whose first state is ``around``, which catches everything."""
    catch = [{"ErrorEquals": ["States.Timeout"], "Output": "{% $states.errorOutput %}", "Next": "CleanUp"}]
    states = {"Around": around | {"Catch": catch, "End": True}, "CleanUp": {"Type": "Pass", "End": True}}
    definition = {"QueryLanguage": "JSONata", "StartAt": "Around", "States": states}
    made = machines.create_state_machine(name=uuid.uuid4().hex, definition=json.dumps(definition), roleArn=ROLE)
    started = machines.start_execution(stateMachineArn=made["stateMachineArn"], name="e")
    patience = time.monotonic() + 20
    while (found := machines.describe_execution(executionArn=started["executionArn"]))["status"] == "RUNNING":
        assert time.monotonic() < patience
        threading.Event().wait(0.01)
    return dict(found)


@pytest.mark.parametrize("inside", [TIMED_OUT, FAILS], ids=["a state's timeout", "a Fail state"])
@pytest.mark.parametrize("kind", ["Parallel", "Map"])
def test_a_reserved_error_inside_reaches_the_catch_around_it(machines: Any, kind: str, inside: dict[str, Any]) -> None:
    within = {"Branches": [inside]} if kind == "Parallel" else {"Items": [1], "ItemProcessor": inside}
    found = ended(machines, {"Type": kind} | within)
    assert found["status"] == "SUCCEEDED", found
    assert json.loads(found["output"])["Error"] == "States.Timeout"


def test_a_reserved_error_of_a_task_reaches_its_own_catch(machines: Any) -> None:
    found = ended(machines, dict(TASK))
    assert (found["status"], json.loads(found["output"])["Error"]) == ("SUCCEEDED", "States.Timeout")


def test_a_reserved_name_stays_a_reserved_name_and_any_other_is_taken_as_it_is() -> None:
    assert type(reported("States.Timeout")).__name__ == "StatesErrorName"
    assert reported("States.Strange").error_name == "States.Strange"
    assert reported("SessionLost") == reported("SessionLost")
    assert reported(None).error_name is None


def test_every_module_of_moto_that_names_what_has_happened_is_patched() -> None:
    assert moto.__version__ == "5.2.5"
    for module in REPORTING:
        assert module.CustomErrorName is reported
