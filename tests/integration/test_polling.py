"""What polling learns from night to night, in whole runs against the simulator."""

import json
import re
from collections.abc import Callable
from typing import Any

import pytest

from functions.lifecycle.learning import record_run_duration
from functions.runs.store.runs import find_run
from functions.runs.store.table import run_table
from local.outcome import Outcome
from local.simulator.catalogue import CITY, SLOW_LOAD
from local.simulator.scenario import Scenario
from tests.integration.conftest import TUTORIAL, System

COUNTRIES = [{"name": "Elements of Country", "answers": ["USA"]}]


def remember(datamart: str, seconds: list[float], prompts: int = 0) -> None:
    """Let the datamart's last runs have taken so long, and answered so many prompts."""
    known = {"seconds": seconds, "prompts": prompts, "lastRun": "an earlier one", "expiresAt": 0}
    run_table().create({"executionArn": f"durations/default/{TUTORIAL}/{datamart}"} | known)


def waits(outcome: Outcome) -> list[int]:
    """Seconds that the functions asked to wait for."""
    return [int(seconds) for seconds in re.findall(r"waitSeconds\W+(\d+)", json.dumps(outcome.history, default=str))]


def attempt(system: System, outcome: Outcome) -> dict[str, Any]:
    return dict(system.item(outcome)["attempts"]["1"])


def test_the_tenth_night_of_a_datamart_takes_at_most_half_the_looks_of_the_first(
    new_system: Callable[..., System],
) -> None:
    """In the eight nights between them the job took as long."""
    system = new_system(Scenario(slow_seconds=100.0))
    first = system.run(datamart=SLOW_LOAD)
    key = f"durations/default/{TUTORIAL}/{SLOW_LOAD}"
    (seconds,) = (system.emulator.item(key) or {})["seconds"]
    run_table().change(key, put={"seconds": [seconds, *[100.0] * 8]})
    tenth = system.run(datamart=SLOW_LOAD)
    assert (first.status, tenth.status) == ("SUCCEEDED", "SUCCEEDED")
    assert tenth.output["polls"] <= first.output["polls"] / 2
    assert tenth.output["durationSeconds"] <= 1.05 * 100
    known = (system.emulator.item(key) or {})["seconds"]
    assert len(known) == 10
    assert known == pytest.approx([100] * 10, rel=0.06)


@pytest.mark.parametrize(("idle_timeout", "longest"), [(600, 300), (1200, 600)])
@pytest.mark.exhaustive  # guarded by: unit/runs/test_polling.py
def test_no_wait_is_longer_than_half_of_the_idle_timeout(
    idle_timeout: int, longest: int, new_system: Callable[..., System]
) -> None:
    system = new_system(Scenario(idle_timeout=float(idle_timeout), slow_seconds=3000.0))
    remember(SLOW_LOAD, [3000.0] * 5)
    outcome = system.run(datamart=SLOW_LOAD)
    assert outcome.status == "SUCCEEDED", outcome.cause
    assert 0.9 * longest <= max(waits(outcome)) <= longest


def test_a_server_that_does_not_tell_its_idle_timeout_is_looked_at_every_five_minutes(
    new_system: Callable[..., System],
) -> None:
    system = new_system(Scenario(slow_seconds=3000.0))
    remember(SLOW_LOAD, [3000.0] * 5)
    refused = {"code": "ERR014", "message": "no privilege"}
    system.simulator.inject("probe", status=403, json=refused, times=9)
    outcome = system.run(datamart=SLOW_LOAD)
    assert outcome.status == "SUCCEEDED", outcome.cause
    assert 0.9 * 300 <= max(waits(outcome)) <= 300


def test_prompts_that_earlier_runs_answered_are_answered_at_once_however_long_those_took(system: System) -> None:
    remember(CITY, [3600.0] * 5, prompts=1)
    known = attempt(system, system.run(prompts=COUNTRIES))
    assert known["answeringAt"] - known["postedAt"] <= 10


def test_a_look_that_comes_after_the_end_of_its_run_does_not_replace_the_durations_of_the_runs_before(
    system: System,
) -> None:
    remember(CITY, [3600.0] * 5)
    run = find_run(run_table(), system.run(prompts=COUNTRIES).execution_arn)
    assert run is not None
    key = f"durations/default/{TUTORIAL}/{CITY}"
    run_table().change(key, put={"lastRun": "a later one"})
    record_run_duration(run)
    assert len((system.emulator.item(key) or {})["seconds"]) == 6


def test_durations_that_nobody_can_read_change_no_result(system: System) -> None:
    run_table().create({"executionArn": f"durations/default/{TUTORIAL}/{CITY}", "seconds": "none"})
    outcome = system.run(prompts=COUNTRIES)
    assert outcome.status == "SUCCEEDED", outcome.cause
