"""A Catch leads where it says in the emulator's Step Functions, also back to its own state."""

import json
import threading
import uuid
from typing import Any

import pytest

from local.clock import StandingClock
from local.waiter import Waiter
from tests.unit.emulator.moto_patches.one_function import FUNCTION, ROLE, one_function

WORK = {
    "Type": "Task",
    "Resource": "arn:aws:states:::lambda:invoke",
    "Arguments": {"FunctionName": FUNCTION},
    "Catch": [
        {"ErrorEquals": ["Again"], "Next": "Work"},
        {"ErrorEquals": ["States.ALL"], "Output": {"by": "caught"}, "Next": "Caught"},
    ],
    "Output": {"by": "worked"},
    "Next": "Worked",
}
STATES = {"Work": WORK, "Worked": {"Type": "Succeed"}, "Caught": {"Type": "Succeed"}}


@pytest.mark.parametrize(
    ("errors", "end"),
    [(["Again", "Again", None], "worked"), (["Again", "Other"], "caught"), ([None], "worked")],
    ids=["back twice", "back, then elsewhere", "not at all"],
)
def test_a_catch_may_lead_back_to_its_own_state(
    monkeypatch: pytest.MonkeyPatch, errors: list[str | None], end: str
) -> None:
    ended, left = threading.Event(), list(errors)

    def invoke(_: Any, __: str | None, ___: bytes) -> tuple[bytes, bool]:
        error = left.pop(0)
        return (b"{}", False) if error is None else (json.dumps({"errorType": error}).encode(), True)

    waiter = Waiter(StandingClock(), 0)
    with one_function(monkeypatch, waiter, invoke, has_ended=lambda arn: ended.set()) as states:
        definition = json.dumps({"QueryLanguage": "JSONata", "StartAt": "Work", "States": STATES})
        made = states.create_state_machine(name=uuid.uuid4().hex, definition=definition, roleArn=ROLE)
        arn = states.start_execution(stateMachineArn=made["stateMachineArn"], name="e")["executionArn"]
        assert ended.wait(20)
        assert json.loads(states.describe_execution(executionArn=arn)["output"]) == {"by": end}
    assert left == []
