"""Batches through the real definitions: items start when all that they name are loaded and a place is free."""

from collections.abc import Callable
from typing import Any

import pytest

from local.outcome import Outcome
from local.simulator import catalogue
from local.simulator.scenario import Scenario
from tests.integration.conftest import TUTORIAL, System

NewSystem = Callable[..., System]

BROKEN = {"datamart": catalogue.BROKEN_SQL}


def load(number: int, *after: int, **more: Any) -> dict[str, Any]:
    """An item that runs the simulator's datamart Load <number>, after those of other numbers."""
    named = {"name": f"load {number}", "after": [f"load {each}" for each in after]}
    return named | {"project": TUTORIAL, "datamart": catalogue.load_id(number)} | more


def start(system: System, *items: dict[str, Any], **keys: Any) -> str:
    return system.emulator.start_batch({"batch": {"items": list(items)} | keys})


def run(system: System, *items: dict[str, Any], **keys: Any) -> Outcome:
    return system.watch_batch(start(system, *items, **keys))


@pytest.fixture
def system(new_system: NewSystem, monkeypatch: pytest.MonkeyPatch) -> System:
    """A server with six datamarts that take some seconds each, and a connection with two slots."""
    monkeypatch.setenv("MAX_CONCURRENT_RUNS", '{"default": 2}')
    return new_system(Scenario(more_loads=(30.0, 20.0, 10.0, 20.0, 10.0, 5.0)))


def outcomes(outcome: Outcome) -> dict[str, str]:
    return {line["name"]: line["outcome"] for line in outcome.output["items"]}


def test_an_item_starts_when_all_that_it_names_are_loaded(system: System) -> None:
    ended = run(system, load(5, 1, 2), load(1), load(2), load(3, 1), load(4, 3, 5))
    assert (ended.status, ended.error, ended.cause) == ("SUCCEEDED", None, None)
    assert ended.states == ["PrepareBatch", "WaitForItems", "ConcludeBatch", "JudgeBatch", "BatchSucceeded"]
    assert set(outcomes(ended).values()) == {"loaded"}
    order = [name for name, _ in system.simulator.state()["loads"].items()]
    assert set(order) == {catalogue.load_id(number) for number in range(1, 6)}
    ...
