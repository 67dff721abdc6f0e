"""A run that an earlier release began, and today's functions end."""

import contextlib
import json
import re
import uuid
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from local.clock import StandingClock
from local.emulator import Emulator
from local.emulator.clients import client
from local.outcome import Outcome
from local.simulator.scenario import Scenario
from tests.integration.conftest import System
from tests.integration.upgrade.player import Player
from tests.integration.upgrade.recording import FOLDER, Cut, Recording
from tests.integration.upgrade.scenarios import LEASE, SOMEBODY, START


class Upgrade:
    """A recorded run that today's functions take over at a cut, once it is started."""

    def __init__(self, system: System, clock: StandingClock, recording: Recording, cut: Cut) -> None:
        self.system, self.recording, self.cut = system, recording, cut
        self._name = f"{recording.name}-{uuid.uuid4()}"
        machine = system.emulator.deployed.state_machine
        self.arn = f"{machine.replace(':stateMachine:', ':execution:')}:{self._name}"
        (self._table,) = system.emulator.deployed.tables
        today = type(system.emulator.runtime)._handler.__get__(system.emulator.runtime)
        self.player = Player(recording, cut, self.arn, system.simulator.base_url, self._table, clock, today)
        system.expect_left = recording.scenario.get("leaves", False)
        for fault in recording.scenario.get("faults", []):
            system.simulator.inject(**fault)
        clock.set(START)

    def start(self) -> None:
        """Start the execution under the old definition."""
        replies = iter(self.recording.scenario.get("replies", []))
        if self.recording.scenario.get("replies"):
            self.system.emulator.person = lambda question: self.system.emulator.reply(question.token, next(replies))
        with old_definition(self.system.emulator):
            assert self.system.emulator.start(self.recording.scenario["input"], name=self._name) == self.arn

    def finish(self) -> Outcome:
        """Wait for the end of the execution."""
        outcome = self.system.watch(self.arn)
        assert self.player.differences == []
        assert self.player.is_over
        if self.system.leases().get(LEASE, {}).get("owner") == SOMEBODY:
            client("dynamodb").delete_item(TableName=self._table, Key={"executionArn": {"S": LEASE}})
        return outcome


@contextlib.contextmanager
def old_definition(emulator: Emulator) -> Iterator[None]:
    """Executions that are started in the block follow the earlier release's definition to their end."""
    substitutions = emulator.template.resolve(json.loads((FOLDER / "substitutions.json").read_text("utf-8")))
    text = (FOLDER / "run_datamart.asl.json").read_text("utf-8")
    machine = {"stateMachineArn": emulator.deployed.state_machine}
    states = client("stepfunctions")
    states.update_state_machine(
        **machine, definition=re.sub(r"\$\{(\w+)\}", lambda match: substitutions[match[1]], text)
    )
    yield
    states.update_state_machine(
        **machine, definition=json.dumps(emulator.deployed.definitions[emulator.deployed.state_machine])
    )


@pytest.fixture
def upgrade(
    new_system: Callable[[Any], System], clock: StandingClock, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Callable[[Recording, Cut], Upgrade]]:
    """Makes an upgrade in a system of its own; the clock stands at the recorded time until the end of the test."""
    now = clock.now()
    emulators = []

    def make(recording: Recording, cut: Cut) -> Upgrade:
        system = new_system(Scenario(**recording.scenario.get("server", {})))
        made = Upgrade(system, clock, recording, cut)
        emulators.append(system.emulator)
        monkeypatch.setattr(system.emulator.runtime, "_handler", made.player.handler)
        return made

    yield make
    clock.set(now)
    for emulator in emulators:
        emulator.person = None
