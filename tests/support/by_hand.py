"""A run without an execution: the test calls its functions itself, in any order, also in the middle of another one."""

import contextlib
import uuid
from itertools import count
from typing import Any

import pytest

from functions import clock
from functions.limits import FIRST_IN_QUEUE_SECONDS
from functions.runs.slots import run_id
from local.emulator import end_events
from tests.integration.conftest import CITY, TUTORIAL, System


class ByHand:
    """A run whose functions are called one by one.

    It has the slot of its first attempt, unless it ``waits``: then it has a ticket, with a token that reaches nobody.
    """

    def __init__(self, system: System, *, waits: bool = False, **request: Any) -> None:
        self.system = system
        machine = system.emulator.deployed.state_machine
        self.arn = f"{machine.replace(':stateMachine:', ':execution:')}:by-hand-{uuid.uuid4()}"
        system._arns.append(self.arn)
        self._answers: list[Any] = []
        self.request = {"project": TUTORIAL, "datamart": CITY} | request
        if waits:
            with pytest.raises(RuntimeError, match="InQueue"):
                self.prepare()
            self.call("wait_in_queue")
        else:
            self.prepare()

    def prepare(self) -> Any:
        """Call the first function, which takes the slot of the attempt that follows."""
        started = {"executionArn": self.arn, "input": self.request, "startedAt": "2026-11-20T05:00:00Z", "queue": True}
        return self.system.invoke("prepare_run", started)

    def call(self, *modules: str) -> Any:
        """Call functions in their first round; what the last one answers. Raises RuntimeError with an error's name."""
        answer = None
        for module in modules:
            event = {"executionArn": self.arn, "attempt": 1} | self._arguments(module)
            answer = self.system.invoke(module, event)
            if module == "get_prompts":
                self._answers = answer["answers"]
        return answer

    def _arguments(self, module: str) -> dict[str, Any]:
        return {
            "log_in": {"slotTaken": True},
            "describe_datamart": self.request | {"saveAs": None},
            "get_prompts": {"prompts": self.request.get("prompts", []), "unanswered": "default", "round": 1},
            "answer_prompts": {"answers": self._answers, "round": 1},
            "conclude_attempt": {"failure": None, "saving": False, "queue": True},
            "wait_in_queue": {
                "attempt": None,
                "token": f"token of {self.arn}",
                "seconds": 2 * FIRST_IN_QUEUE_SECONDS,
                "entered": clock.timestamp(clock.now()),
                "retry": 0,
            },
        }.get(module, {})

    def ends_at_wait(self, patch: pytest.MonkeyPatch, number: int) -> None:
        """Let the run end when another one enters its place in the queue for the ``number``-th time."""
        entered = count(1)

        def around(module: str, event: Any) -> contextlib.AbstractContextManager[Any]:
            if module == "wait_in_queue" and next(entered) == number:
                self.ends("FAILED")
            return contextlib.nullcontext()

        patch.setattr(self.system.emulator.runtime, "around", around)

    def ends(self, status: str = "ABORTED") -> bool:
        """The end is delivered once; whether it is to be delivered once more."""
        machine = self.system.emulator.deployed.state_machine
        message = end_events.message_of({"executionArn": self.arn, "stateMachineArn": machine, "status": status})
        failures = self.system.invoke("end_run", message)["batchItemFailures"]
        assert [f["itemIdentifier"] for f in failures] in ([], [message["Records"][0]["messageId"]])
        return bool(failures)

    @property
    def id(self) -> str:
        """As tickets name it."""
        return run_id(self.arn)

    @property
    def item(self) -> dict[str, Any]:
        return self.system.emulator.item(self.arn) or {}

    @property
    def attempt(self) -> dict[str, Any]:
        return dict(self.item["attempts"]["1"])
